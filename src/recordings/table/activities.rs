//! Tables with one activity per line: those of Runkeeper, and self-made ones.

use std::borrow::Cow;

use super::{
    columns::Column,
    guess::Guess,
    rows::{Row, Table, short},
    speeds::{fastest, sport},
    times::Times,
};
use crate::{
    recordings::{
        Entry, Habits, Reason, Refusal, Session, Totals, Track, apple::Broken, complete,
        entry::digest, refusal::go_on,
    },
    sport::{
        MAX_CALORIES, MAX_DISTANCE_METERS, MAX_DURATION_SECS, MAX_METERS_OF_ELEVATION, OTHER, Sport,
    },
};

/// Maximum sensor values: beats per minute, watts, and revolutions or steps per minute.
const MOST_BEATS: f64 = 300.0;
const MOST_WATTS: f64 = 4000.0;
const MOST_TURNS: f64 = 254.0;

/// Passes each line of a table to `each`.
pub fn activities<S>(
    text: &str,
    habits: &Habits,
    each: &mut impl FnMut(Entry) -> Result<(), Broken<S>>,
) -> Result<(), Broken<S>> {
    let table = Table::read(text)?;
    let mut reader = Reader {
        times: Times::new(&table, habits, time_is_clock(&table))?,
        units: Guess::of(&table, habits, durations(&table), &[60.0, 1.0, 3600.0]),
        durations: durations(&table),
        app: if table.has(Column::Recording) { "runkeeper" } else { "import" },
        table: &table,
    };
    for row in &table.rows {
        go_on()?;
        each(reader.entry(row))?;
    }
    table.lost().try_for_each(each)?;
    Ok(())
}

/// Returns the column with the duration.
fn durations(table: &Table) -> Column {
    let columns =
        [Column::Duration, Column::Time, Column::Moving, Column::Elapsed, Column::Seconds];
    let is_there =
        |column: &Column| table.has(*column) && (*column != Column::Time || !time_is_clock(table));
    columns.into_iter().find(is_there).unwrap_or(Column::Duration)
}

/// Returns whether `Time` is a time of day. The dates must have no times, and either another column
/// has the duration or the cells contain AM or PM.
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
    units: Guess,
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

    /// Returns a key that stays the same when the table is imported again.
    fn key(&self, row: &Row) -> String {
        let text = |column| self.table.cell(row, column).unwrap_or_default();
        let id = text(Column::Id);
        if self.app == "runkeeper" && (1..=200).contains(&id.len()) {
            return id.to_owned();
        }
        let columns = [Column::Start, Column::Date, Column::Clock, Column::Time, Column::Sport];
        let mut parts: Vec<_> = columns.into_iter().map(text).collect();
        if !parts.iter().any(|part| part.contains(':')) {
            // A day may have several activities.
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
        let is_known = sport(table, row) != OTHER || table.cell(row, Column::Recording).is_some();
        if !is_known && totals == Totals::default() && table.cell(row, Column::End).is_none() {
            let what = "the row has no sport, no duration and no distance";
            return Err(Refusal::new(Reason::NotAnActivity, what));
        }
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
        let table = self.table;
        let units = self.units.of_row(table, row);
        let mut taken = |name: &str, column, most: f64, value: Option<Result<f64, &str>>| {
            let read = value?.ok().filter(|value| *value <= most);
            if read.is_none() {
                warnings.extend(table.cell(row, column).map(|cell| row.unread(name, cell)));
            }
            read
        };
        let mut seconds = |name: &str, column| {
            taken(name, column, MAX_DURATION_SECS.into(), units.seconds(table, row, column))
        };
        let timer = seconds("duration", self.durations);
        let mut extra = |name, column| (column != self.durations).then(|| seconds(name, column))?;
        let elapsed = extra("elapsed time", Column::Elapsed);
        let moving = extra("moving time", Column::Moving);
        let mut metres =
            |name: &str, column, most| taken(name, column, most, units.metres(table, row, column));
        let distance = metres("distance", Column::Distance, MAX_DISTANCE_METERS);
        let ascent = metres("ascent", Column::Ascent, MAX_METERS_OF_ELEVATION);
        let descent = metres("descent", Column::Descent, MAX_METERS_OF_ELEVATION);
        let calories = taken(
            "calories",
            Column::Calories,
            MAX_CALORIES.into(),
            units.kilocalories(table, row),
        );
        let mut number =
            |name: &str, column, most| taken(name, column, most, units.number(table, row, column));
        let mut totals = Totals {
            timer_secs: timer.filter(|_| self.durations != Column::Elapsed),
            elapsed_secs: if self.durations == Column::Elapsed { timer } else { elapsed },
            moving_secs: if self.durations == Column::Moving { timer } else { moving },
            distance_meters: distance,
            calories,
            elevation_gain_meters: ascent,
            elevation_loss_meters: descent,
            avg_heart_rate: number("heart rate", Column::HeartRate, MOST_BEATS),
            max_heart_rate: number("maximum heart rate", Column::MaxHeartRate, MOST_BEATS),
            avg_power_watts: number("power", Column::Power, MOST_WATTS),
            avg_cadence: number("cadence", Column::Cadence, MOST_TURNS),
        };
        let speed = units.speed(table, row, self.durations).filter(|_| distance.is_some());
        if timer.is_some() && speed.is_some_and(|speed| speed > fastest(sport(table, row))) {
            totals.distance_meters = None;
            let cell = short(table.cell(row, Column::Distance).unwrap_or_default());
            let what = "is too far for the duration and was left out";
            warnings.push(format!("line {}: the distance “{cell}” {what}", row.line).into());
        }
        totals
    }
}
