//! Query parameters that all statistics share.

use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Days, store};
use crate::{
    activities::ActivityType,
    credentials::Identity,
    error::{ApiError, ApiResult},
    stats::WeekStart,
    time_zone::TimeZone,
};

/// The time zone and the first day of the week.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DayParams {
    /// IANA time zone in which days begin. Defaults to the zone of the profile.
    #[param(example = "Europe/Rome")]
    tz: Option<String>,
    /// First day of the week.
    #[serde(default)]
    #[param(inline, required = false)]
    pub week_start: WeekStart,
}

/// A selection of sports.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SportParams {
    /// Counts only these sports, separated by commas. Defaults to all sports.
    #[param(example = "run,trail_run", pattern = "^[a-z0-9_]{1,32}(,[a-z0-9_]{1,32})*$")]
    activity_type: Option<String>,
}

impl DayParams {
    /// Returns the user's days from `from` to `to`, both inclusive, for all sports. Fails with 401
    /// if the session has ended.
    pub async fn days(
        &self,
        conn: &AsyncPgConnection,
        identity: Identity,
        (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    ) -> ApiResult<Days> {
        let asked: Option<TimeZone> = self.tz.as_deref().map(zone).transpose()?;
        let kept = store::zone(conn, identity).await?.ok_or_else(ApiError::invalid_access_token)?;
        let kept: TimeZone = kept.parse().map_err(ApiError::internal)?;
        let zone = asked.unwrap_or(kept);
        let user_id = identity.user_id;
        Ok(Days { user_id, zone, is_kept: zone == kept, from, to, types: Vec::new() })
    }
}

impl SportParams {
    /// Fails with 400 `invalid_parameter` if a slug is invalid.
    pub fn types(&self) -> ApiResult<Vec<String>> {
        let types = self.activity_type.as_deref().map(ActivityType::several).transpose();
        Ok(types
            .map_err(|problem| ApiError::invalid_parameter("activity_type", problem))?
            .unwrap_or_default())
    }
}

fn zone(text: &str) -> ApiResult<TimeZone> {
    text.parse().map_err(|problem: &str| ApiError::invalid_parameter("tz", problem))
}
