//! Bar chart by week. The last week is still in progress.

use chrono::{Datelike, NaiveDate};

use super::{
    drawing::{
        Axes, Canvas, Design, Header, Layout, Scale, Svg, Units, scale, words, words::Sentences,
    },
    mark::Mark,
    metric::{Metric, sports_in_words, sum, totals_in_words},
};
use crate::stats::days::Totals;

/// Space for the labels on the left.
const LEFT_ROOM: f64 = 48.0;

/// Space between the header and the plot. In a narrow picture, it contains the legend.
const GAP: f64 = 8.0;
const NARROW_GAP: f64 = 34.0;

const PLOT_HEIGHT: f64 = 200.0;

/// Space below the plot, for its labels.
const BELOW: f64 = 44.0;

/// Minimum distance between the labels of two months, in pixels.
const LABEL_ROOM: f64 = 44.0;

/// The data of a weekly chart.
pub struct Weekly {
    pub metric: Metric,
    /// The selected sports. Empty for all.
    pub types: Vec<String>,
    /// First day and totals of every week, in ascending order. The last is the current week.
    pub weeks: Vec<(NaiveDate, Totals)>,
}

impl Weekly {
    pub fn draw(&self, design: Design) -> String {
        let Design { units, layout, .. } = design;
        let sports = sports_in_words(&self.types);
        let name = words::count(self.weeks.len() as i64, "week", "weeks");
        let name = if sports.is_empty() { name } else { format!("{name}: {sports}") };
        let mut facts = totals_in_words(&sum(self.weeks.iter().map(|(_, totals)| totals)), units);
        if let Some(average) = self.average().filter(|average| *average > 0.0) {
            facts.push(format!("average {} a week", self.label(average, units)));
        }
        let header = Header::new(layout, &words::shortened(&format!("Last {name}"), 60.0), &facts);
        let top = header.bottom() + if layout.is_narrow() { NARROW_GAP } else { GAP };
        let canvas = Canvas {
            width: layout.width(),
            height: top + PLOT_HEIGHT + BELOW,
            title: &format!("The last {name}"),
            description: &self.description(&name, &facts, units),
        };
        let mut svg = Svg::new(design, &canvas);
        header.draw(&mut svg);
        draw_key(&mut svg, layout, if layout.is_narrow() { header.bottom() } else { 34.0 });
        self.draw_plot(&mut svg, design, top);
        svg.finish()
    }

    /// Returns a mark for each week with an activity.
    pub fn marks(&self, units: Units) -> Vec<Mark> {
        let active = self.weeks.iter().filter(|(_, totals)| totals.activities > 0);
        let marks = active.map(|(first, totals)| {
            Mark::new(*first, 7, &self.metric.headline(&self.types, totals, units))
        });
        marks.collect()
    }

    /// Returns the average of the weeks that are over.
    fn average(&self) -> Option<f64> {
        let (_, over) = self.weeks.split_last()?;
        let sum: f64 = over.iter().map(|(_, totals)| self.metric.of(totals)).sum();
        (!over.is_empty()).then(|| sum / over.len() as f64)
    }

    fn label(&self, value: f64, units: Units) -> String {
        // An average number of activities is rarely whole.
        match self.metric {
            Metric::Activities => format!("{value:.1} activities"),
            _ => self.metric.label(value, units),
        }
    }

    fn description(&self, name: &str, facts: &[String], units: Units) -> String {
        let mut words = Sentences::new(&format!("The last {name}"), facts);
        let value = |totals: &Totals| self.metric.of(totals);
        let most = self.weeks.iter().max_by(|one, other| value(&one.1).total_cmp(&value(&other.1)));
        if let Some((first, totals)) = most.filter(|(_, totals)| value(totals) > 0.0) {
            let label = self.metric.label(value(totals), units);
            let first = first.format("%-d %B %Y");
            words.push(format!("The best week {} began on {first} with {label}", self.metric.by()));
        }
        if let Some((_, totals)) = self.weeks.last() {
            words.push(format!("This week so far: {}", self.metric.label(value(totals), units)));
        }
        words.finish()
    }

    fn draw_plot(&self, svg: &mut Svg, Design { units, layout, .. }: Design, plot_top: f64) {
        let (unit, sign) = self.metric.unit(units);
        let values = self.weeks.iter().map(|(_, totals)| self.metric.of(totals) / unit);
        let most = values.fold(0.0, f64::max);
        let top = if most > 0.0 { most * 1.06 } else { 1.0 };
        let (left, right) = (layout.margin() + LEFT_ROOM, layout.right());
        let bottom = plot_top + PLOT_HEIGHT;
        let axes = Axes {
            x: Scale::new((0.0, self.weeks.len() as f64), (left, right)),
            y: Scale::new((0.0, top), (bottom, plot_top)),
        };
        let is_whole = |tick: &f64| self.metric != Metric::Activities || tick.fract() == 0.0;
        let ticks = scale::ticks((0.0, top), 4.0).into_iter().filter(is_whole);
        axes.draw_rows(svg, ticks.map(|tick| (tick, format!("{}{sign}", words::number(tick)))));
        let pitch = (right - left) / self.weeks.len() as f64;
        let width = (pitch * 0.76).min(64.0);
        let mut free_from = f64::NEG_INFINITY;
        for (at, (first, totals)) in self.weeks.iter().enumerate() {
            let middle = axes.x.at(at as f64 + 0.5);
            let value = self.metric.of(totals);
            if value > 0.0 {
                // Keep small bars visible.
                let height = (bottom - axes.y.at(value / unit)).max(1.5);
                let is_last = at + 1 == self.weeks.len();
                let class = if is_last { "bar unfinished" } else { "bar" };
                let label = self.metric.label(value, units);
                svg.named(&format!("Week of {}: {label}", first.format("%-d %B %Y")), |svg| {
                    let bar = [middle - width / 2.0, bottom - height, width, height];
                    svg.rect(class, bar, (width / 5.0).min(3.0).min(height / 2.0));
                });
            }
            if let Some(label) = month_begun(*first).filter(|_| middle >= free_from) {
                free_from = middle + LABEL_ROOM;
                axes.draw_columns(svg, std::iter::once((at as f64 + 0.5, label)));
            }
        }
        if let Some(average) = self.average().filter(|average| *average > 0.0) {
            let y = axes.y.at(average / unit);
            svg.line("average", (left, y), (right, y));
        }
    }
}

/// Draws the legend, centred on `y`.
fn draw_key(svg: &mut Svg, layout: Layout, y: f64) {
    let right = layout.right();
    svg.line("average", (right - 176.0, y), (right - 152.0, y));
    svg.text("muted", (right - 146.0, y + 4.0), "average");
    svg.rect("bar unfinished", [right - 74.0, y - 5.5, 11.0, 11.0], 2.0);
    svg.text("muted end", (right, y + 4.0), "this week");
}

/// Returns the name of the month that begins in the week of `first`. For January, returns the year.
fn month_begun(first: NaiveDate) -> Option<String> {
    let begun = first.iter_days().take(7).find(|day| day.day() == 1)?;
    let format = if begun.month() == 1 { "%Y" } else { "%b" };
    Some(begun.format(format).to_string())
}
