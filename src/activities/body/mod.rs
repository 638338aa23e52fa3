//! The bodies of POST and PUT, and their validation.

mod checks;
mod upload;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Number, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::SchemaType},
};

use super::{
    source::Source,
    types::{ActivityChanges, Details, NewActivity},
};
use crate::sport::{MAX_LAPS, MAX_SETS};
use crate::{
    db::JsonText,
    error::ApiResult,
    sport::{ExerciseSet, Lap},
    validation::{Faults, Object, Patch, Validator},
};

pub use checks::{id, instant};
pub use upload::UploadDetails;

/// Body of `PUT /activities/{id}`: absent fields stay unchanged.
#[derive(Deserialize, ToSchema)]
#[schema(as = ActivityFields)]
pub struct ActivityBody {
    /// Only [`NewActivityBody`] has it. A PUT may repeat the whole activity.
    #[serde(default)]
    #[schema(ignore)]
    id: Patch<Value>,
    #[serde(default)]
    #[schema(value_type = String, pattern = "^[a-z0-9_]{1,32}$", examples("run"))]
    activity_type: Patch<String>,
    /// Start of the activity. An explicit offset (`+02:00`, but not `Z` or `-00:00`) also sets
    /// `utc_offset_minutes`, unless that field is given.
    #[serde(default)]
    #[schema(value_type = DateTime<Utc>, examples("2026-05-04T10:00:00+02:00"))]
    started_at: Patch<String>,
    /// Time that the timer ran.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 31622400, examples(1800))]
    duration_secs: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1e8, examples(5000.5))]
    distance_meters: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 1000000, examples(320))]
    calories: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 10000, pattern = r"^[^\x00]*$", examples("easy, along the river"))]
    notes: Patch<String>,
    /// The app that the activity comes from. Use a name of your own, so that your ids do not clash
    /// with the `external_id`s of other apps. Defaults to `manual`. The server reserves `import`,
    /// `strava` and `health_auto_export` for itself.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9][a-z0-9_.-]{0,31}$", examples("my-app"))]
    source: Patch<String>,
    /// Id of the activity in `source`. Posting the same id again updates the activity.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\x00]*$", examples("11868304219"))]
    external_id: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200, pattern = r"^[^\x00]*$", examples("Morning run"))]
    title: Patch<String>,
    /// Time from start to end, including pauses.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 31622400, examples(1920))]
    elapsed_secs: Patch<Number>,
    /// Time in motion, without stops.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 31622400, examples(1790))]
    moving_secs: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1e6, examples(120))]
    elevation_gain_meters: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1e6, examples(118.5))]
    elevation_loss_meters: Patch<Number>,
    /// Beats per minute.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 300, examples(142))]
    avg_heart_rate: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 300, examples(171))]
    max_heart_rate: Patch<Number>,
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 10000, examples(210))]
    avg_power_watts: Patch<Number>,
    /// Revolutions, strides or strokes per minute.
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1000, examples(84.5))]
    avg_cadence: Patch<Number>,
    /// UTC offset of the local time at the start, in minutes.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = -1080, maximum = 1080, examples(120))]
    utc_offset_minutes: Patch<Number>,
    /// The device that recorded the activity.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200, pattern = r"^[^\x00]*$", examples("Forerunner 255"))]
    device: Patch<String>,
    /// The sport as named by the source.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200, pattern = r"^[^\x00]*$", examples("TRAIL_RUNNING"))]
    sport_raw: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<Lap>>, max_items = 1000)]
    laps: Patch<Vec<Object<Lap>>>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<ExerciseSet>>, max_items = 1000)]
    sets: Patch<Vec<Object<ExerciseSet>>>,
    #[serde(default)]
    #[schema(value_type = Option<Map<String, Value>>)]
    device_data: Patch<JsonText>,
}

/// The required fields of a new activity.
const REQUIRED: [&str; 3] = ["activity_type", "started_at", "duration_secs"];

/// Body of `POST /activities`: the same fields, of which some are required.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct NewActivityBody(ActivityBody);

impl PartialSchema for NewActivityBody {
    fn schema() -> RefOr<Schema> {
        let mut schema = ActivityBody::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.required = REQUIRED.map(str::to_owned).into();
            object.description = Some("`POST /activities`.".to_owned());
            object.properties.insert("id".to_owned(), id_schema());
        }
        schema
    }
}

