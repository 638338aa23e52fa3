//! Tables of activities, one a line: those of Runkeeper, and those that people keep themselves.

use std::borrow::Cow;

use super::{Column, Row, Table, times::Times, units::Units};
use crate::{
    activities::Sport,
    recordings::{
        Entry, Habits, Refusal, Session, Totals, Track, apple::Broken, complete, log::digest,
        refusal::go_on,
    },
};

/// Gives each line of a table to `each`.
pub fn activities<S>(
    text: &str,
    habits: &Habits,
    each: &mut impl FnMut(Entry) -> Result<(), Broken<S>>,
) -> Result<(), Broken<S>> {
    let table = Table::read(text)?;
    let mut reader = Reader {
        times: Times::new(&table, habits, time_is_clock(&table))?,
        units: Units::of(&table, habits, durations(&table), &[60.0, 1.0]),
        durations: durations(&table),
        app: if table.has(Column::Recording) { "runkeeper" } else { "import" },
        table: &table,
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
    times: Times<'a>,
    units: Units,
    durations: Column,
    app: &'static str,
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
        let start = self.times.start(row, length)?;
        self.times.check(row, warnings);
        let elapsed = self.times.elapsed(row, start, warnings);
        totals.elapsed_secs = totals.elapsed_secs.or(elapsed);
        let (started_at, utc_offset_minutes) = start;
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
                warnings.push(row.unread(name, cell));
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
}
