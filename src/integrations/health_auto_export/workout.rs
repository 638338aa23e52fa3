//! A workout of the app (<https://github.com/Lybron/health-auto-export/wiki/API-Export---JSON-Format>).

use chrono::{DateTime, FixedOffset};
use serde::Deserialize;

use crate::{
    activities::Sport,
    http::check_text,
    recordings::{
        Point, Position, Reason, Refusal, Session, Totals, Track,
        apple::{indoors, quantity, time},
        complete,
    },
};

/// As it comes: what is not known, or of another form than it was, is left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workout {
    pub id: String,
    name: String,
    start: String,
    end: String,
    #[serde(default)]
    duration: Option<f64>,
    #[serde(default)]
    location: Option<String>,
    #[serde(default)]
    is_indoor: Option<bool>,
    #[serde(default)]
    active_energy_burned: Option<Quantity>,
    #[serde(default)]
    distance: Option<Quantity>,
    #[serde(default)]
    elevation_up: Option<Quantity>,
    #[serde(default)]
    elevation_down: Option<Quantity>,
    #[serde(default)]
    heart_rate_data: Vec<HeartRate>,
    #[serde(default)]
    route: Vec<Place>,
}

#[derive(Deserialize)]
struct Quantity {
    qty: f64,
    units: String,
}

#[derive(Deserialize)]
struct HeartRate {
    date: String,
    #[serde(rename = "Avg")]
    average: Option<f32>,
    #[serde(rename = "Max")]
    maximum: Option<f32>,
}

#[derive(Deserialize)]
struct Place {
    latitude: f64,
    longitude: f64,
    #[serde(default)]
    altitude: Option<f32>,
    #[serde(default)]
    speed: Option<f32>,
    timestamp: String,
}

impl Workout {
    pub fn session(self) -> Result<Session, Refusal> {
        let when = |text: &str| {
            time(text).ok_or_else(|| {
                Refusal::new(
                    Reason::NoStartTime,
                    "start and end must be as in 2026-05-04 08:00:00 +0200",
                )
            })
        };
        if self.id.is_empty() || check_text(&self.id, 200).is_err() {
            return Err(Refusal::new(Reason::Malformed, "id must have 1 to 200 characters"));
        }
        let (start, end) = (when(&self.start)?, when(&self.end)?);
        let quantity = |of: &Option<Quantity>| {
            of.as_ref().and_then(|Quantity { qty, units }| quantity(*qty, units))
        };
        let is_indoor = self.is_indoor == Some(true)
            || self.location.as_deref().is_some_and(|place| place.eq_ignore_ascii_case("indoor"));
        let maximum = self.heart_rate_data.iter().filter_map(|rate| rate.maximum);
        let mut session = Session {
            activity_type: indoors(kind(&self.name), is_indoor),
            totals: Totals {
                timer_secs: self.duration,
                elapsed_secs: Some((end - start).as_seconds_f64().max(0.0)),
                distance_meters: quantity(&self.distance),
                calories: quantity(&self.active_energy_burned),
                elevation_gain_meters: quantity(&self.elevation_up),
                elevation_loss_meters: quantity(&self.elevation_down),
                max_heart_rate: maximum.reduce(f32::max).map(f64::from),
                ..Totals::default()
            },
            track: track(&self.route, &self.heart_rate_data)?,
            sport_raw: Some(self.name),
            started_at: start.to_utc(),
            utc_offset_minutes: Some(start.offset().local_minus_utc() / 60),
            title: None,
            notes: None,
            device: None,
            laps: Vec::new(),
            sets: Vec::new(),
        };
        complete(&mut session)?;
        Ok(session)
    }
}

/// "Outdoor Run", "Pool Swim": the place before the sport is told elsewhere.
fn kind(name: &str) -> &'static str {
    let known = Sport::of(Some(name));
    let bare = ["Outdoor ", "Indoor "].iter().find_map(|place| name.strip_prefix(place));
    match bare {
        Some(bare) if known == crate::activities::sports::OTHER => Sport::of(Some(bare)),
        _ => known,
    }
}

/// Places and heart rates, each at its own moment, in the order of time.
fn track(route: &[Place], rates: &[HeartRate]) -> Result<Track, Refusal> {
    let places = route.iter().map(|place| {
        let point = Point {
            position: Position::new(place.latitude, place.longitude),
            altitude: place.altitude,
            speed: place.speed.filter(|speed| *speed >= 0.0),
            ..Point::default()
        };
        (time(&place.timestamp), point)
    });
    let rates = rates
        .iter()
        .map(|rate| (time(&rate.date), Point { heart_rate: rate.average, ..Point::default() }));
    let mut points: Vec<(DateTime<FixedOffset>, Point)> =
        places.chain(rates).filter_map(|(time, point)| Some((time?, point))).collect();
    points.sort_by_key(|(time, _)| *time);
    let mut track = Track::default();
    for (time, point) in points {
        track.push(Point { time: Some(time.to_utc()), ..point })?;
    }
    Ok(track)
}
