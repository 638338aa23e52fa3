//! Heatmap of a year, with one column per week. More activity means darker, or lighter in the dark
//! theme.

mod grid;
mod shades;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use grid::Grid;
use shades::Shades;

use super::{
    drawing::{Canvas, Design, Header, SHADES, Svg, Units, words, words::Sentences},
    mark::Mark,
    metric::{Metric, sports_in_words, sum, totals_in_words},
};
use crate::stats::{WeekStart, days::Totals};

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

    pub fn draw(&self, design: Design) -> String {
        let Design { units, layout, .. } = design;
        let sports = sports_in_words(&self.types);
        let name = if sports.is_empty() {
            self.year.to_string()
        } else {
            format!("{}: {sports}", self.year)
        };
        let facts = self.facts(units);
        let header = Header::new(layout, &words::shortened(&name, 70.0), &facts);
        let grid = Grid::new(self.year, self.week_start, layout, header.bottom());
        let canvas = Canvas {
            width: grid.width(),
            height: grid.bottom() + 44.0,
            title: &format!("Days of {name}"),
            description: &self.description(&name, &facts, units),
        };
        let mut svg = Svg::new(design, &canvas);
        header.draw(&mut svg);
        grid.draw_labels(&mut svg);
        self.draw_days(&mut svg, &grid, units);
        self.draw_key(&mut svg, &grid);
        svg.finish()
    }

    /// Returns a mark for each day with an activity.
    pub fn marks(&self, units: Units) -> Vec<Mark> {
        let active = self.days.iter().map(|(day, totals)| {
            Mark::new(*day, 1, &self.metric.headline(&self.types, totals, units))
        });
        active.collect()
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

    fn draw_days(&self, svg: &mut Svg, grid: &Grid, units: Units) {
        let shades = Shades::of(self.days.values().map(|totals| self.metric.of(totals)));
        for day in grid.days() {
            let (x, y) = grid.place(day);
            let cell = [x, y, grid.cell, grid.cell];
            let value = self.days.get(&day).map(|totals| self.metric.of(totals));
            match value {
                Some(value) => {
                    let label = self.metric.label(value, units);
                    svg.named(&format!("{}: {label}", day.format("%-d %B")), |svg| {
                        svg.rect(&format!("s{}", shades.shade(value)), cell, 2.0);
                    });
                }
                None if day > self.today => {
                    let size = grid.cell - 1.0;
                    svg.rect("later", [x + 0.5, y + 0.5, size, size], 2.0);
                }
                None => svg.rect("s0", cell, 2.0),
            }
        }
    }

    fn draw_key(&self, svg: &mut Svg, grid: &Grid) {
        let Grid { cell, pitch, left, .. } = *grid;
        let (y, right) = (grid.bottom() + 14.0, grid.right());
        let baseline = y + cell - 1.0;
        svg.text("muted", (left, baseline), &format!("Days {}", self.metric.by()));
        svg.text("muted end", (right, baseline), "more");
        let shades_left = right - 36.0 - (SHADES + 1) as f64 * pitch;
        svg.text("muted end", (shades_left - 6.0, baseline), "less");
        for shade in 0..=SHADES {
            let x = shades_left + shade as f64 * pitch;
            svg.rect(&format!("s{shade}"), [x, y, cell, cell], 2.0);
        }
    }
}
