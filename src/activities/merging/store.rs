//! Queries that merge and unmerge activities.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{
        Array, BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
    },
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::{
        source::Source,
        streams,
        types::{ImportedActivity, NewActivity},
    },
    credentials::{Identity, live_user},
    db::{
        FetchOne, JsonText, fixed_query,
        schema::{activities, activity_streams},
    },
    error::{ApiError, ApiResult},
    sport::plainly_others,
};

/// Maximum number of records merged into an activity: the devices and services of one person.
pub const MAX_MERGED: usize = 20;

/// A new activity, to be compared with those in the log.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub activity_type: String,
    pub started_at: DateTime<Utc>,
    pub duration_secs: i32,
    pub elapsed_secs: Option<i32>,
    pub distance_meters: Option<f64>,
    /// A source that distinguishes its own activities, so that no other record of it is the same
    /// activity; `None` for files.
    pub source: Option<String>,
    /// The device of the source that recorded it, if known.
    pub device: Option<String>,
    /// Whether a client writes it. Then all devices of its source count as one, and it is the same
    /// as another activity only if there is a single match.
    pub is_of_client: bool,
    /// Match only activities that were created before this time: what an export
    /// keeps apart stays apart.
    pub before: Option<DateTime<Utc>>,
}

impl Candidate {
    /// A candidate for an activity from a client.
    pub fn of(new: &NewActivity) -> Self {
        Self {
            activity_type: new.activity_type.to_string(),
            started_at: new.started_at,
            duration_secs: new.duration_secs,
            elapsed_secs: new.details.elapsed_secs.flatten(),
            distance_meters: new.details.distance_meters.flatten(),
            source: Some(new.source.to_string()),
            device: None,
            is_of_client: true,
            before: None,
        }
    }

    /// A candidate for an activity that the server read from a file or a service.
    pub fn of_row(row: &ImportedActivity) -> Self {
        Self {
            activity_type: row.activity_type.clone(),
            started_at: row.started_at,
            duration_secs: row.duration_secs,
            elapsed_secs: row.details.elapsed_secs.flatten(),
            distance_meters: row.details.distance_meters.flatten(),
            source: Source::knows_its_own(&row.source).then(|| row.source.clone()),
            device: row.details.device.clone().flatten(),
            is_of_client: false,
            before: None,
        }
    }

    /// Seconds from start to end.
    fn span_secs(&self) -> i32 {
        self.duration_secs.max(self.elapsed_secs.unwrap_or_default())
    }

    /// How far apart the starts of two records of the same activity may be: a minute, or a
    /// tenth of the longer one.
    pub fn window(&self) -> TimeDelta {
        TimeDelta::minutes(1).max(TimeDelta::seconds((self.span_secs() / 9 + 1).into()))
    }
}

