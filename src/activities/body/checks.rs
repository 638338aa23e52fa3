//! What a client may give as the value of each field.

use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;
use serde_json::Number;

use crate::{
    activities::{ActivityType, types::ClientSource},
    db::JsonText,
    http::{Fault, Object, check_json, check_text, whole_number},
};

/// A leap year.
pub const MAX_DURATION_SECS: i32 = 31_622_400;
pub const MAX_DISTANCE_METERS: f64 = 1e8;
pub const MAX_METERS_OF_ELEVATION: f64 = 1e6;
const MAX_CALORIES: i32 = 1_000_000;
const MAX_NOTES_CHARS: usize = 10_000;
const MAX_NAME_CHARS: usize = 200;
const MAX_DEVICE_DATA_BYTES: usize = 512 * 1024;

/// An RFC 3339 instant in the years 1 to 9999, which is all that RFC 3339 can write back in UTC.
/// A leap second counts as the second after it, as for PostgreSQL.
pub fn instant(text: &str) -> Result<DateTime<Utc>, Fault> {
    let micros = DateTime::parse_from_rfc3339(text)
        .map_err(|_| {
            let expected = "must be an RFC 3339 time such as 2026-05-04T08:00:00Z";
            ("invalid_format", expected.to_owned())
        })?
        .timestamp_micros();
    DateTime::from_timestamp_micros(micros)
        .filter(|instant| (1..=9999).contains(&instant.year()))
        .ok_or_else(|| ("out_of_range", "must be in the years 1 to 9999".to_owned()))
}

pub fn activity_type(text: String) -> Result<ActivityType, Fault> {
    text.parse().map_err(|problem: &str| ("invalid_format", problem.to_owned()))
}

pub fn duration(number: Number) -> Result<i32, Fault> {
    whole_number(&number, 0, MAX_DURATION_SECS)
}

pub fn calories(number: Number) -> Result<i32, Fault> {
    whole_number(&number, 0, MAX_CALORIES)
}

pub fn heart_rate(number: Number) -> Result<i32, Fault> {
    whole_number(&number, 1, 300)
}

pub fn power(number: Number) -> Result<i32, Fault> {
    whole_number(&number, 0, 10_000)
}

/// 18 hours are the most that ISO 8601's users have ever been apart from UTC.
pub fn utc_offset(number: Number) -> Result<i32, Fault> {
    whole_number(&number, -1080, 1080)
}

pub fn distance(number: Number) -> Result<f64, Fault> {
    real_number(&number, MAX_DISTANCE_METERS)
}

pub fn elevation(number: Number) -> Result<f64, Fault> {
    real_number(&number, MAX_METERS_OF_ELEVATION)
}

pub fn cadence(number: Number) -> Result<f64, Fault> {
    real_number(&number, 1000.0)
}

fn real_number(number: &Number, max: f64) -> Result<f64, Fault> {
    match number.as_f64() {
        Some(value) if (0.0..=max).contains(&value) => Ok(value),
        _ => Err(("out_of_range", format!("must be between 0 and {max}"))),
    }
}

pub fn notes(text: String) -> Result<String, Fault> {
    check_text(&text, MAX_NOTES_CHARS)?;
    Ok(text)
}

pub fn name(text: String) -> Result<String, Fault> {
    check_text(&text, MAX_NAME_CHARS)?;
    Ok(text)
}

pub fn source(text: String) -> Result<ClientSource, Fault> {
    text.parse().map_err(|_| ("invalid_value", "must be manual, garmin or apple".into()))
}

pub fn external_id(text: String) -> Result<String, Fault> {
    check_text(&text, MAX_NAME_CHARS)?;
    if text.is_empty() { Err(("too_short", "must not be empty".into())) } else { Ok(text) }
}

/// A list of at most `max`, as it is kept.
pub fn list<T: Serialize>(items: Vec<Object<T>>, max: usize) -> Result<JsonText, Fault> {
    if items.len() > max {
        return Err(("too_long", format!("must have at most {max} items")));
    }
    let items: Vec<T> = items.into_iter().map(|item| item.0).collect();
    JsonText::of(&items).map_err(|error| ("invalid_format", error.to_string()))
}

pub fn device_data(json: JsonText) -> Result<JsonText, Fault> {
    if !json.as_str().starts_with('{') {
        return Err(("invalid_type", "must be an object".into()));
    }
    check_json(json.as_str(), MAX_DEVICE_DATA_BYTES)?;
    Ok(json)
}
