//! The days to add up, and their totals.

use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Date, Double, Nullable},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::time_zone::TimeZone;

/// Days of a user's log. The caller has checked the user's session.
#[derive(Clone, Debug)]
pub struct Days {
    pub user_id: Uuid,
    pub zone: TimeZone,
    /// Whether stored totals use this zone.
    pub is_kept: bool,
    /// First and last day, both inclusive. `None` means the beginning or the end of the log.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Sports to count. Empty for all.
    pub types: Vec<String>,
}

/// Totals of activities.
#[derive(Clone, Copy, Debug, Default, PartialEq, QueryableByName, Serialize, ToSchema)]
pub struct Totals {
    #[diesel(sql_type = BigInt)]
    pub activities: i64,
    /// Days with at least one activity.
    #[diesel(sql_type = BigInt)]
    pub active_days: i64,
    #[diesel(sql_type = BigInt)]
    pub duration_secs: i64,
    #[diesel(sql_type = Double)]
    pub distance_meters: f64,
    #[diesel(sql_type = Double)]
    pub elevation_gain_meters: f64,
    #[diesel(sql_type = BigInt)]
    pub calories: i64,
}

/// Totals with their range of days.
#[derive(Clone, Copy, Debug, Default, QueryableByName)]
pub struct TotalsOfDays {
    #[diesel(embed)]
    pub totals: Totals,
    /// First and last day with an activity.
    #[diesel(sql_type = Nullable<Date>)]
    pub first: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    pub last: Option<NaiveDate>,
}

impl TotalsOfDays {
    /// Adds the totals of other days.
    pub fn and(self, other: Self) -> Self {
        let both = |one: Option<_>, other: Option<_>, pick: fn(_, _) -> _| match (one, other) {
            (Some(one), Some(other)) => Some(pick(one, other)),
            (one, other) => one.or(other),
        };
        Self {
            totals: self.totals.and(&other.totals),
            first: both(self.first, other.first, NaiveDate::min),
            last: both(self.last, other.last, NaiveDate::max),
        }
    }
}

impl Totals {
    fn and(&self, other: &Self) -> Self {
        Self {
            activities: self.activities + other.activities,
            active_days: self.active_days + other.active_days,
            duration_secs: self.duration_secs + other.duration_secs,
            distance_meters: millimetres(self.distance_meters + other.distance_meters),
            elevation_gain_meters: millimetres(
                self.elevation_gain_meters + other.elevation_gain_meters,
            ),
            calories: self.calories + other.calories,
        }
    }

    /// Returns the difference to `before`, which may be negative.
    pub fn since(&self, before: &Self) -> Self {
        Self {
            activities: self.activities - before.activities,
            active_days: self.active_days - before.active_days,
            duration_secs: self.duration_secs - before.duration_secs,
            distance_meters: millimetres(self.distance_meters - before.distance_meters),
            elevation_gain_meters: millimetres(
                self.elevation_gain_meters - before.elevation_gain_meters,
            ),
            calories: self.calories - before.calories,
        }
    }
}

/// Rounds to millimetres. Further digits are errors of the subtraction.
fn millimetres(metres: f64) -> f64 {
    (metres * 1000.0).round() / 1000.0
}
