//! The body of POST and PUT, and its parsing into valid values.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, Utc};
use serde::Deserialize;
use serde_json::Number;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::types::{ActivityChanges, ActivityType, ClientSource, NewActivity};
use crate::{
    db::JsonText,
    error::ApiResult,
    http::{Patch, Validator, check_json, check_text},
};

const MAX_DURATION_SECS: i32 = 31_622_400;
const MAX_DISTANCE_METERS: f64 = 1e8;
const MAX_CALORIES: i32 = 1_000_000;
const MAX_NOTES_CHARS: usize = 10_000;
const MAX_EXTERNAL_ID_CHARS: usize = 200;
const MAX_DEVICE_DATA_BYTES: usize = 512 * 1024;

/// The body of PUT: what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[schema(as = ActivityFields)]
pub struct ActivityBody {
    #[serde(default)]
    #[schema(value_type = String, pattern = "^[a-z0-9_]{1,32}$", examples("run"))]
    activity_type: Patch<String>,
    #[serde(default)]
    #[schema(value_type = DateTime<Utc>, examples("2026-05-04T08:00:00Z"))]
    started_at: Patch<String>,
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 31622400, examples(1800))]
    duration_secs: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<f32>, minimum = 0, maximum = 1e8, examples(5000.5))]
    distance_meters: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 1000000, examples(320))]
    calories: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 10000, pattern = r"^[^\x00]*$", examples("easy, along the river"))]
    notes: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<ClientSource>)]
    source: Patch<String>,
    /// What the system that `source` names calls it: posting it again changes the activity.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\x00]*$", examples("11868304219"))]
    external_id: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<Map<String, Value>>)]
    device_data: Patch<JsonText>,
}

/// What cannot be left out of a new activity.
const REQUIRED: [&str; 3] = ["activity_type", "started_at", "duration_secs"];

/// The body of POST: the same with what is required.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct NewActivityBody(ActivityBody);

impl PartialSchema for NewActivityBody {
    fn schema() -> RefOr<Schema> {
        let mut schema = ActivityBody::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.required = REQUIRED.map(str::to_owned).into();
            object.description = Some("`POST /activities`.".to_owned());
        }
        schema
    }
}

impl ToSchema for NewActivityBody {
    fn name() -> Cow<'static, str> {
        "NewActivity".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ActivityBody::schemas(schemas);
    }
}

type Fault = (&'static str, String);

impl NewActivityBody {
    /// 422 with every field at fault.
    pub fn parse(self) -> ApiResult<NewActivity> {
        let mut v = Validator::default();
        let body = self.0;
        let activity_type = v.required("activity_type", body.activity_type, activity_type);
        let started_at = v.required("started_at", body.started_at, |text| instant(&text));
        let duration_secs = v.required("duration_secs", body.duration_secs, duration);
        let distance_meters =
            v.nullable("distance_meters", body.distance_meters, distance).into_option();
        let calories = v.nullable("calories", body.calories, calories).into_option();
        let notes = v.nullable("notes", body.notes, notes).into_option();
        let source = v.nullable("source", body.source, source).into_option().unwrap_or_default();
        let external_id = v.nullable("external_id", body.external_id, external_id).into_option();
        let device_data = v.nullable("device_data", body.device_data, device_data).into_option();
        let required = activity_type.zip(started_at).zip(duration_secs);
        let ((activity_type, started_at), duration_secs) = v.finish_with(required)?;
        Ok(NewActivity {
            activity_type,
            started_at,
            duration_secs,
            distance_meters,
            calories,
            notes,
            source,
            external_id,
            device_data,
        })
    }
}

impl ActivityBody {
    /// 422 with every field at fault.
    pub fn parse_changes(self) -> ApiResult<ActivityChanges> {
        let mut v = Validator::default();
        let changes = ActivityChanges {
            activity_type: v
                .not_null("activity_type", self.activity_type, activity_type)
                .map(Into::into),
            started_at: v.not_null("started_at", self.started_at, |text| instant(&text)),
            duration_secs: v.not_null("duration_secs", self.duration_secs, duration),
            distance_meters: v
                .nullable("distance_meters", self.distance_meters, distance)
                .into_nullable(),
            calories: v.nullable("calories", self.calories, calories).into_nullable(),
            notes: v.nullable("notes", self.notes, notes).into_nullable(),
            // Cleared means back to the default: the column always has a value.
            source: v
                .nullable("source", self.source, source)
                .into_nullable()
                .map(|source| source.unwrap_or_default().to_string()),
            external_id: v.nullable("external_id", self.external_id, external_id).into_nullable(),
            device_data: v.nullable("device_data", self.device_data, device_data).into_nullable(),
        };
        v.finish()?;
        Ok(changes)
    }
}

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

fn activity_type(text: String) -> Result<ActivityType, Fault> {
    text.parse().map_err(|problem: &str| ("invalid_format", problem.to_owned()))
}

fn duration(number: Number) -> Result<i32, Fault> {
    whole_number(&number, MAX_DURATION_SECS)
}

fn calories(number: Number) -> Result<i32, Fault> {
    whole_number(&number, MAX_CALORIES)
}

/// A number from 0 to `max` without a fraction; `1800.0` is as good as `1800`.
fn whole_number(number: &Number, max: i32) -> Result<i32, Fault> {
    match number.as_f64() {
        Some(value) if value.fract() != 0.0 => {
            Err(("invalid_type", "must be a whole number".into()))
        }
        // In range, every whole f64 is an i32, so the conversion loses nothing.
        Some(value) if (0.0..=f64::from(max)).contains(&value) => Ok(value as i32),
        _ => Err(("out_of_range", format!("must be between 0 and {max}"))),
    }
}

fn distance(number: Number) -> Result<f32, Fault> {
    match number.as_f64() {
        Some(value) if (0.0..=MAX_DISTANCE_METERS).contains(&value) => Ok(value as f32),
        _ => Err(("out_of_range", format!("must be between 0 and {MAX_DISTANCE_METERS}"))),
    }
}

fn notes(text: String) -> Result<String, Fault> {
    check_text(&text, MAX_NOTES_CHARS)?;
    Ok(text)
}

fn source(text: String) -> Result<ClientSource, Fault> {
    text.parse().map_err(|_| ("invalid_value", "must be manual, garmin or apple".into()))
}

fn external_id(text: String) -> Result<String, Fault> {
    check_text(&text, MAX_EXTERNAL_ID_CHARS)?;
    if text.is_empty() { Err(("too_short", "must not be empty".into())) } else { Ok(text) }
}

fn device_data(json: JsonText) -> Result<JsonText, Fault> {
    if !json.as_str().starts_with('{') {
        return Err(("invalid_type", "must be an object".into()));
    }
    check_json(json.as_str(), MAX_DEVICE_DATA_BYTES)?;
    Ok(json)
}
