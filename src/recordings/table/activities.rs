//! Tables of activities, one a line: those of Runkeeper, and those that people keep themselves.

use std::{borrow::Cow, collections::HashMap};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{Column, Moment, Order, Row, Table, moment, units::Units};
use crate::{
    activities::Sport,
    recordings::{
        Entry, Habits, Reason, Refusal, Session, Totals, Track, apple::Broken, complete,
        log::digest, refusal::go_on,
    },
};

/// When an activity began of which only the day is known: it stays on its day in most zones.
pub const NOON: NaiveTime = match NaiveTime::from_hms_opt(12, 0, 0) {
    Some(noon) => noon,
    None => NaiveTime::MIN,
};

/// What lies between two activities of a day at least: those of one minute may be the same.
const APART: TimeDelta = TimeDelta::minutes(5);

/// Gives each line of a table to `each`.
pub fn activities<S>(
    text: &str,
    habits: &Habits,
    each: &mut impl FnMut(Entry) -> Result<(), Broken<S>>,
) -> Result<(), Broken<S>> {
    let table = Table::read(text)?;
    let mut reader = Reader {
        order: table.order()?,
        units: Units::of(&table, habits, durations(&table), &[60.0, 1.0]),
        is_clock: time_is_clock(&table),
        durations: durations(&table),
        app: if table.has(Column::Recording) { "runkeeper" } else { "import" },
        days: HashMap::new(),
        table: &table,
        habits,
    };
    for row in &table.rows {
        go_on()?;
        each(reader.entry(row))?;
    }
    Ok(())
}

/// The column that tells how long it took.
fn durations(table: &Table) -> Column {
    let columns =
        [Column::Duration, Column::Time, Column::Moving, Column::Elapsed, Column::Seconds];
    let is_there =
        |column: &Column| table.has(*column) && (*column != Column::Time || !time_is_clock(table));
    columns.into_iter().find(is_there).unwrap_or(Column::Duration)
}

/// Whether `Time` is the time of day: something else says how long it took, and the dates have
/// none.
fn time_is_clock(table: &Table) -> bool {
    let others = [Column::Duration, Column::Moving, Column::Elapsed, Column::Seconds];
    let has_other = others.into_iter().any(|column| table.has(column));
    let half = |cell: &str| cell.to_ascii_lowercase().trim_end_matches('.').ends_with('m');
    let has_clock = table.cells(Column::Date).any(|cell| cell.contains(':'));
    !has_clock
        && (has_other || table.cells(Column::Time).any(|cell| cell.contains(':') && half(cell)))
}

struct Reader<'a> {
    table: &'a Table,
    habits: &'a Habits,
    order: Order,
    units: Units,
    is_clock: bool,
    durations: Column,
    app: &'static str,
    /// When the next activity begins of a day whose activities have no times.
    days: HashMap<NaiveDate, NaiveDateTime>,
}

