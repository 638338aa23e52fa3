//! The units of a line's numbers.

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
    /// Seconds of a bare duration, and what two numbers with a colon are.
    pub time: f64,
    pub pair: Pair,
    /// Metres of a bare distance and of a bare height, kilograms of a bare weight.
    pub distance: f64,
    pub height: f64,
    pub weight: f64,
}

impl Units {
    /// The metres in a second of a line.
    pub fn speed(&self, table: &Table, row: &Row, durations: Column) -> Option<f64> {
        let known = |value: Option<Result<f64, _>>| value?.ok().filter(|value| *value > 0.0);
        let metres = known(self.metres(table, row, Column::Distance))?;
        Some(metres / known(self.seconds(table, row, durations))?)
    }

    /// Whether a line is as fast as its sport is. It took a day at most, also where nobody says it.
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

    /// In how much they differ; `None` when a column would be of two units of time.
    pub fn differences(&self, other: &Self) -> Option<usize> {
        let differ = [
            self.distance != other.distance,
            self.decimal != other.decimal,
            self.pair != other.pair,
        ];
        (self.time == other.time).then(|| differ.into_iter().filter(|differ| *differ).count())
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
        // A unit with a number in it is another value: `140/170`.
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
