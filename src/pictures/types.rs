//! What can be asked for.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{
    disclosure::Disclosure,
    drawing::{Theme, Units},
    metric::Metric,
};
use crate::{
    activities::ActivityType,
    error::{ApiError, ApiResult},
    stats::WeekStart,
    time_zone::TimeZone,
};

/// The least and the most that a PNG may be wide, in pixels.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 64..=2400;

/// The most weeks that are drawn.
pub const MOST_WEEKS: u32 = 104;

/// A picture of somebody's log.
#[derive(Clone, Debug)]
pub enum Picture {
    Route { activity_id: Uuid, disclosure: Disclosure },
    Chart { activity_id: Uuid, disclosure: Disclosure },
    Heatmap(HeatmapOptions),
    Weekly(WeeklyOptions),
}

/// How it looks.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Look {
    #[serde(default)]
    #[param(inline, required = false)]
    pub theme: Theme,
    /// In place of those that the profile prefers.
    #[param(inline)]
    pub units: Option<Units>,
}

/// How large a PNG is.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Size {
    /// In pixels; its height follows.
    #[serde(default = "Size::usual")]
    #[param(required = false, default = 800, minimum = 64, maximum = 2400)]
    pub width: u32,
}

impl Size {
    fn usual() -> u32 {
        800
    }

    /// 400 `invalid_parameter` when it is too small or too large.
    pub fn check(self) -> ApiResult<u32> {
        if WIDTHS.contains(&self.width) {
            return Ok(self.width);
        }
        Err(ApiError::invalid_parameter(
            "width",
            format!("must be from {} to {}", WIDTHS.start(), WIDTHS.end()),
        ))
    }
}

/// Which days are drawn, as it was asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DaysParams {
    #[serde(default)]
    #[param(inline, required = false)]
    pub metric: Metric,
    /// What a week begins with.
    #[serde(default)]
    #[param(inline, required = false)]
    pub week_start: WeekStart,
    /// Only these, with commas between them.
    #[param(example = "run,trail_run", pattern = "^[a-z0-9_]{1,32}(,[a-z0-9_]{1,32})*$")]
    pub activity_type: Option<String>,
    /// The zone whose days they are, in place of the profile's.
    #[param(example = "Europe/Rome")]
    pub tz: Option<String>,
}

/// Which year of days.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct YearParams {
    /// The present one, if not given.
    #[param(minimum = 1, maximum = 9999)]
    pub year: Option<i32>,
}

/// How many weeks.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WeeksParams {
    /// The last of them is the present one.
    #[serde(default = "WeeksParams::usual")]
    #[param(required = false, default = 26, minimum = 1, maximum = 104)]
    pub weeks: u32,
}

impl WeeksParams {
    pub const DEFAULT: u32 = 26;

    fn usual() -> u32 {
        Self::DEFAULT
    }
}

/// Which days are drawn.
#[derive(Clone, Debug)]
pub struct DaysOptions {
    pub metric: Metric,
    pub week_start: WeekStart,
    /// Empty for all.
    pub types: Vec<String>,
    /// A zone's name, in place of that of the profile.
    pub tz: Option<String>,
}

/// Which year; `None` for whichever is the present one.
#[derive(Clone, Debug)]
pub struct HeatmapOptions {
    pub year: Option<i32>,
    pub days: DaysOptions,
}

/// How many weeks.
#[derive(Clone, Debug)]
pub struct WeeklyOptions {
    pub weeks: u32,
    pub days: DaysOptions,
}

impl Picture {
    /// The zone that says which day it is, if it matters.
    pub fn zone(&self, kept: TimeZone) -> ApiResult<TimeZone> {
        match self {
            Self::Route { .. } | Self::Chart { .. } => Ok(TimeZone::default()),
            Self::Heatmap(HeatmapOptions { days, .. })
            | Self::Weekly(WeeklyOptions { days, .. }) => days.zone(kept),
        }
    }
}

impl DaysOptions {
    /// The zone that was asked for, or else the profile's.
    pub fn zone(&self, kept: TimeZone) -> ApiResult<TimeZone> {
        let asked = self.tz.as_deref().map(str::parse).transpose();
        Ok(asked.map_err(ApiError::internal)?.unwrap_or(kept))
    }
}

impl DaysParams {
    fn parse(self) -> ApiResult<DaysOptions> {
        let types = self.activity_type.as_deref().map(ActivityType::several).transpose();
        let types =
            types.map_err(|problem| ApiError::invalid_parameter("activity_type", problem))?;
        let zone = self.tz.as_deref().map(str::parse::<TimeZone>).transpose();
        let zone = zone.map_err(|problem| ApiError::invalid_parameter("tz", problem))?;
        Ok(DaysOptions {
            metric: self.metric,
            week_start: self.week_start,
            types: types.unwrap_or_default(),
            tz: zone.map(|zone| zone.name().to_owned()),
        })
    }
}

impl HeatmapOptions {
    /// 400 `invalid_parameter` for what there is not.
    pub fn parse(year: YearParams, of: DaysParams) -> ApiResult<Self> {
        if year.year.is_some_and(|year| !(1..=9999).contains(&year)) {
            return Err(ApiError::invalid_parameter("year", "must be from 1 to 9999"));
        }
        Ok(Self { year: year.year, days: of.parse()? })
    }
}

impl WeeklyOptions {
    /// 400 `invalid_parameter` for what there is not.
    pub fn parse(weeks: WeeksParams, of: DaysParams) -> ApiResult<Self> {
        if !(1..=MOST_WEEKS).contains(&weeks.weeks) {
            return Err(ApiError::invalid_parameter(
                "weeks",
                format!("must be from 1 to {MOST_WEEKS}"),
            ));
        }
        Ok(Self { weeks: weeks.weeks, days: of.parse()? })
    }
}
