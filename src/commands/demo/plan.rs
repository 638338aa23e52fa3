//! The training plan: the activities of each day of two years. The same for every demo.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc, Weekday};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::terrain::{Effort, Loop};

const DAYS: u64 = 730;

/// An activity with a track.
pub struct Outing {
    pub title: &'static str,
    pub sport: &'static str,
    pub start: DateTime<Utc>,
    pub route: Loop,
    pub effort: Effort,
}

/// An activity without a track, written as a line of a table.
pub struct Line {
    pub start: DateTime<Utc>,
    pub what: What,
}

/// A workout without a track.
pub enum What {
    Swim {
        metres: u32,
        secs: u32,
    },
    /// Exercise, kilograms, and the repetitions of each set.
    Strength(Vec<(&'static str, f64, [u32; 3])>),
}

/// The activities of two years.
pub struct Plan {
    pub outings: Vec<Outing>,
    pub lines: Vec<Line>,
    /// Varies the tracks slightly.
    pub random: StdRng,
}

impl Plan {
    pub fn until(today: NaiveDate) -> Self {
        let random = StdRng::seed_from_u64(2026);
        let mut plan = Self { outings: Vec::new(), lines: Vec::new(), random };
        let first = today.checked_sub_days(Days::new(DAYS)).unwrap_or(today);
        for (number, day) in first.iter_days().take_while(|day| *day < today).enumerate() {
            // Holidays, illness and bad weather leave gaps.
            let is_away = day.month() == 8 && day.day() < 12;
            if !is_away && plan.random.random_bool(0.86) {
                plan.day(day, number as f64 / DAYS as f64);
            }
        }
        plan
    }

    /// Adds the activities of a day. Fitness (`form`) grows from 0 to 1 over the two years.
    fn day(&mut self, day: NaiveDate, form: f64) {
        let is_summer = (4..=10).contains(&day.month());
        let shape = f64::from(day.iso_week().week() % 4);
        let pace = 2.75 + 0.45 * form + if is_summer { 0.05 } else { -0.05 };
        let ride = Effort {
            speed: 6.9 + 0.9 * form,
            heart_rate: 138.0,
            cadence: 84.0,
            watts: Some(168.0 + 38.0 * form),
            intervals: None,
        };
        let run =
            Effort { speed: pace, heart_rate: 146.0, cadence: 84.0, watts: None, intervals: None };
        let hard = Effort { heart_rate: 160.0, intervals: Some(180), ..run };
        let walk =
            Effort { speed: 1.25, heart_rate: 112.0, cadence: 55.0, watts: None, intervals: None };
        let is_even = day.iso_week().week().is_multiple_of(2);
        match day.weekday() {
            Weekday::Mon => {
                let metres = 1500 + 100 * self.random.random_range(0..6);
                let secs = (f64::from(metres) * (1.25 - 0.2 * form)) as u32;
                self.lines
                    .push(Line { start: self.at(day, 18, 30), what: What::Swim { metres, secs } });
            }
            Weekday::Tue => {
                self.outing("Evening run", "running", (day, 17), (8_200.0, 0.4 + shape, 60.0), run)
            }
            Weekday::Wed => {
                let what = What::Strength(strength(form));
                self.lines.push(Line { start: self.at(day, 19, 0), what });
            }
            Weekday::Thu => {
                self.outing("Intervals", "running", (day, 17), (7_000.0, 1.9, 20.0), hard)
            }
            Weekday::Sat if is_summer => {
                let metres = 38_000.0 + 9_000.0 * shape + 14_000.0 * form;
                self.outing("Long ride", "cycling", (day, 8), (metres, 2.6 + shape, 260.0), ride);
            }
            Weekday::Sat => {
                self.outing("Morning run", "running", (day, 9), (10_500.0, 0.4 + shape, 90.0), run)
            }
            Weekday::Sun if is_even => {
                self.outing("Hike", "hiking", (day, 9), (13_000.0, 4.1 + shape, 620.0), walk);
            }
            Weekday::Sun => {
                let metres = 14_000.0 + 7_000.0 * form;
                self.outing("Long run", "running", (day, 8), (metres, 5.3, 110.0), run);
            }
            Weekday::Fri => {}
        }
    }

    fn outing(
        &mut self,
        title: &'static str,
        sport: &'static str,
        (day, hour): (NaiveDate, u32),
        (metres, shape, relief): (f64, f64, f64),
        effort: Effort,
    ) {
        let minute = self.random.random_range(0..40);
        let start = self.at(day, hour, minute);
        self.outings.push(Outing {
            title,
            sport,
            start,
            route: Loop { metres, shape, relief },
            effort,
        });
    }

    fn at(&self, day: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
        day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()).and_utc()
    }
}

fn strength(form: f64) -> Vec<(&'static str, f64, [u32; 3])> {
    let plates = |from: f64, gain: f64| ((from + gain * form) / 2.5).round() * 2.5;
    vec![
        ("Squat", plates(60.0, 30.0), [8, 8, 6]),
        ("Bench Press", plates(45.0, 17.5), [10, 8, 8]),
        ("Deadlift", plates(75.0, 35.0), [6, 6, 5]),
        ("Pull Up", 0.0, [8, 6, 6]),
    ]
}
