//! Parameters of pictures.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{
    disclosure::Disclosure,
    drawing::{Design, Layout, Theme, Units},
    metric::Metric,
};
use crate::{
    activities::ActivityType,
    error::{ApiError, ApiResult},
    stats::WeekStart,
    time_zone::TimeZone,
};

/// Minimum and maximum width of a PNG, in pixels.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 64..=2400;

/// Maximum number of weeks in a picture.
pub const MOST_WEEKS: u32 = 104;

/// A picture of a user's log.
#[derive(Clone, Debug)]
pub enum Picture {
    Route { activity_id: Uuid, disclosure: Disclosure },
    Chart { activity_id: Uuid, disclosure: Disclosure },
    Heatmap(HeatmapOptions),
    Weekly(WeeklyOptions),
}

/// The appearance of a picture.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Appearance {
    #[serde(default)]
    #[param(inline, required = false)]
    pub theme: Theme,
    /// Units of the picture. Defaults to the units of the profile.
    #[param(inline)]
    pub units: Option<Units>,
    #[serde(default)]
    #[param(inline, required = false)]
    pub layout: Layout,
    /// `false` leaves out the background and the border.
    #[serde(default = "Appearance::usual_frame")]
    #[param(required = false, default = true)]
    pub frame: bool,
}

impl Appearance {
    fn usual_frame() -> bool {
        true
    }

    /// Returns the design, in these units unless others were requested. A PNG cannot follow the
    /// viewer's theme.
    pub fn design(self, units: Units, is_png: bool) -> Design {
        Design {
            theme: if is_png { self.theme.settled() } else { self.theme },
            units: self.units.unwrap_or(units),
            layout: self.layout,
            has_frame: self.frame,
        }
    }
}

/// The size of a PNG.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Size {
    /// Width in pixels. The height follows from the aspect ratio.
    #[serde(default = "Size::usual")]
    #[param(required = false, default = 800, minimum = 64, maximum = 2400)]
    pub width: u32,
}

impl Size {
    fn usual() -> u32 {
        800
    }

    /// Fails with 400 `invalid_parameter` if the width is out of range.
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

/// Query parameters that select the days of a picture.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DaysParams {
    #[serde(default)]
    #[param(inline, required = false)]
    pub metric: Metric,
    /// First day of the week.
    #[serde(default)]
    #[param(inline, required = false)]
    pub week_start: WeekStart,
    /// Counts only these sports, separated by commas. Defaults to all sports.
    #[param(example = "run,trail_run", pattern = "^[a-z0-9_]{1,32}(,[a-z0-9_]{1,32})*$")]
    pub activity_type: Option<String>,
    /// IANA time zone in which days begin. Defaults to the zone of the profile.
    #[param(example = "Europe/Rome")]
    pub tz: Option<String>,
}

/// Query parameters of a heatmap.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct YearParams {
    /// Calendar year. Defaults to the current year.
    #[param(minimum = 1, maximum = 9999)]
    pub year: Option<i32>,
}

/// Query parameters of a weekly chart.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WeeksParams {
    /// Number of weeks, including the current one.
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

/// The days of a picture, validated.
#[derive(Clone, Debug)]
pub struct DaysOptions {
    pub metric: Metric,
    pub week_start: WeekStart,
    /// Empty for all sports.
    pub types: Vec<String>,
    /// Name of a time zone. `None` means the zone of the profile.
    pub tz: Option<String>,
}

/// Options of a heatmap. Without a year, it shows the current one.
#[derive(Clone, Debug)]
pub struct HeatmapOptions {
    pub year: Option<i32>,
    pub days: DaysOptions,
}

/// Options of a weekly chart.
#[derive(Clone, Debug)]
pub struct WeeklyOptions {
    pub weeks: u32,
    pub days: DaysOptions,
}

impl Picture {
    /// Returns the time zone that decides which day is today, if it matters.
    pub fn zone(&self, kept: TimeZone) -> ApiResult<TimeZone> {
        match self {
            Self::Route { .. } | Self::Chart { .. } => Ok(TimeZone::default()),
            Self::Heatmap(HeatmapOptions { days, .. })
            | Self::Weekly(WeeklyOptions { days, .. }) => days.zone(kept),
        }
    }
}

impl DaysOptions {
    /// Returns the requested time zone, or else that of the profile.
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
    /// Fails with 400 `invalid_parameter` for an invalid option.
    pub fn parse(year: YearParams, of: DaysParams) -> ApiResult<Self> {
        if year.year.is_some_and(|year| !(1..=9999).contains(&year)) {
            return Err(ApiError::invalid_parameter("year", "must be from 1 to 9999"));
        }
        Ok(Self { year: year.year, days: of.parse()? })
    }
}

impl WeeklyOptions {
    /// Fails with 400 `invalid_parameter` for an invalid option.
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
