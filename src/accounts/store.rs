//! SQL statements about an account. Each checks the session through [`live_user()`].

use diesel::{
    dsl::{exists, not, now},
    pg::Pg,
    prelude::*,
    sql_types::Bool,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::types::{Me, ProfileChanges, Units};
use crate::{
    credentials::{Identity, live_session, live_user},
    db::schema::{activities, goals, privacy_places, profiles},
    time_zone::TimeZone,
};

type Condition = Box<dyn BoxableExpression<profiles::table, Pg, SqlType = Bool>>;

pub async fn find(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<Option<Me>> {
    live_session(identity)
        .inner_join(profiles::table)
        .select(Me::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Whether the user has more than `than` activities.
pub async fn has_more_activities(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    than: i64,
) -> QueryResult<bool> {
    let one_more: Option<Uuid> = activities::table
        .filter(activities::user_id.eq(identity.user_id))
        .select(activities::id)
        .offset(than)
        .first(&mut conn)
        .await
        .optional()?;
    Ok(one_more.is_some())
}

/// If nothing changes, `updated_at` and therefore the `ETag` stay the same.
pub async fn update_profile(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    changes: ProfileChanges,
) -> QueryResult<()> {
    let mut differs: Condition = Box::new(false.into_sql::<Bool>());
    if let Some(name) = &changes.display_name {
        let other = profiles::display_name.is_distinct_from(name.clone());
        differs = Box::new(differs.or(other));
    }
    if let Some(units) = changes.preferred_units {
        differs = Box::new(differs.or(profiles::preferred_units.ne(units.to_string())));
    }
    if let Some(zone) = changes.time_zone {
        differs = Box::new(differs.or(profiles::time_zone.ne(zone.name())));
    }
    diesel::update(profiles::table.filter(profiles::user_id.eq_any(live_user(identity))))
        .filter(differs)
        .set((
            changes.display_name.map(|name| profiles::display_name.eq(name)),
            changes.preferred_units.map(|units| profiles::preferred_units.eq(units.to_string())),
            changes.time_zone.map(|zone| profiles::time_zone.eq(zone.name())),
            profiles::updated_at.eq(now),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Fills an untouched profile with the values of an account export from another server. Returns
/// whether the profile was untouched and has been filled.
pub async fn fill_profile(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    (display_name, preferred_units, time_zone): (Option<&str>, &str, TimeZone),
    preferences: &Value,
) -> QueryResult<bool> {
    let empty = profiles::table
        .find(user_id)
        .filter(profiles::display_name.is_null())
        .filter(profiles::preferred_units.eq(Units::default().to_string()))
        .filter(profiles::time_zone.eq(TimeZone::default().name()))
        .filter(profiles::preferences.eq(Value::Object(Map::new())))
        .filter(not(exists(goals::table.filter(goals::user_id.eq(user_id)))))
        .filter(not(exists(privacy_places::table.filter(privacy_places::user_id.eq(user_id)))));
    let filled = diesel::update(empty)
        .set((
            profiles::display_name.eq(display_name),
            profiles::preferred_units.eq(preferred_units),
            profiles::time_zone.eq(time_zone.name()),
            profiles::preferences.eq(preferences),
            profiles::updated_at.eq(now),
        ))
        .execute(&mut conn)
        .await?;
    Ok(filled == 1)
}

/// The preferences. The row is locked until the end of the transaction.
pub async fn lock_preferences(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Option<Value>> {
    profiles::table
        .filter(profiles::user_id.eq_any(live_user(identity)))
        .select(profiles::preferences)
        .for_update()
        .first(&mut conn)
        .await
        .optional()
}

pub async fn set_preferences(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    preferences: &Value,
) -> QueryResult<()> {
    diesel::update(profiles::table.find(identity.user_id))
        .filter(profiles::preferences.ne(preferences))
        .set((profiles::preferences.eq(preferences), profiles::updated_at.eq(now)))
        .execute(&mut conn)
        .await
        .map(drop)
}
