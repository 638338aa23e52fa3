//! Chart of the quantities measured during an activity, by time.

mod measures;
mod panel;
mod rate;

use measures::{Measures, samples, speeds};
use panel::{Panel, Quantity};
use rate::Rate;

use super::{
    drawing::{
        Axes, Canvas, Design, Header, Layout, Sample, Scale, Svg, Units, columns, scale,
        words::{self, Sentences, isolated},
    },
    subject::Subject,
};
use crate::activities::series::{Series, Streams};

/// Space for the labels on the left.
const LABEL_ROOM: f64 = 56.0;
const NARROW_LABEL_ROOM: f64 = 44.0;

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

    pub fn draw(&self, design: Design) -> String {
        let Design { units, layout, .. } = design;
        let panels = self.panels(design);
        let facts = self.subject.facts(units);
        let header = Header::new(layout, &self.subject.title(), &facts);
        let (margin, width, top) = (layout.margin(), layout.width(), header.bottom());
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
            width,
            height: top + bottom + margin,
            title: &title,
            description: &description.finish(),
        };
        let mut svg = Svg::new(design, &canvas);
        header.draw(&mut svg);
        if panels.is_empty() {
            svg.rect("panel", [margin, top, width - 2.0 * margin, EMPTY_HEIGHT], 6.0);
            let middle = (width / 2.0, top + EMPTY_HEIGHT / 2.0 + 5.0);
            svg.text(layout.message(), middle, nothing);
        }
        self.draw_panels(&mut svg, &panels, layout, top);
        svg.finish()
    }

    fn panels(&self, Design { units, layout, .. }: Design) -> Vec<Panel> {
        let (from, to) = self.measures.range;
        let (left, right) = plot(layout);
        let panels = self.measures.of.iter().map(|(quantity, samples)| {
            let gap = measures::longest_gap(samples, (to - from) / (right - left));
            // One column per two pixels. This smooths noise.
            let curves = columns(samples, (from, to), (right - left) / 2.0, gap);
            Panel::new(*quantity, curves, &self.subject, units)
        });
        panels.collect()
    }

    fn draw_panels(&self, svg: &mut Svg, panels: &[Panel], layout: Layout, top: f64) {
        let x = Scale::new(self.measures.range, plot(layout));
        for (at, panel) in panels.iter().enumerate() {
            let axes = panel.draw(svg, x, top + at as f64 * panel::HEIGHT);
            if at + 1 == panels.len() {
                let ticks = scale::time_ticks(self.measures.range, layout.labels());
                axes.draw_columns(svg, ticks.into_iter().map(|secs| (secs, words::moment(secs))));
            }
        }
    }
}

/// Returns the left and the right edge of the plots.
fn plot(layout: Layout) -> (f64, f64) {
    let room = if layout.is_narrow() { NARROW_LABEL_ROOM } else { LABEL_ROOM };
    (layout.margin() + room, layout.right())
}

const NOTHING: &str = "No heart rate, speed or power was measured";
const NOTHING_OUTSIDE: &str = "Nothing was measured outside private zones";
