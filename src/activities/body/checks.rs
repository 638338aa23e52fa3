//! Validation of each field of an activity.

use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;
use serde_json::{Number, Value};
use uuid::{Uuid, fmt::Hyphenated};

use crate::{
    activities::ActivityType,
    db::JsonText,
    sport::{MAX_CALORIES, MAX_DISTANCE_METERS, MAX_DURATION_SECS, MAX_METERS_OF_ELEVATION},
    validation::{Fault, Object, check_json, check_text, whole_number},
};

/// 18 hours: more than any place's offset from UTC has ever been.
const MAX_OFFSET_MINUTES: i32 = 1080;
const MAX_NOTES_CHARS: usize = 10_000;
const MAX_NAME_CHARS: usize = 200;
const MAX_DEVICE_DATA_BYTES: usize = 512 * 1024;

/// Parses an RFC 3339 time in the years 1 to 9999, so that it can be written back in UTC as
/// RFC 3339. A leap second counts as the second after it, as in PostgreSQL.
pub fn instant(text: &str) -> Result<DateTime<Utc>, Fault> {
    local_time(text).map(|(instant, _)| instant)
}

/// As [`instant`], with the offset from UTC in minutes if the text states one. `Z` and `-00:00` do
/// not state the local offset (RFC 9557, section 2). An offset beyond [`MAX_OFFSET_MINUTES`] is
/// ignored, since no place has it.
pub fn local_time(text: &str) -> Result<(DateTime<Utc>, Option<i32>), Fault> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| {
        let expected = "must be an RFC 3339 time such as 2026-05-04T08:00:00Z";
        ("invalid_format", expected.to_owned())
    })?;
    let instant = DateTime::from_timestamp_micros(time.timestamp_micros())
        .filter(|instant| (1..=9999).contains(&instant.year()))
        .ok_or_else(|| ("out_of_range", "must be in the years 1 to 9999".to_owned()))?;
    let offset = time.offset().local_minus_utc() / 60;
    let is_known = !text.ends_with(['Z', 'z']) && !text.ends_with("-00:00");
    let is_of_a_place = (-MAX_OFFSET_MINUTES..=MAX_OFFSET_MINUTES).contains(&offset);
    Ok((instant, (is_known && is_of_a_place).then_some(offset)))
}

/// Parses an id in the form in which ids are answered.
pub fn id(value: Value) -> Result<Uuid, Fault> {
    let text = value.as_str().filter(|text| text.len() == Hyphenated::LENGTH);
    text.and_then(|text| text.parse().ok()).ok_or_else(|| {
        let expected = "must be a UUID such as 5f0cb1de-3b5c-4f6e-9d0a-2f1f9a7c1e11";
        ("invalid_format", expected.to_owned())
    })
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

pub fn utc_offset(number: Number) -> Result<i32, Fault> {
    whole_number(&number, -MAX_OFFSET_MINUTES, MAX_OFFSET_MINUTES)
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

pub fn external_id(text: String) -> Result<String, Fault> {
    check_text(&text, MAX_NAME_CHARS)?;
    if text.is_empty() { Err(("too_short", "must not be empty".into())) } else { Ok(text) }
}

/// Serializes a list of at most `max` items for storage.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explicit_offset_is_known_and_z_is_none() {
        for (text, expected) in [
            ("2026-05-04T08:00:00+02:00", Some(120)),
            ("2026-05-04T08:00:00.5-09:30", Some(-570)),
            ("2026-05-04T08:00:00+00:00", Some(0)),
            ("2026-05-04T08:00:00-00:00", None),
            ("2026-05-04T08:00:00Z", None),
            ("2026-05-04t08:00:00z", None),
            ("2026-05-04T08:00:00+18:00", Some(1080)),
            ("2026-05-04T08:00:00-18:01", None),
        ] {
            assert_eq!(local_time(text).unwrap().1, expected, "{text}");
        }
    }
}
