//! What pictures say about an activity, apart from measured values.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use super::drawing::{Units, shortened, words};
use crate::sport::Sport;

/// The facts about an activity that pictures may show.
#[derive(Clone, Debug)]
pub struct Subject {
    pub title: Option<String>,
    pub activity_type: String,
    /// `None` if the date is hidden.
    pub started_at: Option<DateTime<Utc>>,
    pub utc_offset_minutes: Option<i32>,
    pub duration_secs: i32,
    pub moving_secs: Option<i32>,
    pub distance_meters: Option<f64>,
    pub elevation_gain_meters: Option<f64>,
    pub avg_heart_rate: Option<f64>,
    pub max_heart_rate: Option<f64>,
    pub avg_power_watts: Option<f64>,
    /// Whether these facts cover only the part outside privacy zones.
    pub is_partial: bool,
}

impl Subject {
    /// Returns the name of the sport.
    pub fn sport(&self) -> String {
        sport_in_words(&self.activity_type)
    }

    /// Returns the local start date, or the UTC date if the offset is unknown.
    pub fn day(&self) -> Option<NaiveDate> {
        let started_at = self.started_at?;
        let offset = FixedOffset::east_opt(self.utc_offset_minutes.unwrap_or(0).saturating_mul(60));
        Some(match offset {
            Some(offset) => started_at.with_timezone(&offset).date_naive(),
            None => started_at.date_naive(),
        })
    }

    /// Returns the activity's title, or else the sport.
    pub fn title(&self) -> String {
        let own = self.title.as_deref().map(words::undirected);
        let own = own.as_deref().map(str::trim).filter(|title| !title.is_empty());
        own.map_or_else(|| self.sport(), |title| shortened(title, 70.0))
    }

    /// Returns the sport (unless it is the title), the date (unless it is hidden) and the totals.
    pub fn facts(&self, units: Units) -> Vec<String> {
        let sport = Some(self.sport()).filter(|sport| *sport != self.title());
        let date = self.day().map(|day| day.format("%-d %B %Y").to_string());
        let kind: Vec<String> = [sport, date].into_iter().flatten().collect();
        let kind = Some(kind.join(", ")).filter(|kind| !kind.is_empty());
        kind.into_iter().chain(self.totals(units)).collect()
    }

    /// Returns metres per second of moving time, or of the duration if the moving time is unknown.
    pub fn average_speed(&self) -> Option<f64> {
        let metres = self.distance_meters.filter(|metres| *metres > 0.0)?;
        let secs = self.moving_secs.filter(|secs| *secs > 0).unwrap_or(self.duration_secs);
        (secs > 0).then(|| metres / f64::from(secs))
    }

    /// Returns the known totals: distance, duration and elevation gain.
    fn totals(&self, units: Units) -> Vec<String> {
        let distance = self.distance_meters.filter(|metres| *metres > 0.0);
        let is_something = self.duration_secs > 0 || distance.is_some() || !self.is_partial;
        let climb = self.elevation_gain_meters.filter(|metres| *metres >= 1.0);
        [
            distance.map(|metres| units.distance(metres)),
            Some(words::duration(self.duration_secs.into())).filter(|_| is_something),
            climb.map(|metres| format!("{} up", units.height(metres))),
            self.is_partial.then(|| "outside private zones".to_owned()).filter(|_| is_something),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Returns the name of a sport.
pub fn sport_in_words(activity_type: &str) -> String {
    let known = Sport::ALL.iter().find(|sport| sport.activity_type == activity_type);
    known.map_or_else(|| activity_type.replace('_', " "), |sport| sport.name.to_owned())
}
