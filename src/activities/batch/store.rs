//! Queries that handle any number of activities.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::future::try_join;
use uuid::Uuid;

use super::chosen::ChosenId;
use crate::activities::store::lock_names;
use crate::{
    activities::types::NewActivity,
    credentials::{Identity, live_session},
    db::schema::{activities, activity_tombstones, deleted_names, users},
    error::{ApiError, ApiResult},
};

/// An existing activity, found by its `source` and `external_id`. If it is merged, `id` and
/// `revision` are those of the shown activity.
#[derive(QueryableByName)]
#[diesel(table_name = activities)]
pub struct Known {
    pub id: Uuid,
    pub source: String,
    pub external_id: Option<String>,
    pub revision: i64,
    pub merged_into: Option<Uuid>,
}

/// An activity that was written.
#[derive(QueryableByName)]
pub struct Written {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = Bool)]
    pub is_new: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub merged_into: Option<Uuid>,
}

/// Locks the existing activities with the names of `items` until the transaction ends.
/// As for a change of a single activity, this comes before revisions are taken. The
/// caller holds the name lock.
pub async fn lock_known(
    conn: &AsyncPgConnection,
    identity: Identity,
    items: &[NewActivity],
) -> QueryResult<Vec<Known>> {
    let (sources, names) = names(items);
    if names.is_empty() {
        return Ok(Vec::new());
    }
    // Joined, so that each name is looked up in the index. A list would be compared with every row.
    let named = "unnest($2, $3) AS item (source, external_id)
         JOIN activities a ON a.user_id = $1 AND a.source = item.source AND a.external_id = item.external_id";
    // Deleting or changing a shown activity locks it before its merged records, and so does this.
    let shown = format!(
        "SELECT FROM activities WHERE id IN (SELECT coalesce(a.merged_into, a.id) FROM {named})
         ORDER BY id FOR NO KEY UPDATE"
    );
    let known = format!(
        "SELECT coalesce(s.id, a.id) AS id, a.source, a.external_id,
                coalesce(s.revision, a.revision) AS revision, a.merged_into
         FROM {named} LEFT JOIN activities s ON s.id = a.merged_into
         ORDER BY a.id FOR NO KEY UPDATE OF a"
    );
    let query = |statement: String| {
        diesel::sql_query(statement)
            .bind::<SqlUuid, _>(identity.user_id)
            .bind::<Array<Text>, _>(sources.clone())
            .bind::<Array<Text>, _>(names.clone())
    };
    let (mut first, mut second) = (conn, conn);
    let (_, known) =
        try_join(query(shown).execute(&mut first), query(known).load(&mut second)).await?;
    Ok(known)
}

/// Locks activities that are changed or deleted, before any revision is taken.
pub async fn lock_targets(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    ids: &[Uuid],
) -> QueryResult<usize> {
    diesel::sql_query(
        "SELECT FROM activities WHERE user_id = $1 AND id IN (
             SELECT coalesce(merged_into, id) FROM activities WHERE user_id = $1 AND id = ANY ($2))
         ORDER BY id FOR NO KEY UPDATE",
    )
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Array<SqlUuid>, _>(ids)
    .execute(&mut conn)
    .await
}

/// The name of a deleted activity.
#[derive(QueryableByName)]
#[diesel(table_name = deleted_names)]
pub struct Deleted {
    pub source: String,
    pub external_id: String,
    pub activity_id: Uuid,
}

/// The names in `items` whose activities were deleted. Such a name may be in use again.
pub async fn deleted(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    items: &[NewActivity],
) -> QueryResult<Vec<Deleted>> {
    let (sources, names) = names(items);
    if names.is_empty() {
        return Ok(Vec::new());
    }
    lock_names(conn, identity.user_id).await?;
    diesel::sql_query(
        "SELECT d.source, d.external_id, d.activity_id
         FROM unnest($2, $3) AS item (source, external_id)
         JOIN deleted_names d ON d.user_id = $1 AND d.source = item.source AND d.external_id = item.external_id",
    )
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Array<Text>, _>(sources)
    .bind::<Array<Text>, _>(names)
    .load(&mut conn)
    .await
}

/// The names of those items that have one, as two columns.
fn names(items: &[NewActivity]) -> (Vec<String>, Vec<&str>) {
    items.iter().filter_map(|item| Some((item.source.to_string(), item.external_id()?))).unzip()
}

/// Takes `how_many` new revisions of the live user and returns the last; `None`
/// if the token has ended.
pub async fn take_revisions(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    how_many: i64,
) -> QueryResult<Option<i64>> {
    diesel::define_sql_function! {
        fn take_activity_revisions(owner: SqlUuid, how_many: BigInt) -> BigInt;
    }
    live_session(identity)
        .select(take_activity_revisions(users::id, how_many))
        .first(&mut conn)
        .await
        .optional()
}

