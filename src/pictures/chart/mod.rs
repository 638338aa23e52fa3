//! Chart of the quantities measured during an activity, by time.

mod measures;
mod panel;
mod rate;

use measures::{Measures, samples, speeds};
use panel::{Panel, Quantity};
use rate::Rate;

use super::{
    drawing::{
        Axes, Canvas, Sample, Scale, Svg, Theme, Units, columns, scale,
        words::{self, Sentences, isolated},
    },
    subject::Subject,
};
use crate::activities::series::{Series, Streams};

const WIDTH: f64 = 800.0;
const MARGIN: f64 = 24.0;
const TOP: f64 = 78.0;
const LEFT: f64 = MARGIN + 56.0;

/// Height of a chart without panels.
const EMPTY_HEIGHT: f64 = 160.0;

/// The data of a chart.
pub struct Chart {
    pub subject: Subject,
    measures: Measures,
}

impl Chart {
    pub fn new(subject: Subject, streams: Option<&Streams>) -> Self {
        let rate = Rate::of(&subject.activity_type);
        let of = |streams: &Streams| {
            [
                (Quantity::HeartRate, samples(streams, Series::HeartRate)),
                (Quantity::Rate(rate), speeds(streams)),
                (Quantity::Power, samples(streams, Series::Power)),
            ]
        };
        let measured = streams.into_iter().flat_map(of).filter(|(_, samples)| !samples.is_empty());
        Self { measures: Measures::new(measured.collect()), subject }
    }

    pub fn draw(&self, theme: Theme, units: Units) -> String {
        let panels = self.panels(units);
        let facts = self.subject.facts(units);
        let nothing = if self.subject.is_partial { NOTHING_OUTSIDE } else { NOTHING };
        let mut description = Sentences::new(&isolated(&self.subject.title()), &facts);
        for panel in &panels {
            description.push(panel.in_words());
        }
        if panels.is_empty() {
            description.push(nothing);
        }
        let bottom = if panels.is_empty() {
            EMPTY_HEIGHT
        } else {
            panels.len() as f64 * panel::HEIGHT + 4.0
        };
        let title = format!("Chart of {}", isolated(&self.subject.title()));
        let canvas = Canvas {
            width: WIDTH,
            height: TOP + bottom + MARGIN,
            title: &title,
            description: &description.finish(),
        };
        let mut svg = Svg::new(theme, &canvas);
        svg.text("title ink", (MARGIN, 38.0), &self.subject.title());
        svg.text("facts muted", (MARGIN, 60.0), &facts.join(" · "));
        if panels.is_empty() {
            svg.rect("panel", [MARGIN, TOP, WIDTH - 2.0 * MARGIN, EMPTY_HEIGHT], 6.0);
            svg.text(
                "message muted middle",
                (WIDTH / 2.0, TOP + EMPTY_HEIGHT / 2.0 + 5.0),
                nothing,
            );
        }
        self.draw_panels(&mut svg, &panels);
        svg.finish()
    }

    fn panels(&self, units: Units) -> Vec<Panel> {
        let (from, to) = self.measures.range;
        let panels = self.measures.of.iter().map(|(quantity, samples)| {
            let gap = measures::longest_gap(samples, (to - from) / (WIDTH - MARGIN - LEFT));
            // One column per two pixels. This smooths noise.
            let curves = columns(samples, (from, to), (WIDTH - MARGIN - LEFT) / 2.0, gap);
            Panel::new(*quantity, curves, &self.subject, units)
        });
        panels.collect()
    }

    fn draw_panels(&self, svg: &mut Svg, panels: &[Panel]) {
        let x = Scale::new(self.measures.range, (LEFT, WIDTH - MARGIN));
        for (at, panel) in panels.iter().enumerate() {
            let top = TOP + at as f64 * panel::HEIGHT;
            let axes = panel.draw(svg, x, top);
            if at + 1 == panels.len() {
                let ticks = scale::time_ticks(self.measures.range, 8.0);
                axes.draw_columns(svg, ticks.into_iter().map(|secs| (secs, words::moment(secs))));
            }
        }
    }
}

const NOTHING: &str = "No heart rate, speed or power was measured";
const NOTHING_OUTSIDE: &str = "Nothing was measured outside private zones";
