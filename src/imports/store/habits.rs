//! Settings of an import's owner, for files that do not contain them.

use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{db::schema::profiles, recordings::Habits};

/// The time zone and units of a user. A zone of UTC counts as not chosen.
pub async fn habits(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<Habits> {
    let found: Option<(String, String)> = profiles::table
        .find(user_id)
        .select((profiles::time_zone, profiles::preferred_units))
        .first(&mut conn)
        .await
        .optional()?;
    let (zone, units) = found.unwrap_or_default();
    let zone = zone.parse().ok().filter(|zone: &Tz| *zone != Tz::UTC);
    Ok(Habits { zone, is_imperial: units == "imperial" })
}
