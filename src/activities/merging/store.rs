//! The statements that put activities together and take them apart.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{Array, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Merged;
use crate::{
    auth::{Identity, live_user},
    db::{FetchOne, JsonText, fixed_query, schema::activities},
};

/// What one record may have and another lack; the trigger that passes on changes has the same list.
const FIELDS: [&str; 17] = [
    "distance_meters",
    "calories",
    "notes",
    "title",
    "elapsed_secs",
    "moving_secs",
    "elevation_gain_meters",
    "elevation_loss_meters",
    "avg_heart_rate",
    "max_heart_rate",
    "avg_power_watts",
    "avg_cadence",
    "utc_offset_minutes",
    "device",
    "sport_raw",
    "laps",
    "sets",
];

/// The record `b` (`$2`) stands behind `a` (`$1`), and both belong to the user `$3`. The column
/// `merged` is no proof of that: a restored export may have brought it.
const BEHIND: &str =
    "a.id = $1 AND b.id = $2 AND a.user_id = $3 AND b.user_id = $3 AND b.merged_into = a.id";

/// The shown activity that is the same: it began within a minute of `started_at`, and duration and distance
/// differ by 5 % at most. A distance that one of them does not know does not count, nor does one of zero.
/// Those of the same file are never the same. Of several, the nearest.
pub async fn find_same(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    (started_at, duration_secs, distance_meters): (DateTime<Utc>, i32, Option<f64>),
    original_id: Option<Uuid>,
) -> QueryResult<Option<Uuid>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let found: Option<Found> = fixed_query(
        "SELECT id FROM activities
         WHERE user_id = $1 AND merged_into IS NULL AND ($5 IS NULL OR original_id IS DISTINCT FROM $5)
           AND started_at BETWEEN $2 - interval '1 minute' AND $2 + interval '1 minute'
           AND abs(duration_secs - $3) <= 0.05 * greatest(duration_secs, $3)
           AND coalesce(abs(nullif(distance_meters, 0) - nullif($4, 0))
                        <= 0.05 * greatest(distance_meters, $4), true)
         ORDER BY abs(extract(epoch FROM started_at - $2)), created_at, id LIMIT 1",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Timestamptz, _>(started_at)
    .bind::<Integer, _>(duration_secs)
    .bind::<Nullable<Double>, _>(distance_meters)
    .bind::<Nullable<SqlUuid>, _>(original_id)
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(found.map(|found| found.id))
}

/// Fills the gaps of the user's `shown` with the values of `behind`, a record that stands behind
/// it, and remembers which fields those were.
pub async fn merge(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    shown: Uuid,
    behind: Uuid,
) -> QueryResult<usize> {
    let taken = FIELDS.map(|field| format!("{field} = coalesce(a.{field}, b.{field})")).join(", ");
    let names = FIELDS
        .map(|field| {
            format!("CASE WHEN a.{field} IS NULL AND b.{field} IS NOT NULL THEN '{field}' END")
        })
        .join(", ");
    let statement = format!(
        "UPDATE activities a SET {taken}, updated_at = now(),
             merged = coalesce(a.merged, '[]') || jsonb_build_array(jsonb_build_object(
                 'activity_id', b.id, 'source', b.source, 'fields', to_jsonb(array_remove(ARRAY[{names}], NULL))))
         FROM activities b WHERE {BEHIND}"
    );
    diesel::sql_query(statement)
        .bind::<SqlUuid, _>(shown)
        .bind::<SqlUuid, _>(behind)
        .bind::<SqlUuid, _>(user_id)
        .execute(&mut conn)
        .await
}

/// Whether other activities are parts of this one: of a file that has several.
pub async fn has_parts(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let parts = activities::table.filter(activities::parent_id.eq(id));
    diesel::select(exists(parts)).fetch_one(&mut conn).await
}

/// What stands behind an activity, which is locked; `None` without such an activity.
pub async fn lock_merged(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Option<JsonText>>> {
    activities::table
        .filter(activities::id.eq(id))
        .filter(activities::user_id.eq_any(live_user(identity)))
        .select(activities::merged)
        .for_no_key_update()
        .first(&mut conn)
        .await
        .optional()
}

/// Takes back the `fields` that came from `behind` and are still the same there, and shows that
/// record again. A record that does not stand behind the user's `shown` stays as it is.
pub async fn take_apart(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    shown: Uuid,
    Merged { activity_id: behind, fields, .. }: &Merged,
) -> QueryResult<()> {
    let given_back = FIELDS
        .map(|field| {
            format!(
                "{field} = CASE WHEN '{field}' = ANY ($4) AND a.{field} IS NOT DISTINCT FROM b.{field}
                               THEN NULL ELSE a.{field} END"
            )
        })
        .join(", ");
    let statement = format!(
        "UPDATE activities a SET {given_back}, merged = NULL, updated_at = now()
         FROM activities b WHERE {BEHIND}"
    );
    diesel::sql_query(statement)
        .bind::<SqlUuid, _>(shown)
        .bind::<SqlUuid, _>(behind)
        .bind::<SqlUuid, _>(user_id)
        .bind::<Array<Text>, _>(fields)
        .execute(&mut conn)
        .await?;
    let behind = activities::table
        .find(behind)
        .filter(activities::user_id.eq(user_id))
        .filter(activities::merged_into.eq(shown));
    diesel::update(behind).set(activities::merged_into.eq(None::<Uuid>)).execute(&mut conn).await?;
    Ok(())
}
