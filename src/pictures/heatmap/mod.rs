//! Heatmap of a year, with one column per week. More activity means darker, or lighter in the dark
//! theme.

mod shades;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use shades::Shades;

use super::{
    drawing::{Canvas, SHADES, Svg, Theme, Units, words, words::Sentences},
    metric::{Metric, sports_in_words, sum, totals_in_words},
};
use crate::stats::{Period, WeekStart, days::Totals};

const MARGIN: f64 = 24.0;
const LEFT: f64 = MARGIN + 34.0;
const TOP: f64 = 100.0;
const CELL: f64 = 11.0;
const PITCH: f64 = 14.0;
/// A year touches at most 54 weeks.
const COLUMNS: f64 = 54.0;
const WIDTH: f64 = LEFT + COLUMNS * PITCH + MARGIN;
const HEIGHT: f64 = TOP + 7.0 * PITCH + 44.0;

/// The data of a heatmap.
pub struct Heatmap {
    pub year: i32,
    pub today: NaiveDate,
    pub week_start: WeekStart,
    pub metric: Metric,
    /// The selected sports. Empty for all.
    pub types: Vec<String>,
    /// Totals of the days with an activity.
    pub days: BTreeMap<NaiveDate, Totals>,
}

impl Heatmap {
    /// Returns the first and the last day of a year.
    pub fn range(year: i32) -> Option<(NaiveDate, NaiveDate)> {
        NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31))
    }

    pub fn draw(&self, theme: Theme, units: Units) -> String {
        let sports = sports_in_words(&self.types);
        let name = if sports.is_empty() {
            self.year.to_string()
        } else {
            format!("{}: {sports}", self.year)
        };
        let facts = self.facts(units);
        let canvas = Canvas {
            width: WIDTH,
            height: HEIGHT,
            title: &format!("Days of {name}"),
            description: &self.description(&name, &facts, units),
        };
        let mut svg = Svg::new(theme, &canvas);
        svg.text("title ink", (MARGIN, 38.0), &words::shortened(&name, 70.0));
        svg.text("facts muted", (MARGIN, 60.0), &facts.join(" · "));
        self.draw_labels(&mut svg);
        self.draw_days(&mut svg, units);
        self.draw_key(&mut svg);
        svg.finish()
    }

    fn facts(&self, units: Units) -> Vec<String> {
        let total = sum(self.days.values());
        let mut facts = totals_in_words(&total, units);
        facts.insert(0, words::count(self.days.len() as i64, "active day", "active days"));
        facts
    }

    fn description(&self, name: &str, facts: &[String], units: Units) -> String {
        let mut words = Sentences::new(name, facts);
        // The first of several days with the same value.
        let most = self
            .days
            .iter()
            .rev()
            .max_by(|one, other| self.metric.of(one.1).total_cmp(&self.metric.of(other.1)));
        if let Some((day, totals)) = most {
            let (day, value) =
                (day.format("%-d %B"), self.metric.label(self.metric.of(totals), units));
            words.push(format!("The best day {} was {day} with {value}", self.metric.by()));
        }
        let mut months: BTreeMap<u32, i64> = BTreeMap::new();
        for day in self.days.keys() {
            *months.entry(day.month()).or_default() += 1;
        }
        let busiest = months.iter().rev().max_by_key(|(_, days)| **days);
        if let Some((first, days)) = busiest.and_then(|(month, days)| {
            NaiveDate::from_ymd_opt(self.year, *month, 1).zip(Some(*days))
        }) {
            let days = words::count(days, "active day", "active days");
            words.push(format!("The busiest month was {} with {days}", first.format("%B")));
        }
        words.finish()
    }

    /// Returns the left and the top of a day's cell.
    fn place(&self, day: NaiveDate) -> (f64, f64) {
        let week = Period::Week(self.week_start);
        let first = Self::range(self.year).map_or(day, |(first, _)| week.first_day(first));
        let days = (day - first).num_days();
        (LEFT + (days / 7) as f64 * PITCH, TOP + (days % 7) as f64 * PITCH)
    }

    fn days_of_year(&self) -> impl Iterator<Item = NaiveDate> {
        let first = Self::range(self.year).map(|(first, _)| first);
        let year = self.year;
        first.into_iter().flat_map(|day| day.iter_days()).take_while(move |day| day.year() == year)
    }

    fn draw_labels(&self, svg: &mut Svg) {
        for day in self.days_of_year().filter(|day| day.day() == 1) {
            let (x, _) = self.place(day);
            svg.text("muted", (x, TOP - 8.0), &day.format("%b").to_string());
        }
        // Label the days of the second week, which is always complete.
        for day in self.days_of_year().skip(7).take(7) {
            if matches!(day.weekday(), Weekday::Mon | Weekday::Wed | Weekday::Fri) {
                let (_, y) = self.place(day);
                svg.text("muted", (MARGIN, y + CELL - 1.5), &day.format("%a").to_string());
            }
        }
    }

    fn draw_days(&self, svg: &mut Svg, units: Units) {
        let shades = Shades::of(self.days.values().map(|totals| self.metric.of(totals)));
        for day in self.days_of_year() {
            let (x, y) = self.place(day);
            let value = self.days.get(&day).map(|totals| self.metric.of(totals));
            let cell = [x, y, CELL, CELL];
            match value {
                Some(value) => {
                    let label = self.metric.label(value, units);
                    svg.named(&format!("{}: {label}", day.format("%-d %B")), |svg| {
                        svg.rect(&format!("s{}", shades.shade(value)), cell, 2.0);
                    });
                }
                None if day > self.today => {
                    svg.rect("later", [x + 0.5, y + 0.5, CELL - 1.0, CELL - 1.0], 2.0);
                }
                None => svg.rect("s0", cell, 2.0),
            }
        }
    }

    fn draw_key(&self, svg: &mut Svg) {
        let y = TOP + 7.0 * PITCH + 14.0;
        let right = WIDTH - MARGIN - 4.0;
        svg.text("muted", (LEFT, y + CELL - 1.0), &format!("Days {}", self.metric.by()));
        svg.text("muted end", (right, y + CELL - 1.0), "more");
        let left = right - 36.0 - (SHADES + 1) as f64 * PITCH;
        svg.text("muted end", (left - 6.0, y + CELL - 1.0), "less");
        for shade in 0..=SHADES {
            svg.rect(&format!("s{shade}"), [left + shade as f64 * PITCH, y, CELL, CELL], 2.0);
        }
    }
}
