//! Guesses units that the table does not state: those that make the speeds plausible.

use super::{
    Decimal,
    columns::Column,
    numbers::Pair,
    rows::{Row, Table},
    units::Units,
};
use crate::recordings::Habits;

/// A larger number without a unit is in seconds or metres.
const LARGE: f64 = 300.0;

/// Longer durations are written in days or seconds, not in hours.
const MOST_HOURS: f64 = 12.0;

/// Number of rows that are examined.
const SAMPLE: usize = 10_000;

/// In seconds.
const HOUR: f64 = 3600.0;

/// How the numbers of a table are read: the units of most lines, and alternatives for single lines.
pub struct Guess {
    durations: Column,
    pub common: Units,
    /// Most likely first.
    others: Vec<Units>,
}

impl Guess {
    /// `times` are the possible units of a duration without a unit, in seconds, most likely first.
    pub fn of(table: &Table, habits: &Habits, durations: Column, times: &[f64]) -> Self {
        let (distance, height, weight) =
            if habits.is_imperial { (1609.344, 0.3048, 0.453_592_37) } else { (1000.0, 1.0, 1.0) };
        let decimal = table.decimal();
        let number = median_of(table, decimal, durations);
        let may_be =
            |time: &f64| *time != HOUR || number.is_some_and(|number| number <= MOST_HOURS);
        let times: Vec<f64> = match table.unit(durations).seconds() {
            Some(titled) => vec![titled],
            None => times.iter().copied().filter(may_be).collect(),
        };
        let pairs = pairs(table, durations);
        let likely = |distance, pair, time| Units { decimal, time, pair, distance, height, weight };
        let mut readings = Vec::new();
        for metres in [distance, 1.0] {
            for pair in &pairs {
                readings.extend(times.iter().map(|time| likely(metres, *pair, *time)));
            }
        }
        let common = best(table, durations, &readings).unwrap_or_else(|| {
            let is_large = |number: Option<f64>| number.is_some_and(|number| number > LARGE);
            let distances = median_of(table, decimal, Column::Distance);
            // Only speeds can show that a duration is in hours.
            let mut times = times.iter().filter(|time| **time != HOUR || times.len() == 1);
            let time = if is_large(number) { times.next_back() } else { times.next() };
            let metres = if is_large(distances) { 1.0 } else { distance };
            let pair = pairs.first().copied().unwrap_or_default();
            likely(metres, pair, time.copied().unwrap_or(1.0))
        });
        Self { durations, common, others: others(&common, readings) }
    }

    /// Returns the units of a line: those of the table, or the first alternative that makes the
    /// line plausible.
    pub fn of_row(&self, table: &Table, row: &Row) -> Units {
        let mut readings = std::iter::once(&self.common).chain(&self.others);
        *readings.find(|units| units.fit(table, row, self.durations)).unwrap_or(&self.common)
    }
}

/// Returns the possible meanings of two numbers with a colon.
fn pairs(table: &Table, durations: Column) -> Vec<Pair> {
    let has_hours = table.cells(durations).any(|cell| cell.matches(':').count() > 1);
    let known = has_hours.then_some(Pair::MinutesSeconds);
    match known.or_else(|| table.unit(durations).pair()) {
        Some(pair) => vec![pair],
        None => vec![Pair::MinutesSeconds, Pair::HoursMinutes],
    }
}

/// Returns the units that fit most lines, or `None` if none fit any.
fn best(table: &Table, durations: Column, readings: &[Units]) -> Option<Units> {
    let rows = || table.rows.iter().take(SAMPLE);
    let fits = |units: &Units, row: &Row| {
        units.speed(table, row, durations).is_some() && units.fit(table, row, durations)
    };
    let count = |units: &Units| rows().filter(|row| fits(units, row)).count();
    let counted =
        readings.iter().map(|units| (count(units), units)).filter(|(count, _)| *count > 0);
    // If several fit equally well, the first wins.
    counted.rev().max_by_key(|(count, _)| *count).map(|(_, units)| *units)
}

/// Returns the alternatives for single lines, those with the fewest differences first.
fn others(common: &Units, readings: Vec<Units>) -> Vec<Units> {
    let decimal = match common.decimal {
        Decimal::Point => Decimal::Comma,
        Decimal::Comma => Decimal::Point,
    };
    let with_other = readings.iter().map(|units| Units { decimal, ..*units });
    let mut others: Vec<Units> = readings.iter().copied().chain(with_other).collect();
    others.retain(|units| common.differences(units).is_some_and(|count| count > 0));
    others.sort_by_key(|units| common.differences(units));
    others
}

/// Returns the median of the numbers without a unit in a column.
fn median_of(table: &Table, decimal: Decimal, column: Column) -> Option<f64> {
    let cells = table.cells(column).filter_map(|cell| decimal.amount(cell));
    median(cells.filter(|(_, unit)| unit.is_empty()).map(|(number, _)| number))
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    let middle = values.len() / 2;
    values.sort_by(f64::total_cmp);
    values.get(middle).copied()
}
