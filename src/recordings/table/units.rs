//! The units of the numbers in a line.

use super::speeds::{speeds, sport};
use super::{
    Decimal,
    columns::Column,
    numbers::Pair,
    rows::{Row, Table},
    unit_names::{energy_unit, length_unit, weight_unit},
};

/// In seconds.
const DAY: f64 = 86_400.0;

/// How the numbers of a line are read.
#[derive(Clone, Copy)]
pub struct Units {
    pub decimal: Decimal,
    /// Seconds per unit of a duration without a unit, and the meaning of two numbers with a colon.
    pub time: f64,
    pub pair: Pair,
    /// Metres per unit of a distance and of an elevation without a unit, and kilograms per unit of
    /// a weight.
    pub distance: f64,
    pub height: f64,
    pub weight: f64,
}

impl Units {
    /// Returns the speed of a line in metres per second.
    pub fn speed(&self, table: &Table, row: &Row, durations: Column) -> Option<f64> {
        let known = |value: Option<Result<f64, _>>| value?.ok().filter(|value| *value > 0.0);
        let metres = known(self.metres(table, row, Column::Distance))?;
        Some(metres / known(self.seconds(table, row, durations))?)
    }

    /// Returns whether the speed of a line is plausible for its sport. A duration may be at most a
    /// day, and an unknown duration counts as a day.
    pub fn fit(&self, table: &Table, row: &Row, durations: Column) -> bool {
        let (slow, fast) = speeds(sport(table, row)).into_inner();
        if self.seconds(table, row, durations).is_some_and(|secs| secs.is_ok_and(|secs| secs > DAY))
        {
            return false;
        }
        match self.speed(table, row, durations) {
            Some(speed) => (slow..=fast).contains(&speed),
            None => self
                .metres(table, row, Column::Distance)
                .is_none_or(|metres| metres.is_ok_and(|metres| metres <= fast * DAY)),
        }
    }

    /// Returns the number of differences, or `None` if the units of time differ.
    pub fn differences(&self, other: &Self) -> Option<usize> {
        let differ = [
            self.distance != other.distance,
            self.decimal != other.decimal,
            self.pair != other.pair,
        ];
        (self.time == other.time).then(|| differ.into_iter().filter(|differ| *differ).count())
    }

    /// Returns the duration in a cell, or `Err` with an unreadable cell.
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

    /// Returns the distance or elevation in a cell.
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

    /// Returns a number, ignoring its unit.
    pub fn number<'a>(
        &self,
        table: &Table,
        row: &'a Row,
        column: Column,
    ) -> Option<Result<f64, &'a str>> {
        // A unit that contains a digit is another value: `140/170`.
        let factor = |unit: &str| (!unit.contains(|c: char| c.is_ascii_digit())).then_some(1.0);
        self.measured(table, row, (column, None), factor, 1.0)
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
            let beside = beside.and_then(|column| table.cell(row, column));
            let unit = match (unit, in_title, beside) {
                ("", Some(in_title), _) => in_title,
                ("", None, Some(beside)) => factor(beside)?,
                ("", None, None) => bare,
                (unit, ..) => factor(unit)?,
            };
            Some(number * unit).filter(|value| value.is_finite())
        };
        Some(read().ok_or(cell))
    }
}
