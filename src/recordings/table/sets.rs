//! Tables with one set per line: those of Strong, Hevy and FitNotes, and similar ones. Lines with
//! the same start, date and title form a workout.

use std::borrow::Cow;

use chrono::TimeDelta;

use super::{
    Decimal, Moment, Order,
    columns::Column,
    guess::Guess,
    moment,
    numbers::Pair,
    rows::{Row, Table},
    times::{self, NOON},
    workouts::{key, workouts},
};
use crate::{
    recordings::{
        Entry, Habits, Reason, Refusal, Session, Totals, Track, apple::Broken, complete,
        entry::digest, refusal::go_on, text::folded,
    },
    sport::{ExerciseSet, MAX_DURATION_SECS, MAX_SETS, Sport},
};

/// Limit of the API.
const MAX_EXERCISE_CHARS: usize = 100;

/// Maximum number of sets per line.
const MAX_COUNT: f64 = 100.0;

/// Maximum number of reps and kilograms of a set, and maximum RPE. These are limits of the API.
const MOST: f64 = 10_000.0;
const MOST_RPE: f64 = 10.0;

/// Passes each workout of a table to `each`.
pub fn sets<S>(
    text: &str,
    habits: &Habits,
    each: &mut impl FnMut(Entry) -> Result<(), Broken<S>>,
) -> Result<(), Broken<S>> {
    let table = Table::read(text)?;
    // If there is a column of seconds, the duration is that of the workout.
    let is_of_workout = table.has(Column::Seconds);
    let durations = [Column::Seconds, Column::Duration, Column::Time];
    let seconds = durations.into_iter().find(|column| table.has(*column));
    let reader = Reader {
        order: table.order()?,
        units: Guess::of(&table, habits, seconds.unwrap_or(Column::Seconds), &[1.0]),
        seconds: seconds.unwrap_or(Column::Seconds),
        whole: if is_of_workout { Column::Duration } else { Column::WorkoutDuration },
        app: app(&table),
        table: &table,
        habits,
    };
    for rows in workouts(&table) {
        go_on()?;
        each(reader.entry(&rows))?;
    }
    table.lost().try_for_each(each)?;
    Ok(())
}

/// Returns the app that wrote the table, by titles that only this app uses.
fn app(table: &Table) -> &'static str {
    let has = |title: &str| table.titles.iter().any(|known| known == title);
    match () {
        () if has("set order") && has("workout name") => "strong",
        () if has("exercise title") && has("set index") => "hevy",
        () if has("category") && table.has(Column::Exercise) => "fitnotes",
        () => "import",
    }
}

struct Reader<'a> {
    table: &'a Table,
    habits: &'a Habits,
    order: Order,
    units: Guess,
    /// The columns of a set's seconds, and of the workout's duration.
    seconds: Column,
    whole: Column,
    app: &'static str,
}

