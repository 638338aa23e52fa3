//! Elevation profile of a route.

use crate::pictures::{
    drawing::{Axes, Design, Sample, Scale, Svg, columns, scale, words},
    track::Track,
};

/// Height of the profile, including its margins.
pub const HEIGHT: f64 = 168.0;

const TOP: f64 = 30.0;
const PLOT_HEIGHT: f64 = 96.0;

/// Space for the labels on the left.
const LABEL_ROOM: f64 = 56.0;

/// In metres. A smaller range of elevation is not magnified, so that flat routes look flat.
const SMALLEST_RANGE: f64 = 24.0;

/// The data of a profile, in metres.
pub struct Profile {
    samples: Vec<Sample>,
    length: f64,
    pub low: f64,
    pub high: f64,
}

impl Profile {
    /// Returns `None` without altitudes or without distance.
    pub fn of(track: &Track) -> Option<Self> {
        let samples = track.pieces.iter().flat_map(|piece| {
            piece.iter().enumerate().filter_map(|(at, place)| {
                Some(Sample { at: place.along, value: place.altitude?, begins: at == 0 })
            })
        });
        let samples: Vec<Sample> = samples.collect();
        let heights = || samples.iter().map(|sample| sample.value);
        let (low, high) = (heights().reduce(f64::min)?, heights().reduce(f64::max)?);
        let length = track.length();
        (length > 0.0).then_some(Self { samples, length, low, high })
    }

    /// Draws the profile below `top`.
    pub fn draw(&self, svg: &mut Svg, Design { units, layout, .. }: Design, top: f64) {
        let ((short, _), (long, long_sign)) = (units.short(), units.long());
        let (left, right) = (layout.margin() + LABEL_ROOM, layout.right());
        let (top, bottom) = (top + TOP, top + TOP + PLOT_HEIGHT);
        let range = self.high - self.low;
        let spare = ((SMALLEST_RANGE - range) / 2.0).max(range * 0.08);
        let heights = ((self.low - spare) / short, (self.high + spare) / short);
        let axes = Axes {
            x: Scale::new((0.0, self.length / long), (left, right)),
            y: Scale::new(heights, (bottom, top)),
        };
        let y_ticks = scale::ticks(heights, 3.0);
        axes.draw_rows(svg, y_ticks.iter().map(|tick| (*tick, units.height(tick * short))));
        let mut x_ticks = scale::ticks((0.0, self.length / long), layout.labels());
        let last = x_ticks.pop().map(|tick| (tick, format!("{} {long_sign}", words::number(tick))));
        let x_ticks = x_ticks.iter().map(|tick| (*tick, words::number(*tick)));
        axes.draw_columns(svg, x_ticks.chain(last));
        let curves = columns(&self.samples, (0.0, self.length), right - left, f64::INFINITY);
        axes.draw_curves(svg, "elevation", &curves, |(at, height)| (at / long, height / short));
    }
}