/// Finds for each candidate the shown activity that is the same, and locks it until the transaction
/// ends. The activity, or a record merged into it, must match the candidate:
///
/// - They start within a minute of each other, or overlap by nine tenths.
/// - Their timer times, or their times from start to end, differ by at most 5 %.
/// - Their distances differ by at most 5 %, unless one of them is unknown or zero.
///
/// None of the activity's records may be of a clearly different sport, from the same file, or from
/// the same device of a source that distinguishes its own activities. Activities with
/// [`MAX_MERGED`] records are skipped.
///
/// Of several matches, the nearest is returned. For an activity from a client, `None` is
/// returned if there are several matches, or if its source already has a record in the match.
/// The caller holds the name lock and has not written anything yet, because a change of an
/// activity locks it first.
pub async fn find_same(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    candidates: &[Candidate],
    original_id: Option<Uuid>,
) -> ApiResult<Vec<Option<Uuid>>> {
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
    let spans: Vec<_> = candidates.iter().map(Candidate::span_secs).collect();
    let windows: Vec<_> = candidates.iter().map(|one| one.window().num_seconds()).collect();
    let sports: Vec<_> = candidates.iter().map(|one| one.activity_type.as_str()).collect();
    let devices: Vec<_> = candidates.iter().map(|one| one.device.as_deref()).collect();
    let of_clients: Vec<_> = candidates.iter().map(|one| one.is_of_client).collect();
    let others: BTreeMap<_, _> =
        sports.iter().map(|sport| (*sport, plainly_others(sport))).collect();
    let others = JsonText::of(&others).map_err(ApiError::internal)?;
    // Multiplied by twenty, because a twentieth of the smallest number is zero. A device that came
    // from a merged record is not the activity's own.
    let found: Vec<Found> = fixed_query(
        "SELECT item.ordinality, same.id, same.is_known
         FROM unnest($2, $3, $4, $5, $8, $9, $10, $11, $12, $13) WITH ORDINALITY
                  AS item (started_at, duration, distance, source, before, span, seconds, sport, device, is_of_client,
                           ordinality)
         CROSS JOIN LATERAL (
             SELECT s.id, coalesce(item.source = s.source
                        OR EXISTS (SELECT FROM activities b WHERE b.merged_into = s.id AND b.source = item.source),
                        false) AS is_known
             FROM (SELECT coalesce(a.merged_into, a.id) AS id,
                          min(abs(extract(epoch FROM a.started_at - item.started_at))) AS apart
                   FROM activities a CROSS JOIN LATERAL (SELECT greatest(a.duration_secs, a.elapsed_secs)::bigint AS span) its
                   WHERE a.user_id = $1
                     AND a.started_at BETWEEN item.started_at - item.seconds * interval '1 second'
                                          AND item.started_at + item.seconds * interval '1 second'
                     AND (abs(extract(epoch FROM a.started_at - item.started_at)) <= 60
                          OR 10 * extract(epoch FROM least(a.started_at + its.span * interval '1 second',
                                                           item.started_at + item.span * interval '1 second')
                                                     - greatest(a.started_at, item.started_at))
                             >= 9 * greatest(its.span, item.span))
                     AND (20 * abs(a.duration_secs::bigint - item.duration) <= greatest(a.duration_secs, item.duration)
                          OR 20 * abs(its.span - item.span) <= greatest(its.span, item.span))
                     AND coalesce(20 * abs(nullif(a.distance_meters, 0) - nullif(item.distance, 0))
                                  <= greatest(a.distance_meters, item.distance), true)
                   GROUP BY 1) near
             JOIN activities s ON s.id = near.id
             WHERE NOT EXISTS (
                   SELECT FROM (SELECT s.original_id, s.activity_type, s.source,
                                       CASE WHEN s.merged @> '[{\"fields\": [\"device\"]}]' THEN NULL ELSE s.device END AS device
                                UNION ALL
                                SELECT b.original_id, b.activity_type, b.source, b.device
                                FROM activities b WHERE b.merged_into = s.id) record
                   WHERE record.original_id = $6
                      OR ($14 -> item.sport) ? record.activity_type
                      OR NOT item.is_of_client AND record.source = item.source
                         AND record.device IS NOT DISTINCT FROM item.device)
               AND coalesce(jsonb_array_length(s.merged), 0) < $7
               AND coalesce(s.created_at < item.before, true)
             ORDER BY near.apart, s.created_at, s.id
             LIMIT 2 FOR NO KEY UPDATE OF s) same",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Array<Timestamptz>, _>(starts)
    .bind::<Array<Integer>, _>(durations)
    .bind::<Array<Nullable<Double>>, _>(distances)
    .bind::<Array<Nullable<Text>>, _>(sources)
    .bind::<Nullable<SqlUuid>, _>(original_id)
    .bind::<Integer, _>(i32::try_from(MAX_MERGED).unwrap_or(i32::MAX))
    .bind::<Array<Nullable<Timestamptz>>, _>(befores)
    .bind::<Array<Integer>, _>(spans)
    .bind::<Array<BigInt>, _>(windows)
    .bind::<Array<Text>, _>(sports)
    .bind::<Array<Nullable<Text>>, _>(devices)
    .bind::<Array<Bool>, _>(of_clients)
    .bind::<Jsonb, _>(others)
    .load(&mut conn)
    .await?;
    let same = (1_i64..).zip(candidates).map(|(place, candidate)| {
        let mut found = found.iter().filter(|found| found.ordinality == place);
        let (nearest, other) = (found.next()?, found.next());
        let is_clear = !candidate.is_of_client || other.is_none() && !nearest.is_known;
        is_clear.then_some(nearest.id)
    });
    Ok(same.collect())
}

/// As [`find_same`], for one candidate.
pub async fn find_one_same(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    candidate: &Candidate,
    original_id: Option<Uuid>,
) -> ApiResult<Option<Uuid>> {
    let same = find_same(conn, user_id, std::slice::from_ref(candidate), original_id).await?;
    Ok(same.into_iter().flatten().next())
}

/// Whether an activity already has the maximum number of merged records.
pub async fn is_full(mut conn: &AsyncPgConnection, shown: Uuid) -> QueryResult<bool> {
    let behind = activities::table.filter(activities::merged_into.eq(shown));
    let count: i64 = behind.count().fetch_one(&mut conn).await?;
    Ok(usize::try_from(count).is_ok_and(|count| count >= MAX_MERGED))
}

/// Whether an activity or a record merged into it was recorded, which means that it
/// has a file or streams.
pub async fn has_recording(mut conn: &AsyncPgConnection, shown: Uuid) -> QueryResult<bool> {
    let recorded = activities::table
        .left_join(activity_streams::table)
        .filter(activities::id.eq(shown).or(activities::merged_into.eq(shown)))
        .filter(
            activities::original_id.is_not_null().or(activity_streams::activity_id.is_not_null()),
        );
    diesel::select(exists(recorded)).fetch_one(&mut conn).await
}

/// Merges the user's record `behind` into `shown`, which takes the values that it lacks, and those
/// that it has computed and `behind` has measured. Both rows record which values are whose.
pub async fn merge(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    shown: Uuid,
    behind: Uuid,
) -> ApiResult<()> {
    streams::count_of(conn, shown).await?;
    let merged = diesel::sql_query("SELECT merge_activity($1, $2, $3)")
        .bind::<SqlUuid, _>(user_id)
        .bind::<SqlUuid, _>(shown)
        .bind::<SqlUuid, _>(behind);
    merged.execute(&mut &*conn).await?;
    Ok(())
}

/// Whether other activities are parts of this one, all from the same file.
pub async fn has_parts(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let parts = activities::table.filter(activities::parent_id.eq(id));
    diesel::select(exists(parts)).fetch_one(&mut conn).await
}

/// Locks an activity of the live user; returns its id if it exists.
pub async fn lock(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Uuid>> {
    activities::table
        .filter(activities::id.eq(id))
        .filter(activities::user_id.eq_any(live_user(identity)))
        .select(activities::id)
        .for_no_key_update()
        .first(&mut conn)
        .await
        .optional()
}

/// Unmerges the records of the user's `shown`, and restores the values it had before.
pub async fn take_apart(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    shown: Uuid,
) -> QueryResult<()> {
    diesel::sql_query("SELECT unmerge_activity($1, $2)")
        .bind::<SqlUuid, _>(user_id)
        .bind::<SqlUuid, _>(shown)
        .execute(&mut conn)
        .await?;
    let behind = activities::table
        .filter(activities::user_id.eq(user_id))
        .filter(activities::merged_into.eq(shown));
    diesel::update(behind).set(activities::merged_into.eq(None::<Uuid>)).execute(&mut conn).await?;
    Ok(())
}
