//! A goal, and what the endpoints take.

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

/// What is counted.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = GoalMetric)]
pub enum Metric {
    Activities,
    /// In seconds.
    Duration,
    /// In metres.
    Distance,
    /// Metres up.
    Elevation,
}

/// Within what.
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

/// `POST /me/goals`.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewGoal)]
pub struct GoalBody {
    #[serde(default)]
    #[schema(value_type = Metric, required)]
    metric: Patch<String>,
    #[serde(default)]
    #[schema(value_type = GoalPeriod, required)]
    period: Patch<String>,
    /// In activities, seconds or metres.
    #[serde(default)]
    #[schema(value_type = f64, required, minimum = 1, maximum = 1e12, examples(100_000))]
    target: Patch<Number>,
    /// Only of this sport; `null` counts all.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9_]{1,32}$", examples("run"))]
    activity_type: Patch<String>,
}

/// `PUT /me/goals/{id}`.
#[derive(Deserialize, ToSchema)]
#[schema(as = GoalChanges)]
pub struct GoalChangesBody {
    #[serde(default)]
    #[schema(value_type = f64, minimum = 1, maximum = 1e12)]
    target: Patch<Number>,
}

/// A goal to be kept.
#[derive(Clone, Debug)]
pub struct NewGoal {
    pub metric: Metric,
    pub period: GoalPeriod,
    pub target: f64,
    pub activity_type: Option<String>,
}

/// A goal as it is kept.
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

/// A goal and how far it is, in the period that today is in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Goal)]
pub struct GoalAnswer {
    pub id: Uuid,
    pub metric: Metric,
    pub period: GoalPeriod,
    /// In activities, seconds or metres.
    pub target: f64,
    #[schema(required)]
    pub activity_type: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The first and the last day of the period.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// What was reached of the target so far, in its unit.
    pub progress: f64,
    /// The part of the target that was reached; above 1 when it was exceeded.
    pub part: f64,
    /// The part of the period's days that are over or today.
    pub elapsed: f64,
    pub is_reached: bool,
}

/// A goal as the answer of a write shows it.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum WrittenGoal {
    Whole(Box<GoalAnswer>),
    Id(GoalId),
}

/// To a token without `activities:read`, which must not learn how far the goal is.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalId {
    id: Uuid,
}

impl WrittenGoal {
    /// As much of `goal` as its writer may read.
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
    /// In the order in which they were set.
    pub goals: Vec<GoalAnswer>,
}

/// A goal as it is taken along.
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
    /// `None` for one that nobody can have.
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
