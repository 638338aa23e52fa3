//! The points of an activity, one by one.

use std::{iter::Peekable, vec};

use chrono::{DateTime, Datelike, SecondsFormat, TimeDelta, Utc};

use crate::{
    activities::{
        series::Series,
        streams::{Reading, Values},
    },
    error::ApiResult,
};

/// A point and its values.
pub struct Point {
    started_at: DateTime<Utc>,
    values: Vec<(Series, Option<f64>)>,
}

/// Iterates over the points of an activity, and says for each whether recording resumed there.
pub struct Points {
    started_at: DateTime<Utc>,
    series: Vec<(Series, Values)>,
    breaks: Peekable<vec::IntoIter<usize>>,
    left: usize,
    at: usize,
}

impl Points {
    /// The points with the series in `wanted`.
    pub fn of(reading: &Reading, wanted: &[Series]) -> ApiResult<Self> {
        let mut series = Vec::new();
        for wanted in wanted {
            series.extend(reading.values(*wanted)?.map(|values| (*wanted, values)));
        }
        Ok(Self {
            started_at: reading.started_at,
            series,
            breaks: reading.breaks.clone().into_iter().peekable(),
            left: reading.points,
            at: 0,
        })
    }

    fn read(&mut self) -> ApiResult<(bool, Point)> {
        let mut values = Vec::with_capacity(self.series.len());
        for (series, of_series) in &mut self.series {
            values.push((*series, of_series.next().transpose()?.flatten()));
        }
        let begins = self.breaks.next_if(|at| *at <= self.at).is_some();
        self.at += 1;
        Ok((begins, Point { started_at: self.started_at, values }))
    }
}

impl Iterator for Points {
    type Item = ApiResult<(bool, Point)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(self.read())
    }
}

impl Point {
    pub fn get(&self, wanted: Series) -> Option<f64> {
        self.values.iter().find(|(series, _)| *series == wanted)?.1
    }

    /// Takes the sensor values that this point lacks from `other`. Time, position and
    /// distance are never taken.
    pub fn fill(&mut self, other: &Self) {
        let sensors = [Series::HeartRate, Series::Cadence, Series::Power, Series::Temperature];
        for (series, value) in &mut self.values {
            if value.is_none() && sensors.contains(series) {
                *value = other.get(*series);
            }
        }
    }

    /// Whether this point was measured closer to the time of `one` than to that of `other`.
    pub fn is_nearer(&self, one: &Self, other: &Self) -> bool {
        let apart = |point: &Self| Some((point.get(Series::Time)? - self.get(Series::Time)?).abs());
        apart(one).zip(apart(other)).is_none_or(|(one, other)| one <= other)
    }

    pub fn position(&self) -> Option<(f64, f64)> {
        self.get(Series::Latitude).zip(self.get(Series::Longitude))
    }

    pub fn time(&self) -> Option<DateTime<Utc>> {
        // Times are stored in whole milliseconds.
        let millis = (self.get(Series::Time)? * 1000.0).round() as i64;
        let time = self.started_at.checked_add_signed(TimeDelta::try_milliseconds(millis)?);
        // Few readers of these files accept years with more than four digits.
        time.filter(|time| (1..=9999).contains(&time.year()))
    }
}

/// An XML Schema dateTime.
pub fn date_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
