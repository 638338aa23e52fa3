//! Axes with round numbers, and curves between them.

use super::{Scale, Svg, area, outline, simplified};

/// How far a simplified curve may be off, in pixels.
const TOLERANCE: f64 = 0.2;

/// Half of the pixels that a label takes.
const LABEL_ROOM: f64 = 20.0;

/// Where values lie in a plot: `x` runs to the right, `y` upwards.
pub struct Axes {
    pub x: Scale,
    pub y: Scale,
}

impl Axes {
    /// A line across for each of the values, with its label to the left.
    pub fn draw_rows(&self, svg: &mut Svg, labels: impl Iterator<Item = (f64, String)>) {
        let (left, right) = self.x.pixels();
        for (value, label) in labels {
            let y = self.y.at(value);
            svg.line("grid", (left, y), (right, y));
            svg.text("muted end", (left - 8.0, y + 4.0), &label);
        }
    }

    /// The labels below, each with a small stroke.
    pub fn draw_columns(&self, svg: &mut Svg, labels: impl Iterator<Item = (f64, String)>) {
        let ((_, right), (bottom, _)) = (self.x.pixels(), self.y.pixels());
        for (value, label) in labels {
            let x = self.x.at(value);
            svg.line("grid", (x, bottom), (x, bottom + 5.0));
            if right - x < LABEL_ROOM {
                // Nothing sticks out at the end.
                svg.text("muted end", (right, bottom + 19.0), &label);
            } else {
                svg.text("muted middle", (x, bottom + 19.0), &label);
            }
        }
    }

    /// Curves through values that `convert` makes those of the axes, and the areas below them.
    pub fn draw_curves(
        &self,
        svg: &mut Svg,
        class: &str,
        curves: &[Vec<(f64, f64)>],
        convert: impl Fn((f64, f64)) -> (f64, f64),
    ) {
        let place = |point: &(f64, f64)| {
            let (x, y) = convert(*point);
            (self.x.at(x), self.y.at(y))
        };
        let placed: Vec<Vec<_>> =
            curves.iter().map(|curve| curve.iter().map(place).collect()).collect();
        let curves = simplified(&placed, TOLERANCE);
        let (bottom, _) = self.y.pixels();
        svg.path(&format!("area {class}"), &area(&curves, bottom));
        svg.path(&format!("curve {class}"), &outline(&curves));
    }
}
