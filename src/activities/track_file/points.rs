//! The points of an activity, one by one.

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Utc};

use crate::activities::streams::{Series, Streams};

/// A point by its index in the streams.
#[derive(Clone, Copy)]
pub struct Point<'a> {
    streams: &'a Streams,
    index: usize,
}

/// The points between breaks.
pub fn pieces(streams: &Streams) -> impl Iterator<Item = impl Iterator<Item = Point<'_>> + Clone> {
    let starts = std::iter::once(0).chain(streams.breaks.iter().copied());
    let ends = streams.breaks.iter().copied().chain([streams.points()]);
    starts
        .zip(ends)
        .map(move |(start, end)| (start..end).map(move |index| Point { streams, index }))
}

impl Point<'_> {
    pub fn get(self, series: Series) -> Option<f64> {
        self.streams.get(series)?.get(self.index).copied().flatten()
    }

    pub fn position(self) -> Option<(f64, f64)> {
        self.get(Series::Latitude).zip(self.get(Series::Longitude))
    }

    pub fn time(self) -> Option<DateTime<Utc>> {
        // Times are kept as whole milliseconds.
        let millis = (self.get(Series::Time)? * 1000.0).round() as i64;
        let time = self.streams.started_at.checked_add_signed(TimeDelta::try_milliseconds(millis)?);
        // Readers of these files rarely accept years of more than four digits.
        time.filter(|time| (1..=9999).contains(&time.year()))
    }
}

/// An XML Schema dateTime.
pub fn date_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
