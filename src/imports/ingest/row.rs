//! Converts a session to rows. A value outside the bounds of the table is left
//! out as a device's error.

use std::{mem, ops::RangeInclusive};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    activities::{
        Details, ImportedActivity, Measurement, Origins, UploadDetails,
        merging::FIELDS,
        series::{Packable, Series},
    },
    db::JsonText,
    error::{ApiError, ApiResult},
    priority::yield_if_due,
    recordings::{Point, Session},
    sport::{
        Lap, MAX_CALORIES, MAX_DISTANCE_METERS, MAX_DURATION_SECS, MAX_LAPS,
        MAX_METERS_OF_ELEVATION, MAX_SETS,
    },
};

/// The source of files that do not name one.
const SOURCE: &str = "import";

const DURATIONS: RangeInclusive<f64> = 0.0..=MAX_DURATION_SECS as f64;
const HEART_RATES: RangeInclusive<f64> = 1.0..=300.0;
const ELEVATIONS: RangeInclusive<f64> = 0.0..=MAX_METERS_OF_ELEVATION;
/// In minutes: the offsets of places, which clients may set.
const OFFSETS: RangeInclusive<i32> = -1080..=1080;

/// The row of a new activity. The caller sets its file and `has`.
pub fn of(
    session: &Session,
    user_id: Uuid,
    parent_id: Option<Uuid>,
) -> ApiResult<ImportedActivity> {
    let details = Details { notes: notes(session), title: own_title(session), ..details(session)? };
    Ok(ImportedActivity {
        id: None,
        user_id,
        activity_type: session.activity_type.to_owned(),
        started_at: session.started_at,
        duration_secs: duration(session),
        source: SOURCE.to_owned(),
        original_id: None,
        parent_id,
        merged_into: None,
        merged: None,
        has: Vec::new(),
        origins: Origins::of_new(&computed(session, &details)),
        details,
    })
}

/// Adds what the client says, which counts as written by the owner.
pub fn describe(row: &mut ImportedActivity, said: &UploadDetails) {
    let UploadDetails { title, notes, activity_type, source, .. } = said;
    let give = |given: &Option<String>, to: &mut Option<Option<String>>| {
        *to = given.clone().map(Some).or(to.take());
    };
    give(title, &mut row.details.title);
    give(notes, &mut row.details.notes);
    row.activity_type = activity_type.clone().unwrap_or(mem::take(&mut row.activity_type));
    row.source = source.clone().unwrap_or(mem::take(&mut row.source));
    row.origins.edited = Some(said.written());
}

fn notes(session: &Session) -> Option<Option<String>> {
    text(session.notes.as_deref(), 10_000).map(Some)
}

fn own_title(session: &Session) -> Option<Option<String>> {
    session.title.as_deref().and_then(title).map(Some)
}

/// The measured values for an existing activity. Values that the file lacks stay, unless the
/// file is the activity's only source (`is_whole`). In that case, activity type, title and
/// notes are included too.
pub fn measurement(session: &Session, is_whole: bool) -> ApiResult<Measurement> {
    let mut details = details(session)?;
    if is_whole {
        (details.notes, details.title) = (notes(session), own_title(session));
    }
    let computed = computed(session, &details);
    let mut given = JsonText::of(&details)
        .and_then(|json| serde_json::from_str::<Map<String, Value>>(json.as_str()))
        .map_err(ApiError::internal)?;
    given.retain(|name, value| {
        let is_of_file = FIELDS.contains(&name.as_str());
        is_of_file && (is_whole || !value.is_null())
    });
    if is_whole {
        given.insert("activity_type".to_owned(), session.activity_type.into());
    }
    given.insert("started_at".to_owned(), session.started_at.to_rfc3339().into());
    given.insert("duration_secs".to_owned(), duration(session).into());
    let given = JsonText::of(&given).map_err(ApiError::internal)?;
    Ok(Measurement { given, computed, is_authority: is_whole })
}

/// The fields that neither a device nor a person has given.
fn computed(session: &Session, details: &Details) -> Vec<&'static str> {
    // Without points there is nothing to compute from.
    let has_points = !session.track.points.is_empty();
    let measured = if has_points { &session.measured } else { &session.totals };
    let mut computed = Vec::new();
    // If the timer's time is unknown, the time from start to end is used instead.
    if measured.timer_secs.is_none() {
        computed.push("duration_secs");
    }
    macro_rules! computed {
        ($($field:ident)+) => {
            $(if measured.$field.is_none() && details.$field.is_some() {
                computed.push(stringify!($field));
            })+
        };
    }
    computed!(
        distance_meters calories elapsed_secs moving_secs elevation_gain_meters
        elevation_loss_meters avg_heart_rate max_heart_rate avg_power_watts avg_cadence
    );
    computed
}

