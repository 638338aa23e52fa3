//! What the endpoint takes and answers.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    error::{ApiError, ApiResult},
    stats::{
        Period, WeekStart,
        days::{Group, Totals},
    },
};

/// What is added up together.
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

/// The query string besides [`DayParams`].
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SummaryParams {
    /// The first day; without it, from the beginning of the log.
    #[param(value_type = Option<NaiveDate>, example = "2026-01-01")]
    from: Option<String>,
    /// The last day; without it, today.
    #[param(value_type = Option<NaiveDate>, example = "2026-12-31")]
    to: Option<String>,
    #[serde(default)]
    #[param(inline, required = false)]
    pub group_by: GroupBy,
    /// Whether periods in which there was nothing are told, too.
    #[serde(default)]
    #[param(required = false)]
    pub include_empty: bool,
}

impl SummaryParams {
    /// The first and the last day. 400 `invalid_parameter` for what is no date, or the wrong way round.
    pub fn range(&self) -> ApiResult<(Option<NaiveDate>, Option<NaiveDate>)> {
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
    // chrono takes dates of other lengths, too.
    let date = Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
    match date {
        Some(date) if (1..=9999).contains(&NaiveDate::year(&date)) => Ok(Some(date)),
        _ => Err(ApiError::invalid_parameter(
            name,
            "must be a date of the years 1 to 9999, such as 2026-05-04",
        )),
    }
}

/// Totals of a period or of a sport.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryBucket {
    /// The first day of the period, or of what was asked for of it; not of a sport.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Of a sport.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<String>,
    #[serde(flatten)]
    pub totals: Totals,
}

/// As long a time just before: as many whole months, or else as many days.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodBefore {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub totals: Totals,
    /// What is more now, or less.
    pub change: Totals,
}

/// The answer of `GET /stats/summary`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    #[schema(examples("Europe/Rome"))]
    pub tz: &'static str,
    pub group_by: GroupBy,
    pub week_start: WeekStart,
    /// The first day that was asked for, or else the first with an activity.
    #[schema(required)]
    pub from: Option<NaiveDate>,
    pub to: NaiveDate,
    pub buckets: Vec<SummaryBucket>,
    pub totals: Totals,
    /// `null` without `from`.
    #[schema(required)]
    pub before: Option<PeriodBefore>,
}
