//! Parameters and answer of the endpoint.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::current::CurrentPeriod;
use crate::{
    error::{ApiError, ApiResult},
    stats::{
        Period, WeekStart,
        days::{Group, Totals},
    },
};

/// How totals are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    Day,
    Week,
    #[default]
    Month,
    Year,
    ActivityType,
}

impl GroupBy {
    pub fn group(self, week_start: WeekStart) -> Group {
        match self {
            Self::Day => Group::Period(Period::Day),
            Self::Week => Group::Period(Period::Week(week_start)),
            Self::Month => Group::Period(Period::Month),
            Self::Year => Group::Period(Period::Year),
            Self::ActivityType => Group::ActivityType,
        }
    }
}

/// Query parameters in addition to [`DayParams`].
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SummaryParams {
    /// First day. Defaults to the first day with an activity.
    #[param(value_type = Option<NaiveDate>, example = "2026-01-01")]
    from: Option<String>,
    /// Last day. Defaults to today.
    #[param(value_type = Option<NaiveDate>, example = "2026-12-31")]
    to: Option<String>,
    /// A range that ends today, instead of `from` and `to`. It is compared with the same part of
    /// the week, month or year before.
    #[param(inline)]
    pub period: Option<CurrentPeriod>,
    #[serde(default)]
    #[param(inline, required = false)]
    pub group_by: GroupBy,
    /// Whether periods without activities are included.
    #[serde(default)]
    #[param(required = false)]
    pub include_empty: bool,
}

impl SummaryParams {
    /// Returns the first and the last day. Fails with 400 `invalid_parameter` if one is not a date
    /// or if they are in the wrong order or together with `period`.
    pub fn range(&self) -> ApiResult<(Option<NaiveDate>, Option<NaiveDate>)> {
        if self.period.is_some() && (self.from.is_some() || self.to.is_some()) {
            let problem = "cannot be used with from or to";
            return Err(ApiError::invalid_parameter("period", problem));
        }
        let range = (date("from", self.from.as_deref())?, date("to", self.to.as_deref())?);
        if let (Some(from), Some(to)) = range
            && from > to
        {
            return Err(ApiError::invalid_parameter("to", "must not be before from"));
        }
        Ok(range)
    }
}

fn date(name: &'static str, text: Option<&str>) -> ApiResult<Option<NaiveDate>> {
    let Some(text) = text else { return Ok(None) };
    // chrono also accepts dates of other lengths.
    let date = Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
    match date {
        Some(date) if (1..=9999).contains(&NaiveDate::year(&date)) => Ok(Some(date)),
        _ => Err(ApiError::invalid_parameter(
            name,
            "must be a date in the years 1 to 9999, such as 2026-05-04",
        )),
    }
}

/// Totals of one period or sport.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryBucket {
    /// First day of the period, or of its part in the requested range. Absent for a sport.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day of the period, or of its part in the requested range. Absent for a sport.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Absent for a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<String>,
    #[serde(flatten)]
    pub totals: Totals,
}

/// The range of equal length just before: the same number of months if the range is whole months,
/// otherwise the same number of days. With `period`, the same part of the week, month or year
/// before.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodBefore {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub totals: Totals,
    /// The totals of the requested range minus these. Negative if they have decreased.
    pub change: Totals,
}

/// The answer of `GET /stats/summary`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    #[schema(examples("Europe/Rome"))]
    pub tz: &'static str,
    pub group_by: GroupBy,
    pub week_start: WeekStart,
    /// First requested day, or else the first day with an activity. `null` if there is neither.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    pub to: NaiveDate,
    pub buckets: Vec<SummaryBucket>,
    pub totals: Totals,
    /// Comparison with the range before. `null` without `from` and `period`, or if that range would
    /// begin before the year 1.
    #[schema(required)]
    pub before: Option<PeriodBefore>,
}
