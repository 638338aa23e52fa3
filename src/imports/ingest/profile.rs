//! Restores a profile from another server.

use diesel_async::AsyncPgConnection;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    account_export::format::ExportedProfile,
    accounts::{service::MAX_PREFERENCES_BYTES, store, types::Units},
    auth::local::display_name,
    error::ApiResult,
    goals, privacy,
    time_zone::TimeZone,
    validation::{Validator, check_json},
};

/// 422 for a profile that no account can have.
pub fn check_profile(profile: &ExportedProfile) -> ApiResult<()> {
    let mut v = Validator::default();
    if let Some(name) = &profile.display_name
        && let Err((code, problem)) = display_name(name.clone())
    {
        v.fault("display_name", code, problem);
    }
    if profile.preferred_units.parse::<Units>().is_err() {
        v.fault("preferred_units", "invalid_value", "must be metric or imperial");
    }
    if profile.time_zone.parse::<TimeZone>().is_err() {
        v.fault("time_zone", "invalid_value", TimeZone::EXPECTED);
    }
    let most = usize::try_from(goals::MAX_GOALS).unwrap_or_default();
    if profile.goals.len() > most || profile.goals.iter().any(|goal| goal.parse().is_none()) {
        v.fault(
            "goals",
            "invalid_value",
            "must be valid goals, and no more than an account can have",
        );
    }
    if !privacy::check(&profile.privacy_places, &profile.privacy_zones) {
        let problem = "must be valid privacy zones, and no more than an account can have";
        v.fault("privacy_zones", "invalid_value", problem);
    }
    let json = Value::Object(profile.preferences.clone()).to_string();
    if let Err((code, problem)) = check_json(&json, MAX_PREFERENCES_BYTES) {
        v.fault("preferences", code, problem);
    }
    v.finish()
}

/// Applies the profile to an account whose own profile is still empty; returns whether it did.
pub async fn restore_profile(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    profile: &ExportedProfile,
) -> ApiResult<bool> {
    let name = profile.display_name.as_deref();
    let preferences = Value::Object(profile.preferences.clone());
    // The time zone has been checked before.
    let zone = profile.time_zone.parse().unwrap_or_default();
    let shown = (name, &*profile.preferred_units, zone);
    goals::lock(conn, user_id).await?;
    privacy::lock(conn, user_id).await?;
    let is_filled = store::fill_profile(conn, user_id, shown, &preferences).await?;
    if is_filled {
        goals::restore(conn, user_id, &profile.goals).await?;
        let (places, zones) = (&profile.privacy_places, &profile.privacy_zones);
        privacy::restore(conn, user_id, places, zones).await?;
    }
    Ok(is_filled)
}