fn duration(session: &Session) -> i32 {
    rounded(session.totals.timer_secs.or(session.totals.elapsed_secs), &DURATIONS).unwrap_or(0)
}

fn details(session: &Session) -> ApiResult<Details> {
    let totals = &session.totals;
    let json = |is_empty: bool, json: serde_json::Result<JsonText>| {
        if is_empty {
            Ok(None)
        } else {
            json.map(|json| Some(Some(json))).map_err(ApiError::internal)
        }
    };
    let laps: Vec<_> = session.laps.iter().take(MAX_LAPS).cloned().map(Lap::sound).collect();
    let sets = session.sets.iter().filter(|set| set.is_sound()).take(MAX_SETS);
    let sets: Vec<_> = sets.collect();
    let mut details = Details {
        distance_meters: real(totals.distance_meters, &(0.0..=MAX_DISTANCE_METERS)).map(Some),
        calories: rounded(totals.calories, &(0.0..=MAX_CALORIES.into())).map(Some),
        elapsed_secs: rounded(totals.elapsed_secs, &DURATIONS).map(Some),
        moving_secs: rounded(totals.moving_secs, &DURATIONS).map(Some),
        elevation_gain_meters: real(totals.elevation_gain_meters, &ELEVATIONS).map(Some),
        elevation_loss_meters: real(totals.elevation_loss_meters, &ELEVATIONS).map(Some),
        avg_heart_rate: rounded(totals.avg_heart_rate, &HEART_RATES).map(Some),
        max_heart_rate: rounded(totals.max_heart_rate, &HEART_RATES).map(Some),
        avg_power_watts: rounded(totals.avg_power_watts, &(0.0..=10_000.0)).map(Some),
        avg_cadence: real(totals.avg_cadence, &(0.0..=1000.0)).map(Some),
        utc_offset_minutes: session
            .utc_offset_minutes
            .filter(|offset| OFFSETS.contains(offset))
            .map(Some),
        device: text(session.device.as_deref(), 200).map(Some),
        sport_raw: text(session.sport_raw.as_deref(), 200).map(Some),
        laps: json(laps.is_empty(), JsonText::of(&laps))?,
        sets: json(sets.is_empty(), JsonText::of(&sets))?,
        ..Details::default()
    };
    if details.check_size().is_err() {
        details.sets = None;
    }
    Ok(details)
}

/// Rounded to the thousandth: further digits come from sums and from single-precision devices.
fn real(value: Option<f64>, range: &RangeInclusive<f64>) -> Option<f64> {
    let rounded = value.map(|value| (value * 1000.0).round() / 1000.0);
    rounded.filter(|value| range.contains(value))
}

fn rounded(value: Option<f64>, range: &RangeInclusive<f64>) -> Option<i32> {
    // In range, a rounded number fits into an i32.
    value.map(f64::round).filter(|value| range.contains(value)).map(|value| value as i32)
}

/// A title as it is stored.
pub fn title(title: &str) -> Option<String> {
    text(Some(title), 200)
}

fn text(text: Option<&str>, max: usize) -> Option<String> {
    let text: String = text?.chars().filter(|c| *c != '\0').take(max).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// The measured values as series.
pub fn packable(session: &Session) -> Packable<'_, impl Iterator<Item = Option<f64>> + Clone> {
    let points = session.track.points.iter();
    let series = Series::ALL.into_iter().filter_map(|series| {
        yield_if_due();
        let mut values = points.clone().map(move |point| value(series, point, session.started_at));
        let all = values.clone();
        values.any(|value| value.is_some()).then_some((series, all))
    });
    Packable {
        started_at: session.started_at,
        series: series.collect(),
        breaks: &session.track.breaks,
    }
}

fn value(series: Series, point: &Point, started_at: DateTime<Utc>) -> Option<f64> {
    match series {
        Series::Time => point.time.map(|time| (time - started_at).as_seconds_f64()),
        Series::Latitude => point.position.map(|position| position.latitude),
        Series::Longitude => point.position.map(|position| position.longitude),
        Series::Altitude => point.altitude.map(f64::from),
        Series::Distance => point.distance.map(f64::from),
        Series::Speed => point.speed.map(f64::from),
        Series::HeartRate => point.heart_rate.map(f64::from),
        Series::Cadence => point.cadence.map(f64::from),
        Series::Power => point.power.map(f64::from),
        Series::Temperature => point.temperature.map(f64::from),
    }
}
