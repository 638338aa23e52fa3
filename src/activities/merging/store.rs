//! The statements that put activities together and take them apart.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{
        Array, BigInt, Bool, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
    },
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Merged;
use crate::{
    activities::types::NewActivity,
    auth::{Identity, live_user},
    db::{
        FetchOne, JsonText, fixed_query,
        schema::{activities, activity_streams},
    },
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

/// The most records that stand behind an activity: devices and services that one person has.
pub const MAX_MERGED: usize = 20;

/// The record `b` (`$2`) stands behind `a` (`$1`), and both belong to the user `$3`. The column
/// `merged` is no proof of that: a restored export may have brought it.
const BEHIND: &str =
    "a.id = $1 AND b.id = $2 AND a.user_id = $3 AND b.user_id = $3 AND b.merged_into = a.id";

/// An activity that is not in the log yet, as it is compared with those that are.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub started_at: DateTime<Utc>,
    pub duration_secs: i32,
    pub distance_meters: Option<f64>,
    /// A source that knows its own activities, so that no other of it is the same; `None` for
    /// files.
    pub source: Option<String>,
    /// Only with what was in the log before: what an export has apart is apart.
    pub before: Option<DateTime<Utc>>,
}

impl Candidate {
    /// Of an activity that a client writes.
    pub fn of(new: &NewActivity) -> Self {
        Self {
            started_at: new.started_at,
            duration_secs: new.duration_secs,
            distance_meters: new.details.distance_meters.flatten(),
            source: Some(new.source.to_string()),
            before: None,
        }
    }
}

/// For each candidate the shown activity that is the same, locked until the transaction ends: it
/// began within a minute, and duration and distance differ by 5 % at most. A distance that one of
/// them does not know does not count, nor does one of zero. Those of the same file are never the
/// same, and those with [`MAX_MERGED`] records behind them take no more.
///
/// Of several, the nearest; but a candidate with a source is the same as none of several, and as
/// none that this source has a record of. The caller holds the user's names, and has written
/// nothing yet: a change of an activity locks it first.
pub async fn find_same(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    candidates: &[Candidate],
    original_id: Option<Uuid>,
) -> QueryResult<Vec<Option<Uuid>>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        ordinality: i64,
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Bool)]
        is_known: bool,
    }
    let starts: Vec<_> = candidates.iter().map(|one| one.started_at).collect();
    let durations: Vec<_> = candidates.iter().map(|one| one.duration_secs).collect();
    let distances: Vec<_> = candidates.iter().map(|one| one.distance_meters).collect();
    let befores: Vec<_> = candidates.iter().map(|one| one.before).collect();
    let sources: Vec<_> = candidates.iter().map(|one| one.source.as_deref()).collect();
    // Twenty times the difference, since a twentieth of the smallest number is none.
    let found: Vec<Found> = fixed_query(
        "SELECT item.ordinality, same.id, same.is_known
         FROM unnest($2, $3, $4, $5, $8) WITH ORDINALITY
                  AS item (started_at, duration_secs, distance_meters, source, before, ordinality)
         CROSS JOIN LATERAL (
             SELECT a.id, coalesce(item.source = a.source
                        OR EXISTS (SELECT FROM activities b WHERE b.merged_into = a.id AND b.source = item.source),
                        false) AS is_known
             FROM activities a
             WHERE a.user_id = $1 AND a.merged_into IS NULL AND ($6 IS NULL OR a.original_id IS DISTINCT FROM $6)
               AND a.started_at BETWEEN item.started_at - interval '1 minute' AND item.started_at + interval '1 minute'
               AND 20 * abs(a.duration_secs::bigint - item.duration_secs) <= greatest(a.duration_secs, item.duration_secs)
               AND coalesce(20 * abs(nullif(a.distance_meters, 0) - nullif(item.distance_meters, 0))
                            <= greatest(a.distance_meters, item.distance_meters), true)
               AND coalesce(jsonb_array_length(a.merged), 0) < $7
               AND coalesce(a.created_at < item.before, true)
             ORDER BY abs(extract(epoch FROM a.started_at - item.started_at)), a.created_at, a.id
             LIMIT 2 FOR NO KEY UPDATE OF a) same",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Array<Timestamptz>, _>(starts)
    .bind::<Array<Integer>, _>(durations)
    .bind::<Array<Nullable<Double>>, _>(distances)
    .bind::<Array<Nullable<Text>>, _>(sources)
    .bind::<Nullable<SqlUuid>, _>(original_id)
    .bind::<Integer, _>(i32::try_from(MAX_MERGED).unwrap_or(i32::MAX))
    .bind::<Array<Nullable<Timestamptz>>, _>(befores)
    .load(&mut conn)
    .await?;
    let same = (1_i64..).zip(candidates).map(|(place, candidate)| {
        let mut found = found.iter().filter(|found| found.ordinality == place);
        let (nearest, other) = (found.next()?, found.next());
        let is_clear = candidate.source.is_none() || other.is_none() && !nearest.is_known;
        is_clear.then_some(nearest.id)
    });
    Ok(same.collect())
}

/// The same for one.
pub async fn find_one_same(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    candidate: &Candidate,
    original_id: Option<Uuid>,
) -> QueryResult<Option<Uuid>> {
    let same = find_same(conn, user_id, std::slice::from_ref(candidate), original_id).await?;
    Ok(same.into_iter().flatten().next())
}

/// Whether as many records stand behind an activity as may.
pub async fn is_full(mut conn: &AsyncPgConnection, shown: Uuid) -> QueryResult<bool> {
    let behind = activities::table.filter(activities::merged_into.eq(shown));
    let count: i64 = behind.count().fetch_one(&mut conn).await?;
    Ok(usize::try_from(count).is_ok_and(|count| count >= MAX_MERGED))
}

/// Whether an activity, or one that stands behind it, was recorded: there is a file, or a series.
pub async fn has_recording(mut conn: &AsyncPgConnection, shown: Uuid) -> QueryResult<bool> {
    let recorded = activities::table
        .left_join(activity_streams::table)
        .filter(activities::id.eq(shown).or(activities::merged_into.eq(shown)))
        .filter(
            activities::original_id.is_not_null().or(activity_streams::activity_id.is_not_null()),
        );
    diesel::select(exists(recorded)).fetch_one(&mut conn).await
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
