//! Units that nobody wrote: what makes the speeds of a table those of people.

use super::{
    Column, Decimal, Row, Table,
    numbers::{Pair, energy_unit, length_unit, time_unit, weight_unit},
};
use crate::recordings::Habits;

/// In metres a second: from a climber to a sledge.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.2..=40.0;

/// A bare number that is more than this is of seconds, or of metres.
const LARGE: f64 = 300.0;

/// The unit that a title names, if it does.
#[derive(Clone, Copy)]
pub struct TitleUnit<'a>(pub Option<&'a str>);

impl TitleUnit<'_> {
    pub fn is_utc(self) -> bool {
        self.0.is_some_and(|unit| matches!(unit, "utc" | "gmt"))
    }

    /// What `1:30` is by a title such as `h:mm`.
    fn pair(self) -> Option<Pair> {
        let unit = self.0.filter(|unit| unit.contains(':'))?;
        let is_hours = unit.starts_with('h') && !unit.contains('s');
        Some(if is_hours { Pair::HoursMinutes } else { Pair::MinutesSeconds })
    }

    pub fn seconds(self) -> Option<f64> {
        time_unit(self.0.filter(|unit| !unit.contains(':'))?)
    }
}

/// How the numbers of a table are read.
#[derive(Clone, Copy)]
pub struct Units {
    pub decimal: Decimal,
    /// Seconds of a bare duration, and what two numbers with a colon are.
    time: f64,
    pair: Pair,
    /// Metres of a bare distance and of a bare height, kilograms of a bare weight.
    distance: f64,
    height: f64,
    weight: f64,
}

impl Units {
    /// `times` are the seconds that a bare number may be of, the likeliest first.
    pub fn of(table: &Table, habits: &Habits, durations: Column, times: &[f64]) -> Self {
        let (distance, height, weight) =
            if habits.is_imperial { (1609.344, 0.3048, 0.453_592_37) } else { (1000.0, 1.0, 1.0) };
        let decimal = table.decimal();
        let unit = table.unit(durations);
        let titled = unit.seconds().map(|unit| [unit]);
        let times = titled.as_ref().map_or(times, |titled| titled.as_slice());
        let has_hours = table.cells(durations).any(|cell| cell.matches(':').count() > 1);
        let of_hours = has_hours.then_some(Pair::MinutesSeconds).or_else(|| unit.pair());
        let either = [Pair::MinutesSeconds, Pair::HoursMinutes];
        let pairs = of_hours.map_or(either.to_vec(), |pair| vec![pair]);
        let likely = |distance, pair, time| Self { decimal, time, pair, distance, height, weight };
        for metres in [distance, 1.0] {
            for pair in &pairs {
                for time in times {
                    let units = likely(metres, *pair, *time);
                    if units.speed(table, durations).is_some_and(|speed| SPEEDS.contains(&speed)) {
                        return units;
                    }
                }
            }
        }
        let is_large = |column: Column| {
            let cells = table.cells(column).filter_map(|cell| decimal.amount(cell));
            let bare = cells.filter(|(_, unit)| unit.is_empty()).map(|(number, _)| number);
            median(bare).is_some_and(|number| number > LARGE)
        };
        let time = if is_large(durations) { times.last() } else { times.first() };
        let metres = if is_large(Column::Distance) { 1.0 } else { distance };
        likely(metres, of_hours.unwrap_or_default(), time.copied().unwrap_or(1.0))
    }

    /// That of a row in the middle, in metres a second.
    fn speed(&self, table: &Table, durations: Column) -> Option<f64> {
        median(table.rows.iter().filter_map(|row| {
            let seconds = self.seconds(table, row, durations)?.ok().filter(|secs| *secs > 0.0)?;
            let metres = self.metres(table, row, Column::Distance)?.ok().filter(|m| *m > 0.0)?;
            Some(metres / seconds)
        }))
    }

    /// The duration in a cell; `Err` when there is something else.
    pub fn seconds<'a>(
        &self,
        table: &Table,
        row: &'a Row,
        column: Column,
    ) -> Option<Result<f64, &'a str>> {
        let cell = table.cell(row, column)?;
        let unit = table.unit(column).seconds().unwrap_or(self.time);
        Some(self.decimal.duration(cell, self.pair, unit).ok_or(cell))
    }

    /// The distance or height in a cell.
    pub fn metres<'a>(
        &self,
        table: &Table,
        row: &'a Row,
        column: Column,
    ) -> Option<Result<f64, &'a str>> {
        let bare = if column == Column::Distance { self.distance } else { self.height };
        let beside = (column == Column::Distance).then_some(Column::DistanceUnit);
        self.measured(table, row, (column, beside), length_unit, bare)
    }

    pub fn kilograms<'a>(&self, table: &Table, row: &'a Row) -> Option<Result<f64, &'a str>> {
        let columns = (Column::Weight, Some(Column::WeightUnit));
        self.measured(table, row, columns, weight_unit, self.weight)
    }

    pub fn kilocalories<'a>(&self, table: &Table, row: &'a Row) -> Option<Result<f64, &'a str>> {
        self.measured(table, row, (Column::Calories, None), energy_unit, 1.0)
    }

    /// A number whose unit is of no interest.
    pub fn number<'a>(
        &self,
        table: &Table,
        row: &'a Row,
        column: Column,
    ) -> Option<Result<f64, &'a str>> {
        self.measured(table, row, (column, None), |_| Some(1.0), 1.0)
    }

    fn measured<'a>(
        &self,
        table: &Table,
        row: &'a Row,
        (column, beside): (Column, Option<Column>),
        factor: impl Fn(&str) -> Option<f64>,
        bare: f64,
    ) -> Option<Result<f64, &'a str>> {
        let cell = table.cell(row, column)?;
        let read = || {
            let (number, unit) = self.decimal.amount(cell).filter(|(number, _)| *number >= 0.0)?;
            let in_title = table.unit(column).0.and_then(&factor);
            let beside = || table.cell(row, beside?).and_then(&factor);
            let unit = if unit.is_empty() {
                in_title.or_else(beside).unwrap_or(bare)
            } else {
                factor(unit)?
            };
            Some(number * unit).filter(|value| value.is_finite())
        };
        Some(read().ok_or(cell))
    }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    let middle = values.len() / 2;
    values.sort_by(f64::total_cmp);
    values.get(middle).copied()
}