/// The schema of `id`.
fn id_schema() -> RefOr<Schema> {
    let text =
        "A random UUID, if the client chooses the id. The same create again answers the same.";
    let schema = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .description(Some(text));
    Schema::Object(schema.build()).into()
}

impl ToSchema for NewActivityBody {
    fn name() -> Cow<'static, str> {
        "NewActivity".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ActivityBody::schemas(schemas);
    }
}

impl NewActivityBody {
    /// Drops the source, which may be one that clients cannot set, and the id, which the caller
    /// has read.
    pub fn of_any_source(mut self) -> Self {
        (self.0.source, self.0.id) = (Patch::Absent, Patch::Absent);
        self
    }

    /// Validates all fields; 422 with every invalid one.
    pub fn parse(self) -> ApiResult<NewActivity> {
        let mut v = Validator::default();
        let mut body = self.0;
        let id = v.nullable("id", body.id.take(), checks::id).into_option();
        let activity_type =
            v.required("activity_type", body.activity_type.take(), checks::activity_type);
        let started_at =
            v.required("started_at", body.started_at.take(), |text| checks::local_time(&text));
        let duration_secs =
            v.required("duration_secs", body.duration_secs.take(), checks::duration);
        let source = v.nullable("source", body.source.take(), Source::of_client).into_option();
        let mut details = body.details(&mut v);
        let required = activity_type.zip(started_at).zip(duration_secs);
        let ((activity_type, (started_at, offset)), duration_secs) = v.finish_with(required)?;
        details.utc_offset_minutes = details.utc_offset_minutes.or(offset.map(Some));
        details.check_size()?;
        let source = source.unwrap_or_default();
        Ok(NewActivity { id, activity_type, started_at, duration_secs, source, details })
    }
}

impl ActivityBody {
    /// Validates all fields; 422 with every invalid one.
    pub fn parse_changes(mut self) -> ApiResult<ActivityChanges> {
        let mut v = Validator::default();
        let started_at =
            v.not_null("started_at", self.started_at.take(), |text| checks::local_time(&text));
        let mut changes = ActivityChanges {
            activity_type: v
                .not_null("activity_type", self.activity_type.take(), checks::activity_type)
                .map(Into::into),
            started_at: started_at.map(|(instant, _)| instant),
            duration_secs: v.not_null("duration_secs", self.duration_secs.take(), checks::duration),
            // A cleared source gets the default, because the column is never NULL.
            source: v
                .nullable("source", self.source.take(), Source::of_client)
                .into_nullable()
                .map(|source| source.unwrap_or_default().to_string()),
            details: self.details(&mut v),
        };
        v.finish()?;
        let offset = started_at.and_then(|(_, offset)| offset);
        let given = &mut changes.details.utc_offset_minutes;
        *given = given.or(offset.map(Some));
        changes.details.check_size()?;
        Ok(changes)
    }

    fn details(self, v: &mut Validator) -> Details {
        if let Patch::Value(laps) = &self.laps {
            v.add(Faults::of("laps", laps, |lap, faults| lap.0.check(faults)));
        }
        if let Patch::Value(sets) = &self.sets {
            v.add(Faults::of("sets", sets, |set, faults| set.0.check(faults)));
        }
        macro_rules! checked {
            ($($field:ident: $check:expr,)+) => {
                Details { $($field: v.nullable(stringify!($field), self.$field, $check).into_nullable(),)+ }
            };
        }
        checked! {
            distance_meters: checks::distance,
            calories: checks::calories,
            notes: checks::notes,
            external_id: checks::external_id,
            title: checks::name,
            elapsed_secs: checks::duration,
            moving_secs: checks::duration,
            elevation_gain_meters: checks::elevation,
            elevation_loss_meters: checks::elevation,
            avg_heart_rate: checks::heart_rate,
            max_heart_rate: checks::heart_rate,
            avg_power_watts: checks::power,
            avg_cadence: checks::cadence,
            utc_offset_minutes: checks::utc_offset,
            device: checks::name,
            sport_raw: checks::name,
            laps: |laps| checks::list(laps, MAX_LAPS),
            sets: |sets| checks::list(sets, MAX_SETS),
            device_data: checks::device_data,
        }
    }
}
