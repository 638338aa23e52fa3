//! Start and end of the activity in a line.

use std::{borrow::Cow, collections::HashMap};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::{
    Moment, Order,
    clock::{self, offset_minutes},
    columns::Column,
    moment,
    rows::{Row, Table, short},
};
use crate::recordings::{Habits, Reason, Refusal};

/// Start of an activity whose time is unknown. Noon keeps it on its day in most time zones.
pub const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(noon) => noon,
    None => NaiveTime::MIN,
};

/// Minimum pause between two activities of a day without times. Activities of the same minute may
/// count as duplicates.
const APART: TimeDelta = TimeDelta::minutes(5);

/// Reads the times of a table.
pub struct Times<'a> {
    table: &'a Table,
    habits: &'a Habits,
    order: Order,
    /// Whether `Time` is a time of day.
    is_clock: bool,
    /// Start of the next activity on each day whose activities have no times.
    days: HashMap<NaiveDate, NaiveDateTime>,
}

impl<'a> Times<'a> {
    pub fn new(table: &'a Table, habits: &'a Habits, is_clock: bool) -> Result<Self, Refusal> {
        let order = table.order()?;
        Ok(Self { table, habits, order, is_clock, days: HashMap::new() })
    }

    /// Returns the start, and the UTC offset if it is known.
    pub fn start(
        &mut self,
        row: &Row,
        length: Option<f64>,
    ) -> Result<(chrono::DateTime<chrono::Utc>, Option<i32>), Refusal> {
        let table = self.table;
        let refused = |what: String| Refusal::new(Reason::NoStartTime, what);
        let read = |column| {
            let cell = table.cell(row, column)?;
            Some(moment(cell, self.order).ok_or(cell))
        };
        let mut clock = if self.is_clock { read(Column::Time) } else { None };
        clock = clock.or_else(|| read(Column::Clock));
        let (start, date) = (read(Column::Start), read(Column::Date));
        let local = match (start, date) {
            (Some(Ok(Moment::Clock(time))), Some(Ok(Moment::Date(date)))) => date.and_time(time),
            (Some(Ok(Moment::Exact(time))), _) | (None, Some(Ok(Moment::Exact(time)))) => {
                let offset = time.offset().local_minus_utc() / 60;
                let offset = self.offset(row).or(Some(offset).filter(|offset| *offset != 0));
                return Ok((time.to_utc(), offset));
            }
            (Some(Ok(Moment::Local(time))), _) | (None, Some(Ok(Moment::Local(time)))) => time,
            (Some(Ok(Moment::Date(date))), _) | (None, Some(Ok(Moment::Date(date)))) => match clock
            {
                Some(Ok(Moment::Clock(time))) => date.and_time(time),
                _ => self.next_of(date, length),
            },
            (None, None) => return Err(refused("the date is missing".to_owned())),
            (Some(Err(cell)), _) | (None, Some(Err(cell))) => {
                return Err(refused(format!("“{}” is not a date", short(cell))));
            }
            _ => return Err(refused("the row has a time, but no date".to_owned())),
        };
        let is_utc = table.unit(Column::Start).is_utc() || table.unit(Column::Date).is_utc();
        match self.offset(row) {
            _ if is_utc => Ok((local.and_utc(), self.offset(row))),
            Some(offset) => {
                let utc = local.checked_sub_signed(TimeDelta::minutes(offset.into()));
                Ok((utc.unwrap_or(local).and_utc(), Some(offset)))
            }
            None => Ok(self.habits.instant(local)),
        }
    }

    /// Returns the offset in its column, in minutes.
    fn offset(&self, row: &Row) -> Option<i32> {
        let unit = self.table.unit(Column::UtcOffset).seconds().map(|seconds| seconds / 60.0);
        offset_minutes(self.table.cell(row, Column::UtcOffset)?, unit)
    }

