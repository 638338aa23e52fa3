//! Sessions of Google Fit, as in `Fit/All Sessions` of Google Takeout.

use super::Fields;
use crate::{
    recordings::{
        Reason, Recording, Refusal, Session, Totals, Track,
        table::{Decimal, Moment, Order, moment},
        text::text,
    },
    sport::{OTHER, Sport},
};

/// Maximum number of metrics per session.
const MAX_METRICS: usize = 1000;

/// Reads a file, which contains one session.
pub fn read(bytes: &[u8]) -> Result<Recording, Refusal> {
    let text = text(bytes);
    let fields =
        Fields::read(&text).ok_or_else(|| Refusal::malformed("it is not a JSON object"))?;
    let when = |name: &str| match moment(&fields.text(name)?, Order::DayFirst) {
        Some(Moment::Exact(time)) => Some(time),
        _ => None,
    };
    let start = when("startTime").ok_or_else(|| {
        Refusal::new(Reason::NoStartTime, "startTime must have the form 2024-05-04T08:00:00Z")
    })?;
    let offset = start.offset().local_minus_utc() / 60;
    let sport = fields.text("fitnessActivity");
    let mut totals = metrics(&fields);
    totals.timer_secs = fields.text("duration").and_then(|text| Decimal::Point.words(&text));
    totals.elapsed_secs =
        when("endTime").map(|end| (end - start).as_seconds_f64()).filter(|seconds| *seconds >= 0.0);
    let session = Session {
        activity_type: kind(sport.as_deref().unwrap_or_default()),
        sport_raw: sport,
        started_at: start.to_utc(),
        // Phones that do not know the place write UTC.
        utc_offset_minutes: Some(offset).filter(|offset| *offset != 0),
        title: None,
        notes: None,
        device: None,
        totals,
        measured: Totals::default(),
        laps: Vec::new(),
        sets: Vec::new(),
        track: Track::default(),
    };
    Ok(Recording { sessions: vec![session], ..Recording::default() })
}

/// Maps `running.treadmill` to treadmill running.
fn kind(sport: &str) -> &'static str {
    let Some((sport, part)) = sport.split_once('.') else { return Sport::of(Some(sport)) };
    match Sport::of(Some(&format!("{part} {sport}"))) {
        OTHER => Sport::of(Some(sport)),
        known => known,
    }
}

fn metrics(fields: &Fields<'_>) -> Totals {
    let mut totals = Totals::default();
    for metric in fields.list("aggregate", MAX_METRICS).into_iter().flatten() {
        let Some(metric) = Fields::read(metric.get()) else { continue };
        let value = metric.number("floatValue").or_else(|| metric.number("intValue"));
        let value = value.filter(|value| *value > 0.0);
        match metric.text("metricName").as_deref() {
            Some("com.google.calories.expended") => totals.calories = value,
            Some("com.google.distance.delta") => totals.distance_meters = value,
            Some("com.google.heart_rate.summary") => totals.avg_heart_rate = value,
            _ => {}
        }
    }
    totals
}
