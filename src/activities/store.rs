//! Queries for activities. Those that take an [`Identity`] select from the live user or session:
//! they never reach another user's row, and an ended token reaches no row.

use diesel::{
    dsl::{auto_type, exists, not, now},
    pg::Pg,
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sql_types::{Bool, Double, Int4, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::types::{Activity, ActivityChanges, NewActivity};
use crate::{
    credentials::{Identity, live_session, live_user},
    db::{
        Columns, FetchOne, lock_name,
        schema::{activities, further, users},
    },
    error::{ApiError, ErrorCode},
};

static ACTIVITY: Columns<Activity> = Columns::unwritten();

diesel::define_sql_function! {
    /// The first argument that is not NULL.
    fn coalesce(one: Nullable<SqlUuid>, other: SqlUuid) -> SqlUuid;
}

#[auto_type(no_type_alias)]
fn own_activity(identity: Identity, id: Uuid) -> _ {
    let own: live_user = live_user(identity);
    activities::table.filter(activities::id.eq(id)).filter(activities::user_id.eq_any(own))
}

pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Activity>> {
    own_activity(identity, id).select(&ACTIVITY).first(&mut conn).await.optional()
}

/// Inserts an activity under a new id. `None` if the token has ended: the user is selected from the
/// live session.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    new: NewActivity,
) -> QueryResult<Option<Activity>> {
    let NewActivity { activity_type, started_at, duration_secs, source, details, .. } = new;
    let row = live_session(identity).select((
        users::id,
        String::from(activity_type).into_sql::<Text>(),
        started_at.into_sql::<Timestamptz>(),
        duration_secs.into_sql::<Int4>(),
        source.to_string().into_sql::<Text>(),
        details.distance_meters.flatten().into_sql::<Nullable<Double>>(),
        details.calories.flatten().into_sql::<Nullable<Int4>>(),
        details.notes.flatten().into_sql::<Nullable<Text>>(),
        details.external_id.flatten().into_sql::<Nullable<Text>>(),
        details.title.flatten().into_sql::<Nullable<Text>>(),
        details.elapsed_secs.flatten().into_sql::<Nullable<Int4>>(),
        details.moving_secs.flatten().into_sql::<Nullable<Int4>>(),
        details.elevation_gain_meters.flatten().into_sql::<Nullable<Double>>(),
        details.elevation_loss_meters.flatten().into_sql::<Nullable<Double>>(),
        details.avg_heart_rate.flatten().into_sql::<Nullable<Int4>>(),
        details.max_heart_rate.flatten().into_sql::<Nullable<Int4>>(),
        details.avg_power_watts.flatten().into_sql::<Nullable<Int4>>(),
        details.avg_cadence.flatten().into_sql::<Nullable<Double>>(),
        details.utc_offset_minutes.flatten().into_sql::<Nullable<Int4>>(),
        details.device.flatten().into_sql::<Nullable<Text>>(),
        details.sport_raw.flatten().into_sql::<Nullable<Text>>(),
        details.laps.flatten().into_sql::<Nullable<Jsonb>>(),
        details.sets.flatten().into_sql::<Nullable<Jsonb>>(),
        details.device_data.flatten().into_sql::<Nullable<Jsonb>>(),
    ));
    row.insert_into(activities::table)
        .into_columns((
            activities::user_id,
            activities::activity_type,
            activities::started_at,
            activities::duration_secs,
            activities::source,
            activities::distance_meters,
            activities::calories,
            activities::notes,
            activities::external_id,
            activities::title,
            activities::elapsed_secs,
            activities::moving_secs,
            activities::elevation_gain_meters,
            activities::elevation_loss_meters,
            activities::avg_heart_rate,
            activities::max_heart_rate,
            activities::avg_power_watts,
            activities::avg_cadence,
            activities::utc_offset_minutes,
            activities::device,
            activities::sport_raw,
            activities::laps,
            activities::sets,
            activities::device_data,
        ))
        .returning(&ACTIVITY)
        .fetch_one(&mut conn)
        .await
        .optional()
}

/// The activity with this `source` and `external_id`, and the activity it is shown as: itself, or
/// the one that it is merged into.
pub async fn named(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    source: &str,
    external_id: &str,
) -> QueryResult<Option<(Uuid, Uuid)>> {
    activities::table
        .filter(activities::user_id.eq(user_id))
        .filter(activities::source.eq(source))
        .filter(activities::external_id.eq(external_id))
        .select((activities::id, coalesce(activities::merged_into, activities::id)))
        .first(&mut conn)
        .await
        .optional()
}

/// Whether an activity has changed since it was created.
pub async fn was_changed(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let changed =
        activities::table.find(id).filter(activities::updated_at.ne(activities::created_at));
    diesel::select(exists(changed)).fetch_one(&mut conn).await
}

type Condition = Box<dyn BoxableExpression<activities::table, Pg, SqlType = Bool>>;

/// Whether `changes` would change the row.
fn differs(changes: &ActivityChanges) -> Condition {
    let mut differs: Condition = Box::new(false.into_sql::<Bool>());
    macro_rules! or_differs {
        ($changes:expr; $($field:ident)+) => {
            $(if let Some(value) = &$changes.$field {
                let other = activities::$field.is_distinct_from(value.clone());
                differs = Box::new(differs.or(other));
            })+
        };
    }
    or_differs!(changes; activity_type started_at duration_secs source);
    or_differs!(
        changes.details;
        distance_meters calories notes external_id title elapsed_secs moving_secs
        elevation_gain_meters elevation_loss_meters avg_heart_rate max_heart_rate avg_power_watts
        avg_cadence utc_offset_minutes device sport_raw laps sets device_data
    );
    differs
}

/// The result of [`update`].
pub enum Update {
    Changed(Activity),
    /// No value differed: the revision stays the same, and nobody is notified.
    Unchanged(Activity),
    /// There is no such activity, or it has none of the expected revisions.
    NotFound,
}

/// Changes an activity if it has one of `revisions`, or any revision if `any`.
pub async fn update(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    (revisions, any): (Vec<i64>, bool),
    changes: ActivityChanges,
) -> QueryResult<Update> {
    let edited = changes.edited().map(|edited| further::edited.eq(edited));
    let is_expected = activities::revision.eq_any(revisions).or(any.into_sql::<Bool>());
    let unchanged = own_activity(identity, id)
        .filter(is_expected.clone())
        .filter(not(differs(&changes)))
        .select(&ACTIVITY);
    let changed = diesel::update(own_activity(identity, id))
        .filter(is_expected)
        .filter(differs(&changes))
        .set((edited, changes, activities::updated_at.eq(now)))
        .returning(&ACTIVITY)
        .fetch_one(&mut conn)
        .await
        .optional()?;
    if let Some(activity) = changed {
        return Ok(Update::Changed(activity));
    }
    let unchanged = unchanged.first(&mut conn).await.optional()?;
    Ok(unchanged.map_or(Update::NotFound, Update::Unchanged))
}

/// The API's error for one of [`update`].
pub fn why_not(error: Error) -> ApiError {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => ApiError::new(
            ErrorCode::ExternalIdTaken,
            "another activity with this source has this external_id",
        ),
        error => error.into(),
    }
}

/// Deletes an activity if it has one of `revisions`, or any revision if `any`. Returns its id, or
/// `None` if no row matched.
pub async fn delete(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    (revisions, any): (Vec<i64>, bool),
) -> QueryResult<Option<Uuid>> {
    diesel::delete(own_activity(identity, id))
        .filter(activities::revision.eq_any(revisions).or(any.into_sql::<Bool>()))
        .returning(activities::id)
        .fetch_one(&mut conn)
        .await
        .optional()
}

/// Locks the names (`source` and `external_id`) of a user's activities until the transaction
/// ends. Take this lock before assigning a name, and before checking whether an activity
/// exists in order to write it.
pub async fn lock_names(conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    lock_name(conn, &format!("activities {user_id}")).await
}

/// Locks an activity, or the one that it is merged into, until the transaction ends. Take this lock
/// before that of a merged record.
pub async fn lock_shown(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    diesel::sql_query(
        "SELECT FROM activities
         WHERE id = (SELECT coalesce(merged_into, id) FROM activities WHERE id = $1) FOR NO KEY UPDATE",
    )
    .bind::<SqlUuid, _>(id)
    .execute(&mut conn)
    .await?;
    Ok(())
}
