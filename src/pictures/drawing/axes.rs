//! Axes with round numbers, and curves between them.

use super::{Scale, Svg, area, outline, simplified};

/// Maximum error of a simplified curve, in pixels.
const TOLERANCE: f64 = 0.2;

/// Half the width of a label, in pixels.
const LABEL_ROOM: f64 = 20.0;

/// The axes of a plot. `x` runs to the right, `y` runs upwards.
pub struct Axes {
    pub x: Scale,
    pub y: Scale,
}

impl Axes {
    /// Draws a horizontal line per value, with its label on the left.
    pub fn draw_rows(&self, svg: &mut Svg, labels: impl Iterator<Item = (f64, String)>) {
        let (left, right) = self.x.pixels();
        for (value, label) in labels {
            let y = self.y.at(value);
            svg.line("grid", (left, y), (right, y));
            svg.text("muted end", (left - 8.0, y + 4.0), &label);
        }
    }

    /// Draws the labels below, each with a tick mark.
    pub fn draw_columns(&self, svg: &mut Svg, labels: impl Iterator<Item = (f64, String)>) {
        let ((_, right), (bottom, _)) = (self.x.pixels(), self.y.pixels());
        for (value, label) in labels {
            let x = self.x.at(value);
            svg.line("grid", (x, bottom), (x, bottom + 5.0));
            if right - x < LABEL_ROOM {
                // Keep the last label inside the plot.
                svg.text("muted end", (right, bottom + 19.0), &label);
            } else {
                svg.text("muted middle", (x, bottom + 19.0), &label);
            }
        }
    }

    /// Draws curves and the areas below them. `convert` converts points to the units of the axes.
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
