//! Goals and the request bodies of their endpoints.

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use derive_more::{Display, FromStr};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    activities::ActivityType,
    auth::Permitted,
    db::schema::goals,
    error::ApiResult,
    validation::{Fault, Patch, Validator},
};

const TARGETS: RangeInclusive<f64> = 1.0..=1e12;

/// What a goal counts.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = GoalMetric)]
pub enum Metric {
    Activities,
    /// Seconds.
    Duration,
    /// Metres.
    Distance,
    /// Metres of elevation gain.
    Elevation,
}

/// The calendar period of a goal.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = GoalPeriod)]
pub enum GoalPeriod {
    Week,
    Month,
    Year,
}

/// Request body of `POST /me/goals`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewGoal)]
pub struct GoalBody {
    #[serde(default)]
    #[schema(value_type = Metric, required)]
    metric: Patch<String>,
    #[serde(default)]
    #[schema(value_type = GoalPeriod, required)]
    period: Patch<String>,
    /// Number of activities, seconds or metres, depending on `metric`.
    #[serde(default)]
    #[schema(value_type = f64, required, minimum = 1, maximum = 1e12, examples(100_000))]
    target: Patch<Number>,
    /// Counts only activities of this sport. `null` counts all sports.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9_]{1,32}$", examples("run"))]
    activity_type: Patch<String>,
}

/// Request body of `PUT /me/goals/{id}`.
#[derive(Deserialize, ToSchema)]
#[schema(as = GoalChanges)]
pub struct GoalChangesBody {
    #[serde(default)]
    #[schema(value_type = f64, minimum = 1, maximum = 1e12)]
    target: Patch<Number>,
}

/// A validated goal to be stored.
#[derive(Clone, Debug)]
pub struct NewGoal {
    pub metric: Metric,
    pub period: GoalPeriod,
    pub target: f64,
    pub activity_type: Option<String>,
}

/// A goal as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = goals)]
pub struct Goal {
    pub id: Uuid,
    pub metric: String,
    pub period: String,
    pub target: f64,
    pub activity_type: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// A goal with its progress in the current period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Goal)]
pub struct GoalAnswer {
    pub id: Uuid,
    pub metric: Metric,
    pub period: GoalPeriod,
    /// Number of activities, seconds or metres, depending on `metric`.
    pub target: f64,
    #[schema(required)]
    pub activity_type: Option<String>,
    pub created_at: DateTime<Utc>,
    /// First day of the current period.
    pub from: NaiveDate,
    /// Last day of the current period.
    pub to: NaiveDate,
    /// What has been reached in the current period, in the unit of `target`.
    pub progress: f64,
    /// Fraction of the target that has been reached. Above 1 when the target is exceeded.
    pub part: f64,
    /// Fraction of the period's days that have passed, including today.
    pub elapsed: f64,
    pub is_reached: bool,
}

/// The answer of a write: the whole goal, or only its id.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum WrittenGoal {
    Whole(Box<GoalAnswer>),
    Id(GoalId),
}

/// The answer for a token without `activities:read`, which must not reveal the progress.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalId {
    id: Uuid,
}

impl WrittenGoal {
    /// Returns what the writer's token may read of `goal`.
    pub fn shown_to<S>(writer: &Permitted<S>, goal: GoalAnswer) -> Self {
        if writer.may_read() {
            Self::Whole(Box::new(goal))
        } else {
            Self::Id(GoalId { id: goal.id })
        }
    }
}

/// The answer of `GET /me/goals`.
#[derive(Serialize, ToSchema)]
pub struct Goals {
    /// In order of creation.
    pub goals: Vec<GoalAnswer>,
}

/// A goal in an account export.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportedGoal {
    pub metric: String,
    pub period: String,
    pub target: f64,
    pub activity_type: Option<String>,
}

impl GoalBody {
    pub fn parse(self) -> ApiResult<NewGoal> {
        let mut v = Validator::default();
        let metric = v.required("metric", self.metric, |text| {
            let expected = "must be activities, duration, distance or elevation";
            text.parse().map_err(|_| ("invalid_value", expected.to_owned()))
        });
        let period = v.required("period", self.period, |text| {
            let expected = "must be week, month or year";
            text.parse().map_err(|_| ("invalid_value", expected.to_owned()))
        });
        let target = v.required("target", self.target, target);
        let activity_type = v.nullable("activity_type", self.activity_type, |text| {
            let parsed = text.parse::<ActivityType>();
            parsed.map_err(|problem| ("invalid_format", problem.to_owned()))
        });
        let ((metric, period), target) = v.finish_with(metric.zip(period).zip(target))?;
        let activity_type = activity_type.into_option().map(String::from);
        Ok(NewGoal { metric, period, target, activity_type })
    }
}

impl ExportedGoal {
    /// Returns `None` for a goal that the API would not accept.
    pub fn parse(&self) -> Option<NewGoal> {
        let activity_type = match &self.activity_type {
            Some(text) => Some(text.parse::<ActivityType>().ok()?.into()),
            None => None,
        };
        let (metric, period) = (self.metric.parse().ok()?, self.period.parse().ok()?);
        let target = Some(self.target).filter(|target| TARGETS.contains(target))?;
        Some(NewGoal { metric, period, target, activity_type })
    }
}

impl GoalChangesBody {
    pub fn parse(self) -> ApiResult<Option<f64>> {
        let mut v = Validator::default();
        let target = v.not_null("target", self.target, target);
        v.finish()?;
        Ok(target)
    }
}

fn target(number: Number) -> Result<f64, Fault> {
    let problem = || {
        let (min, max) = (TARGETS.start(), TARGETS.end());
        ("out_of_range", format!("must be between {min} and {max}"))
    };
    number.as_f64().filter(|target| TARGETS.contains(target)).ok_or_else(problem)
}
