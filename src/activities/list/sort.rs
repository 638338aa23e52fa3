//! The order of a list.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::{
    PartialSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type, extensions::Extensions},
};

use crate::activities::types::ActivitySummary;

/// The field to sort by; ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum SortBy {
    #[default]
    StartedAt,
    /// An unknown distance is less than zero.
    DistanceMeters,
    DurationSecs,
}

/// The order of a list; newest first by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sort {
    pub by: SortBy,
    pub is_descending: bool,
}

/// The value that an activity is sorted by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// In whole microseconds, the precision of PostgreSQL.
    Time(DateTime<Utc>),
    Meters(f64),
    Secs(i32),
}

/// Stands for an unknown distance.
const UNKNOWN_METERS: f64 = -1.0;

impl Default for Sort {
    fn default() -> Self {
        Self { by: SortBy::default(), is_descending: true }
    }
}

/// The names of the fields, as in the request.
const NAMES: [&str; 3] = ["started_at", "distance_meters", "duration_secs"];

impl PartialSchema for Sort {
    fn schema() -> RefOr<Schema> {
        let orders = NAMES.iter().flat_map(|name| [format!("-{name}"), (*name).to_owned()]);
        // Generators build the names of constants from the values, and drop the minus.
        let labels = NAMES.map(str::to_uppercase);
        let labels = labels.iter().flat_map(|name| [format!("{name}_DESC"), format!("{name}_ASC")]);
        let labels = labels.collect::<Vec<_>>();
        let sort = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(orders))
            .default(Some(json!("-started_at")))
            .extensions(Some(Extensions::builder().add("x-enum-varnames", labels).build()));
        sort.into()
    }
}

impl FromStr for Sort {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, is_descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let by = match name {
            "started_at" => SortBy::StartedAt,
            "distance_meters" => SortBy::DistanceMeters,
            "duration_secs" => SortBy::DurationSecs,
            _ => {
                return Err(
                    "must be started_at, distance_meters or duration_secs, with a leading minus \
                     for descending order",
                );
            }
        };
        Ok(Self { by, is_descending })
    }
}

impl Sort {
    /// SQL for `ORDER BY`.
    pub fn order(self) -> &'static str {
        match (self.by, self.is_descending) {
            (SortBy::StartedAt, true) => "activities.started_at DESC, activities.id DESC",
            (SortBy::StartedAt, false) => "activities.started_at, activities.id",
            (SortBy::DistanceMeters, true) => {
                "coalesce(activities.distance_meters, -1) DESC, activities.id DESC"
            }
            (SortBy::DistanceMeters, false) => {
                "coalesce(activities.distance_meters, -1), activities.id"
            }
            (SortBy::DurationSecs, true) => "activities.duration_secs DESC, activities.id DESC",
            (SortBy::DurationSecs, false) => "activities.duration_secs, activities.id",
        }
    }

    /// SQL expression to compare with a value.
    pub fn expression(self) -> &'static str {
        match self.by {
            SortBy::StartedAt => "activities.started_at",
            SortBy::DistanceMeters => "coalesce(activities.distance_meters, -1)",
            SortBy::DurationSecs => "activities.duration_secs",
        }
    }

    pub fn value(self, activity: &ActivitySummary) -> Value {
        match self.by {
            SortBy::StartedAt => Value::Time(activity.started_at),
            SortBy::DistanceMeters => {
                Value::Meters(activity.distance_meters.unwrap_or(UNKNOWN_METERS))
            }
            SortBy::DurationSecs => Value::Secs(activity.duration_secs),
        }
    }

    /// Decodes the result of [`Value::to_bits`] for a value of this order.
    pub fn value_of_bits(self, bits: i64) -> Option<Value> {
        Some(match self.by {
            SortBy::StartedAt => Value::Time(DateTime::from_timestamp_micros(bits)?),
            // A cursor from before distances had 64 bits.
            SortBy::DistanceMeters if bits != 0 && u32::try_from(bits).is_ok() => return None,
            SortBy::DistanceMeters => Value::Meters(f64::from_bits(bits.cast_unsigned())),
            SortBy::DurationSecs => Value::Secs(i32::try_from(bits).ok()?),
        })
    }
}

impl Value {
    pub fn to_bits(self) -> i64 {
        match self {
            Self::Time(time) => time.timestamp_micros(),
            Self::Meters(meters) => meters.to_bits().cast_signed(),
            Self::Secs(secs) => secs.into(),
        }
    }
}