/// The columns that a client writes: the fields of [`NewActivity`] as JSON, without the id.
pub const COLUMNS: [&str; 23] = [
    "activity_type",
    "started_at",
    "duration_secs",
    "source",
    "distance_meters",
    "calories",
    "notes",
    "external_id",
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
    "device_data",
];

/// An activity to be written: its revision, its values, and the activity to
/// merge it into if it is new.
pub type Item<'a> = (i64, &'a NewActivity, Option<Uuid>);

/// Writes `items`. An item that equals the stored row is not written and not returned. 409
/// `id_taken` if another user has just taken a chosen id.
pub async fn write(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    items: &[Item<'_>],
) -> ApiResult<Vec<Written>> {
    let of = |row: &str| COLUMNS.map(|column| format!("{row}.{column}")).join(", ");
    let (columns, item, kept, excluded) = (COLUMNS.join(", "), of("item"), of("a"), of("excluded"));
    let statement = format!(
        "INSERT INTO activities AS a (id, user_id, revision, merged_into, {columns})
         SELECT coalesce(item.id, new_id()), $1, place.revision, place.same, {item}
         FROM json_populate_recordset(NULL::activities, $2::json) WITH ORDINALITY AS item
         JOIN unnest($3, $4) WITH ORDINALITY AS place (revision, same, ordinality) USING (ordinality)
         ON CONFLICT (user_id, source, external_id) WHERE external_id IS NOT NULL DO UPDATE
             SET (revision, updated_at, computed, {columns}) = (excluded.revision, now(), NULL, {excluded})
             WHERE ({kept}) IS DISTINCT FROM ({excluded})
         -- A row version that nobody has locked or ended was just inserted.
         RETURNING id, revision, xmax = 0 AS is_new, merged_into"
    );
    let rows: Vec<_> = items.iter().map(|(_, item, _)| item).collect();
    let revisions: Vec<_> = items.iter().map(|(revision, ..)| *revision).collect();
    let same: Vec<_> = items.iter().map(|(.., same)| *same).collect();
    let written = diesel::sql_query(statement)
        .bind::<SqlUuid, _>(user_id)
        .bind::<Text, _>(serde_json::to_string(&rows).map_err(ApiError::internal)?)
        .bind::<Array<BigInt>, _>(revisions)
        .bind::<Array<Nullable<SqlUuid>>, _>(same)
        .load(&mut conn)
        .await;
    written.map_err(|error| match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, at)
            if at.constraint_name() == Some("activities_pkey") =>
        {
            ChosenId::taken()
        }
        error => error.into(),
    })
}

/// The current revisions of activities.
pub async fn revisions(
    mut conn: &AsyncPgConnection,
    ids: &[Uuid],
) -> QueryResult<HashMap<Uuid, i64>> {
    let revisions = activities::table.filter(activities::id.eq_any(ids));
    let revisions = revisions.select((activities::id, activities::revision)).load(&mut conn);
    Ok(revisions.await?.into_iter().collect())
}

/// The chosen ids of `items` that are or were in use. The caller holds the name lock, so that any
/// other id stays free of the user's activities.
pub async fn ids_in_use(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    items: &[NewActivity],
) -> ApiResult<HashMap<Uuid, ChosenId>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        chosen: Uuid,
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = BigInt)]
        revision: i64,
        #[diesel(sql_type = Bool)]
        is_own: bool,
        #[diesel(sql_type = Bool)]
        is_same: bool,
    }
    let chosen: Vec<_> = items.iter().filter(|item| item.id.is_some()).collect();
    if chosen.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = chosen.iter().filter_map(|item| item.id).collect();
    let deleted: Vec<Uuid> = activity_tombstones::table
        .filter(activity_tombstones::user_id.eq(identity.user_id))
        .filter(activity_tombstones::activity_id.eq_any(ids))
        .select(activity_tombstones::activity_id)
        .load(&mut conn)
        .await?;
    let of = |row: &str| COLUMNS.map(|column| format!("{row}.{column}")).join(", ");
    let statement = format!(
        "SELECT a.id AS chosen, shown.id, shown.revision, a.user_id = $1 AS is_own,
                ({}) IS NOT DISTINCT FROM ({}) AS is_same
         FROM json_populate_recordset(NULL::activities, $2::json) item
         JOIN activities a ON a.id = item.id
         JOIN activities shown ON shown.id = coalesce(a.merged_into, a.id)",
        of("a"),
        of("item")
    );
    let found: Vec<Found> = diesel::sql_query(statement)
        .bind::<SqlUuid, _>(identity.user_id)
        .bind::<Text, _>(serde_json::to_string(&chosen).map_err(ApiError::internal)?)
        .load(&mut conn)
        .await?;
    let known = found.into_iter().map(|Found { chosen, id, revision, is_own, is_same }| {
        let known = ChosenId::Known { id, revision, is_same };
        (chosen, if is_own { known } else { ChosenId::Foreign })
    });
    Ok(deleted.into_iter().map(|id| (id, ChosenId::Deleted { id })).chain(known).collect())
}
