//! One panel of a chart: a curve with its axis and its summary.

use super::{Axes, Rate, Scale, Subject, Svg, Units, scale, words};

/// Height of a panel, including its margins.
pub const HEIGHT: f64 = 146.0;

const HEADER: f64 = 30.0;
const PLOT_HEIGHT: f64 = 100.0;

/// Fraction of the slowest paces that is not drawn. Standing still would flatten the rest of the
/// curve.
const SLOWEST: f64 = 0.06;

/// The quantity that a panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    HeartRate,
    Rate(Rate),
    Power,
}

/// The data of a panel, in the units of its axis.
pub struct Panel {
    quantity: Quantity,
    curves: Vec<Vec<(f64, f64)>>,
    unit: &'static str,
    /// Values at the bottom and at the top.
    range: (f64, f64),
    average: f64,
    best: f64,
}

impl Panel {
    /// `curves` are in beats per minute, metres per second or watts. The panel shows
    /// the average of the activity if it is known, and otherwise the mean of the values.
    pub fn new(
        quantity: Quantity,
        mut curves: Vec<Vec<(f64, f64)>>,
        subject: &Subject,
        units: Units,
    ) -> Self {
        let values = || curves.iter().flatten().map(|(_, value)| *value);
        let mean = values().sum::<f64>() / (values().count() as f64).max(1.0);
        let fastest = values().fold(0.0, f64::max);
        let (unit, average, best) = match quantity {
            Quantity::HeartRate => (
                "bpm",
                subject.avg_heart_rate.unwrap_or(mean),
                subject.max_heart_rate.unwrap_or(fastest),
            ),
            Quantity::Power => ("W", subject.avg_power_watts.unwrap_or(mean), fastest),
            Quantity::Rate(rate) => {
                for (_, value) in curves.iter_mut().flatten() {
                    *value = rate.value(*value, units);
                }
                let speed = subject.average_speed().unwrap_or(mean);
                (rate.unit(units), rate.value(speed, units), rate.value(fastest, units))
            }
        };
        let range = range(quantity, &curves);
        Self { quantity, curves, unit, range, average, best }
    }

    /// Describes the panel: `Heart rate is 148 bpm on average and 176 bpm at most`.
    pub fn in_words(&self) -> String {
        let (average, best) = (self.label(self.average), self.label(self.best));
        let extreme = if self.is_time() { "at its fastest" } else { "at most" };
        let (name, unit) = (self.name(), self.unit);
        let pieces = match self.curves.len() {
            0 | 1 => String::new(),
            pieces => format!(", with {}", words::count(pieces as i64 - 1, "gap", "gaps")),
        };
        format!("{name} is {average} {unit} on average and {best} {unit} {extreme}{pieces}")
    }

    /// Draws the panel below `top`. Returns the axes, for the time labels.
    pub fn draw(&self, svg: &mut Svg, x: Scale, top: f64) -> Axes {
        let (left, right) = x.pixels();
        let best = if self.is_time() { "fastest" } else { "max" };
        svg.text("strong ink", (left, top + 18.0), self.name());
        let figures = format!(
            "avg {} · {best} {} {}",
            self.label(self.average),
            self.label(self.best),
            self.unit
        );
        svg.text("facts muted end", (right, top + 18.0), &figures);
        let top = top + HEADER;
        let axes = Axes { x, y: Scale::new(self.range, (top + PLOT_HEIGHT, top)) };
        let (low, high) = (self.range.0.min(self.range.1), self.range.0.max(self.range.1));
        let ticks = if self.is_time() {
            scale::time_ticks((low, high), 4.0)
        } else {
            scale::ticks((low, high), 4.0)
        };
        let label = |tick: f64| match self.quantity {
            Quantity::Rate(rate) if rate.is_time() => words::clock(tick),
            _ => words::number(tick),
        };
        axes.draw_rows(svg, ticks.into_iter().map(|tick| (tick, label(tick))));
        axes.draw_curves(svg, self.class(), &self.curves, |point| point);
        axes
    }

    fn is_time(&self) -> bool {
        matches!(self.quantity, Quantity::Rate(rate) if rate.is_time())
    }

    fn label(&self, value: f64) -> String {
        match self.quantity {
            Quantity::Rate(rate) => rate.label(value),
            Quantity::HeartRate | Quantity::Power => words::thousands(value),
        }
    }

    fn name(&self) -> &'static str {
        match self.quantity {
            Quantity::HeartRate => "Heart rate",
            Quantity::Rate(rate) => rate.name(),
            Quantity::Power => "Power",
        }
    }

    fn class(&self) -> &'static str {
        match self.quantity {
            Quantity::HeartRate => "heart-rate",
            Quantity::Rate(_) => "speed",
            Quantity::Power => "power",
        }
    }
}

/// Returns the range of the axis. Power and speed start at zero. A faster pace is higher.
fn range(quantity: Quantity, curves: &[Vec<(f64, f64)>]) -> (f64, f64) {
    let mut values: Vec<f64> = curves.iter().flatten().map(|(_, value)| *value).collect();
    values.sort_unstable_by(f64::total_cmp);
    let (Some(least), Some(greatest)) = (values.first().copied(), values.last().copied()) else {
        return (0.0, 1.0);
    };
    match quantity {
        Quantity::HeartRate => {
            let spare = ((greatest - least) * 0.08).max((20.0 - (greatest - least)) / 2.0);
            (least - spare, greatest + spare)
        }
        Quantity::Rate(rate) if rate.is_time() => {
            let at = ((values.len() - 1) as f64 * (1.0 - SLOWEST)).round() as usize;
            let slow = values.get(at).copied().unwrap_or(greatest);
            let spare = ((slow - least) * 0.1).max((30.0 - (slow - least)) / 2.0);
            (slow + spare, (least - spare).max(0.0))
        }
        Quantity::Rate(_) | Quantity::Power => (0.0, greatest.max(1.0) * 1.08),
    }
}