impl Reader<'_> {
    fn entry(&self, rows: &[&Row]) -> Entry {
        let mut warnings = Vec::new();
        let first = rows.first();
        Entry {
            name: format!("line {}", first.map_or(0, |row| row.line)),
            source: first.map(|row| (self.app, digest(&key(self.table, row)))),
            recording: None,
            original: None,
            session: self.session(rows, &mut warnings),
            warnings,
        }
    }

    fn session(
        &self,
        rows: &[&Row],
        warnings: &mut Vec<Cow<'static, str>>,
    ) -> Result<Session, Refusal> {
        let first = |column| rows.iter().find_map(|row| self.table.cell(row, column));
        let start = first(Column::Start).or_else(|| first(Column::Date));
        let (started_at, utc_offset_minutes) = self.instant(start)?;
        let mut totals = Totals::default();
        let sets = self.sets(rows, &mut totals, warnings);
        totals.timer_secs = self.duration(rows, warnings);
        if let (Some(row), Some(cell)) = (rows.first(), first(Column::End)) {
            let offset = TimeDelta::minutes(utc_offset_minutes.unwrap_or(0).into());
            let end = match moment(cell, self.order) {
                Some(Moment::Clock(time)) => times::next_at(started_at, offset, time),
                _ => self.instant(Some(cell)).ok().map(|(end, _)| end),
            };
            if end.is_none() {
                warnings.push(row.unread("end", cell));
            }
            let since = |end| times::since(started_at, end, row, cell, warnings);
            totals.elapsed_secs = end.and_then(since);
        }
        if let (Some(row), Some(cell)) = (rows.first(), start) {
            warnings.extend(times::odd_zone(row, cell));
        }
        let mut session = Session {
            activity_type: Sport::of(Some("lift")),
            sport_raw: None,
            started_at,
            utc_offset_minutes,
            title: first(Column::Title).map(str::to_owned),
            notes: self.notes(rows),
            device: None,
            totals,
            measured: Totals::default(),
            laps: Vec::new(),
            sets,
            track: Track::default(),
        };
        complete(&mut session)?;
        Ok(session)
    }

    /// Returns the duration of the workout. Its lines repeat it.
    fn duration(&self, rows: &[&Row], warnings: &mut Vec<Cow<'static, str>>) -> Option<f64> {
        let in_column =
            |column| rows.iter().find_map(|row| Some((*row, self.table.cell(row, column)?)));
        let (row, cell) = in_column(self.whole).or_else(|| in_column(Column::WorkoutDuration))?;
        let read = self.units.common.decimal.duration(cell, Pair::HoursMinutes, 1.0);
        if read.is_none() {
            warnings.push(row.unread("duration of the workout", cell));
        }
        read
    }

    /// Returns the start. A day without a time starts at noon.
    fn instant(
        &self,
        cell: Option<&str>,
    ) -> Result<(chrono::DateTime<chrono::Utc>, Option<i32>), Refusal> {
        let refused = |what: String| Refusal::new(Reason::NoStartTime, what);
        let cell = cell.ok_or_else(|| refused("the date is missing".to_owned()))?;
        match moment(cell, self.order) {
            Some(Moment::Exact(time)) => {
                let offset = time.offset().local_minus_utc() / 60;
                Ok((time.to_utc(), Some(offset).filter(|offset| *offset != 0)))
            }
            Some(Moment::Local(local)) => Ok(self.habits.instant(local)),
            Some(Moment::Date(date)) => Ok(self.habits.instant(date.and_time(NOON))),
            Some(Moment::Clock(_)) | None => {
                let cell: String = cell.chars().take(40).collect();
                Err(refused(format!("“{cell}” is not a date")))
            }
        }
    }

    fn sets(
        &self,
        rows: &[&Row],
        totals: &mut Totals,
        warnings: &mut Vec<Cow<'static, str>>,
    ) -> Vec<ExerciseSet> {
        let mut sets = Vec::new();
        for row in rows {
            match self.table.cell(row, Column::SetOrder).map(folded).as_deref() {
                Some("rest timer") => {
                    let rest = self.units.common.seconds(self.table, row, self.seconds);
                    match (sets.last_mut(), rest) {
                        (Some(set), Some(Ok(rest))) => {
                            let set: &mut ExerciseSet = set;
                            set.rest_secs = Some(rest);
                        }
                        (_, Some(Err(cell))) => warnings.push(row.unread("rest", cell)),
                        _ => {}
                    }
                    continue;
                }
                Some("note") => continue,
                _ => {}
            }
            let Some(set) = self.set(row, warnings) else {
                warnings.push(format!("line {}: the exercise is missing", row.line).into());
                continue;
            };
            match self.units.of_row(self.table, row).metres(self.table, row, Column::Distance) {
                Some(Ok(metres)) if metres > 0.0 => {
                    *totals.distance_meters.get_or_insert(0.0) += metres;
                }
                Some(Err(cell)) => warnings.push(row.unread("distance", cell)),
                _ => {}
            }
            sets.extend(std::iter::repeat_n(set, self.count(row, warnings)));
        }
        if sets.len() > MAX_SETS {
            warnings
                .push(format!("only the first {MAX_SETS} sets of the workout were stored").into());
            sets.truncate(MAX_SETS);
        }
        sets
    }

    /// Returns how many sets a line stands for.
    fn count(&self, row: &Row, warnings: &mut Vec<Cow<'static, str>>) -> usize {
        let Some(cell) = self.table.cell(row, Column::SetCount) else { return 1 };
        let count = self.units.common.number(self.table, row, Column::SetCount);
        let count = count.and_then(Result::ok).filter(|count| *count <= MAX_COUNT);
        if count.is_none() {
            warnings.push(row.unread("number of sets", cell));
        }
        count.map_or(1, |count| (count as usize).max(1))
    }

    /// Returns the set of a line. Apps write zero for unknown values.
    fn set(&self, row: &Row, warnings: &mut Vec<Cow<'static, str>>) -> Option<ExerciseSet> {
        let (table, units) = (self.table, self.units.common);
        let exercise: String = table
            .cell(row, Column::Exercise)?
            .replace('\0', "")
            .chars()
            .take(MAX_EXERCISE_CHARS)
            .collect();
        let mut taken = |name: &str, column, most: f64, value: Option<Result<f64, &str>>| {
            let read = value?.ok().filter(|value| *value <= most);
            if read.is_none() {
                warnings.extend(table.cell(row, column).map(|cell| row.unread(name, cell)));
            }
            read.filter(|value| *value > 0.0)
        };
        // `12,10` and 5.5 are not counts.
        let count = |value: f64| if value.fract() == 0.0 { Ok(value) } else { Err("") };
        let reps = units.number(table, row, Column::Reps).map(|reps| reps.and_then(count));
        let reps = taken("reps", Column::Reps, MOST, reps);
        let rest = |cell| Decimal::default().duration(cell, Pair::MinutesSeconds, 1.0).ok_or(cell);
        let rest = table.cell(row, Column::Rest).map(rest);
        let seconds = units.seconds(table, row, self.seconds);
        Some(ExerciseSet {
            exercise: Some(exercise).filter(|name| !name.is_empty())?,
            reps: reps.map(|reps| reps as u32),
            weight_kg: taken("weight", Column::Weight, MOST, units.kilograms(table, row))
                .map(to_grams),
            rpe: taken("RPE", Column::Rpe, MOST_RPE, units.number(table, row, Column::Rpe)),
            duration_secs: taken("duration", self.seconds, MAX_DURATION_SECS.into(), seconds),
            rest_secs: taken("rest", Column::Rest, MAX_DURATION_SECS.into(), rest),
        })
    }

    /// Returns the notes of the workout and of its exercises, without repetitions.
    fn notes(&self, rows: &[&Row]) -> Option<String> {
        // If exercises have a separate column of notes, the other column is about the workout.
        let has_own = self.table.has(Column::ExerciseNotes);
        let of_exercise = if has_own { Column::ExerciseNotes } else { Column::Notes };
        let of_workout = if has_own { Column::Notes } else { Column::WorkoutNotes };
        let mut notes = Vec::<String>::new();
        for row in rows {
            let cell = |column| self.table.cell(row, column);
            let exercise = cell(Column::Exercise).unwrap_or_default();
            let own = cell(of_exercise).map(|note| format!("{exercise}: {note}"));
            for note in cell(of_workout).map(str::to_owned).into_iter().chain(own) {
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        Some(notes.join("\n")).filter(|notes| !notes.is_empty())
    }
}

/// Rounds to grams. Pounds rarely convert to a round number of kilograms.
fn to_grams(kilograms: f64) -> f64 {
    (kilograms * 1000.0).round() / 1000.0
}
