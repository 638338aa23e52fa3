//! SQL statements for records. The caller has checked the user's session.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Array, Double, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::Stream;
use uuid::Uuid;

use crate::db::JsonText;

/// An activity with more duration, distance or elevation gain than all earlier ones of its sport.
#[derive(QueryableByName)]
pub struct TotalsRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub activity_type: String,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Double>)]
    pub longest: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    pub farthest: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    pub highest: Option<f64>,
}

/// An effort that was better than all earlier ones of its kind and sport.
#[derive(QueryableByName)]
pub struct EffortRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub activity_type: String,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Double)]
    pub value: f64,
}

/// An activity with sets.
#[derive(QueryableByName)]
pub struct SetsRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = Jsonb)]
    pub sets: JsonText,
}

/// Returns record-breaking activities, oldest first. Empty `types` means all sports.
pub async fn totals(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    types: &[String],
) -> QueryResult<Vec<TotalsRow>> {
    diesel::sql_query(
        "SELECT * FROM (
             SELECT id, activity_type, started_at,
                    CASE WHEN duration_secs > coalesce(max(duration_secs) OVER before, 0)
                         THEN duration_secs::float8 END AS longest,
                    CASE WHEN distance_meters > coalesce(max(distance_meters) OVER before, 0)
                         THEN (millimetres(distance_meters) / 1000.0)::float8 END AS farthest,
                    CASE WHEN elevation_gain_meters > coalesce(max(elevation_gain_meters) OVER before, 0)
                         THEN (millimetres(elevation_gain_meters) / 1000.0)::float8 END AS highest
             FROM activities
             WHERE user_id = $1 AND merged_into IS NULL AND (cardinality($2) = 0 OR activity_type = ANY ($2))
             WINDOW before AS (PARTITION BY activity_type ORDER BY started_at, id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) a
         WHERE coalesce(longest, farthest, highest) IS NOT NULL ORDER BY started_at, id",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Array<Text>, _>(types)
    .load(&mut conn)
    .await
}

/// Returns record-breaking efforts, oldest first. For the kinds in `less_is_better`, a smaller
/// value is better. Efforts of a merged activity count for the activity it was merged into.
pub async fn efforts(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    types: &[String],
    less_is_better: &[&str],
) -> QueryResult<Vec<EffortRow>> {
    diesel::sql_query(
        "WITH found AS (
             SELECT shown.id, shown.activity_type, shown.started_at, e.kind, e.value,
                    CASE WHEN e.kind = ANY ($3) THEN -e.value ELSE e.value END AS score
             FROM activities a JOIN activity_efforts e ON e.activity_id = a.id
                  JOIN activities shown ON shown.id = coalesce(a.merged_into, a.id)
             WHERE a.user_id = $1 AND (cardinality($2) = 0 OR shown.activity_type = ANY ($2)))
         SELECT id, activity_type, started_at, kind, value FROM (
             SELECT *, max(score) OVER (PARTITION BY activity_type, kind ORDER BY started_at, id, score DESC
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
             FROM found) f
         WHERE before IS NULL OR score > before ORDER BY started_at, id",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Array<Text>, _>(types)
    .bind::<Array<Text>, _>(less_is_better)
    .load(&mut conn)
    .await
}

/// Streams the activities with sets, oldest first.
#[expect(clippy::disallowed_methods, reason = "a read: there is no commit to wait for")]
pub async fn sets(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    types: &[String],
) -> QueryResult<impl Stream<Item = QueryResult<SetsRow>> + use<>> {
    diesel::sql_query(
        "SELECT id, started_at, sets FROM activities
         WHERE user_id = $1 AND merged_into IS NULL AND sets IS NOT NULL
           AND (cardinality($2) = 0 OR activity_type = ANY ($2))
         ORDER BY started_at, id",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Array<Text>, _>(types)
    .load_stream(&mut conn)
    .await
}