impl Reader<'_> {
    fn entry(&mut self, row: &Row) -> Entry {
        let mut warnings = Vec::new();
        let session = self.session(row, &mut warnings);
        Entry {
            name: format!("line {}", row.line),
            source: Some((self.app, self.key(row))),
            recording: self.table.cell(row, Column::Recording).map(str::to_owned),
            original: None,
            session,
            warnings,
        }
    }

    /// What is the same when the table comes again.
    fn key(&self, row: &Row) -> String {
        let text = |column| self.table.cell(row, column).unwrap_or_default();
        let id = text(Column::Id);
        if self.app == "runkeeper" && (1..=200).contains(&id.len()) {
            return id.to_owned();
        }
        let columns = [Column::Start, Column::Date, Column::Clock, Column::Time, Column::Sport];
        let mut parts: Vec<_> = columns.into_iter().map(text).collect();
        if !parts.iter().any(|part| part.contains(':')) {
            // Of a day there may be several.
            parts.extend([self.durations, Column::Distance, Column::Title].map(text));
        }
        digest(&parts)
    }

    fn session(
        &mut self,
        row: &Row,
        warnings: &mut Vec<Cow<'static, str>>,
    ) -> Result<Session, Refusal> {
        let table = self.table;
        let text = |column| table.cell(row, column).map(str::to_owned);
        let mut totals = self.totals(row, warnings);
        let length = totals.timer_secs.or(totals.elapsed_secs);
        let (started_at, utc_offset_minutes) = self.start(row, length)?;
        if let Some(Ok(end)) = self.end(row) {
            let elapsed = (end - started_at).as_seconds_f64();
            totals.elapsed_secs = totals.elapsed_secs.or(Some(elapsed).filter(|secs| *secs >= 0.0));
        }
        let sport = text(Column::Sport).or_else(|| text(Column::Exercise));
        let mut session = Session {
            activity_type: Sport::of(sport.as_deref()),
            sport_raw: sport,
            started_at,
            utc_offset_minutes,
            title: text(Column::Title),
            notes: text(Column::Notes),
            device: text(Column::Device),
            totals,
            measured: Totals::default(),
            laps: Vec::new(),
            sets: Vec::new(),
            track: Track::default(),
        };
        complete(&mut session)?;
        Ok(session)
    }

    fn totals(&self, row: &Row, warnings: &mut Vec<Cow<'static, str>>) -> Totals {
        let (table, units) = (self.table, &self.units);
        let mut taken = |name: &str, value: Option<Result<f64, &str>>| match value? {
            Ok(value) => Some(value),
            Err(cell) => {
                let cell: String = cell.chars().take(40).collect();
                warnings
                    .push(format!("line {}: the {name} “{cell}” cannot be read", row.line).into());
                None
            }
        };
        let timer = taken("duration", units.seconds(table, row, self.durations));
        let extra =
            |column| (column != self.durations).then(|| units.seconds(table, row, column))?;
        let elapsed = extra(Column::Elapsed).and_then(Result::ok);
        let moving = extra(Column::Moving).and_then(Result::ok);
        let is_elapsed = self.durations == Column::Elapsed;
        let is_moving = self.durations == Column::Moving;
        let number = |column| units.number(table, row, column);
        Totals {
            timer_secs: timer.filter(|_| !is_elapsed),
            elapsed_secs: if is_elapsed { timer } else { elapsed },
            moving_secs: if is_moving { timer } else { moving },
            distance_meters: taken("distance", units.metres(table, row, Column::Distance)),
            calories: taken("calories", units.kilocalories(table, row)),
            elevation_gain_meters: taken("ascent", units.metres(table, row, Column::Ascent)),
            elevation_loss_meters: taken("descent", units.metres(table, row, Column::Descent)),
            avg_heart_rate: taken("heart rate", number(Column::HeartRate)),
            max_heart_rate: taken("maximum heart rate", number(Column::MaxHeartRate)),
            avg_power_watts: taken("power", number(Column::Power)),
            avg_cadence: taken("cadence", number(Column::Cadence)),
        }
    }

    /// When it began, and where that is known, how far its clock is from UTC.
    fn start(
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
            (None, None) => return Err(refused("there is no date".to_owned())),
            (Some(Err(cell)), _) | (None, Some(Err(cell))) => {
                let cell: String = cell.chars().take(40).collect();
                return Err(refused(format!("“{cell}” is no date")));
            }
            _ => return Err(refused("there is a time, and no date".to_owned())),
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

    /// In minutes, as a column has it.
    fn offset(&self, row: &Row) -> Option<i32> {
        let cell = self.table.cell(row, Column::UtcOffset)?;
        let minutes = cell.parse::<i32>().ok().filter(|minutes| minutes.abs() <= 18 * 60);
        minutes.or_else(|| {
            let Moment::Exact(time) = moment(&format!("2000-01-01 00:00 {cell}"), self.order)?
            else {
                return None;
            };
            Some(time.offset().local_minus_utc() / 60)
        })
    }

    /// Activities of a day without times are one after the other.
    fn next_of(&mut self, date: NaiveDate, length: Option<f64>) -> NaiveDateTime {
        let next = self.days.entry(date).or_insert(date.and_time(NOON));
        let start = *next;
        let length = TimeDelta::seconds(length.unwrap_or(0.0).clamp(0.0, 86_400.0) as i64);
        *next = next.checked_add_signed(length + APART).unwrap_or(*next);
        start
    }

    fn end(&self, row: &Row) -> Option<Result<chrono::DateTime<chrono::Utc>, ()>> {
        let moment = moment(self.table.cell(row, Column::End)?, self.order);
        Some(match moment {
            Some(Moment::Exact(time)) => Ok(time.to_utc()),
            Some(Moment::Local(local)) if !self.table.unit(Column::End).is_utc() => {
                match self.offset(row) {
                    Some(offset) => Ok((local - TimeDelta::minutes(offset.into())).and_utc()),
                    None => Ok(self.habits.instant(local).0),
                }
            }
            Some(Moment::Local(local)) => Ok(local.and_utc()),
            _ => Err(()),
        })
    }
}