    /// Warns about invalid offsets and times of day.
    pub fn check(&self, row: &Row, warnings: &mut Vec<Cow<'static, str>>) {
        if self.table.has(Column::UtcOffset)
            && self.offset(row).is_none()
            && let Some(cell) = self.table.cell(row, Column::UtcOffset)
        {
            warnings.push(row.unread("offset", cell));
        }
        let in_time = self.is_clock.then(|| self.table.cell(row, Column::Time)).flatten();
        if let Some(cell) = in_time.or_else(|| self.table.cell(row, Column::Clock))
            && !matches!(moment(cell, self.order), Some(Moment::Clock(_)))
            && !self.has_clock(row)
        {
            warnings.push(row.unread("time of day", cell));
        }
        for column in [Column::Start, Column::Date, Column::Clock, Column::End] {
            warnings.extend(self.table.cell(row, column).and_then(|cell| odd_zone(row, cell)));
        }
    }

    /// Returns whether the date of a line has a time of day.
    fn has_clock(&self, row: &Row) -> bool {
        let timed = |column| {
            let moment = moment(self.table.cell(row, column)?, self.order)?;
            Some(!matches!(moment, Moment::Date(_)))
        };
        [Column::Start, Column::Date].into_iter().any(|column| timed(column) == Some(true))
    }

    /// Places the activities of a day without times one after the other.
    fn next_of(&mut self, date: NaiveDate, length: Option<f64>) -> NaiveDateTime {
        let next = self.days.entry(date).or_insert(date.and_time(NOON));
        let start = *next;
        let length = TimeDelta::seconds(length.unwrap_or(0.0).clamp(0.0, 86_400.0) as i64);
        *next = next.checked_add_signed(length + APART).unwrap_or(*next);
        start
    }

    /// Returns the seconds from start to end, if the line has an end.
    pub fn elapsed(
        &self,
        row: &Row,
        (started_at, offset): (DateTime<Utc>, Option<i32>),
        warnings: &mut Vec<Cow<'static, str>>,
    ) -> Option<f64> {
        let cell = self.table.cell(row, Column::End)?;
        let is_utc = self.table.unit(Column::End).is_utc();
        let offset = if is_utc { 0 } else { offset.unwrap_or(0) };
        let end = match moment(cell, self.order) {
            Some(Moment::Exact(time)) => time.to_utc(),
            Some(Moment::Local(local)) if is_utc => local.and_utc(),
            Some(Moment::Local(local))
                if self.habits.zone.is_some() && self.offset(row).is_none() =>
            {
                self.habits.instant(local).0
            }
            Some(Moment::Local(local)) => (local - TimeDelta::minutes(offset.into())).and_utc(),
            Some(Moment::Clock(time)) => {
                next_at(started_at, TimeDelta::minutes(offset.into()), time)?
            }
            Some(Moment::Date(_)) => return None,
            None => {
                warnings.push(row.unread("end", cell));
                return None;
            }
        };
        since(started_at, end, row, cell, warnings)
    }
}

/// Returns the first moment after the start at which a clock shows `time`, possibly on the next
/// day.
pub fn next_at(start: DateTime<Utc>, offset: TimeDelta, time: NaiveTime) -> Option<DateTime<Utc>> {
    let local = start.naive_utc().checked_add_signed(offset)?;
    let end = local.date().and_time(time);
    let end = if end < local { end.checked_add_signed(TimeDelta::days(1))? } else { end };
    Some(end.checked_sub_signed(offset)?.and_utc())
}

/// Returns the seconds from start to end. Adds a warning if the end is before the start.
pub fn since(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    row: &Row,
    cell: &str,
    warnings: &mut Vec<Cow<'static, str>>,
) -> Option<f64> {
    let elapsed = (end - start).as_seconds_f64();
    if elapsed < 0.0 {
        let line = row.line;
        warnings.push(format!("line {line}: the end “{}” is before the start", short(cell)).into());
    }
    Some(elapsed).filter(|seconds| *seconds >= 0.0)
}

/// Returns the warning about an unknown time zone after a time.
pub fn odd_zone(row: &Row, cell: &str) -> Option<Cow<'static, str>> {
    let (zone, why) = clock::odd_zone(cell)?;
    let (line, zone) = (row.line, short(zone));
    Some(format!("line {line}: the time zone “{zone}” {why}: the time is treated as local").into())
}
