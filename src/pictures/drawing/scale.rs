//! Maps values to pixels and finds round numbers for axes.

/// Maps a range of values to a range of pixels. Either may run backwards.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub from: f64,
    pub to: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// An empty range is widened around its value.
    pub fn new((from, to): (f64, f64), (start, end): (f64, f64)) -> Self {
        let (from, to) = if from == to { (from - 0.5, to + 0.5) } else { (from, to) };
        Self { from, to, start, end }
    }

    /// Returns the range of pixels.
    pub fn pixels(&self) -> (f64, f64) {
        (self.start, self.end)
    }

    /// Returns the pixel of `value`, clamped to the range.
    pub fn at(&self, value: f64) -> f64 {
        let share = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }
}

/// Returns about `count` round numbers in an ascending range. They are 1, 2 or 5 times a power of
/// ten apart.
pub fn ticks((from, to): (f64, f64), count: f64) -> Vec<f64> {
    let rough = (to - from) / count;
    if !(rough.is_finite() && rough > 0.0) {
        return Vec::new();
    }
    let power = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    multiples((from, to), round(&steps, rough))
}

/// Returns about `count` round times, in seconds.
pub fn time_ticks((from, to): (f64, f64), count: f64) -> Vec<f64> {
    const STEPS: [f64; 22] = [
        1.0,
        2.0,
        5.0,
        10.0,
        15.0,
        30.0,
        60.0,
        120.0,
        300.0,
        600.0,
        900.0,
        1800.0,
        3600.0,
        7200.0,
        10_800.0,
        21_600.0,
        43_200.0,
        86_400.0,
        172_800.0,
        432_000.0,
        864_000.0,
        2_592_000.0,
    ];
    multiples((from, to), round(&STEPS, (to - from) / count))
}

/// Returns the largest of 1, 2 and 5 times a power of ten that is at most `most`, or `None` if
/// `most` is not positive.
pub fn round_below(most: f64) -> Option<f64> {
    let power = 10_f64.powf(most.log10().floor());
    let steps = [5.0, 2.0, 1.0].map(|step| step * power);
    steps.into_iter().find(|step| step.is_finite() && *step > 0.0 && *step <= most)
}

/// Returns the first of `steps` that is not much smaller than `rough`.
fn round(steps: &[f64], rough: f64) -> f64 {
    let found = steps.iter().copied().find(|step| *step >= rough * 0.7);
    found.or(steps.last().copied()).unwrap_or(rough)
}

fn multiples((from, to): (f64, f64), step: f64) -> Vec<f64> {
    // Enough for any picture, and a limit for any input.
    const MOST: i32 = 60;
    let first = (from / step - 1e-9).ceil();
    (0..MOST)
        .map(|at| (first + f64::from(at)) * step)
        .take_while(|value| *value <= to + step * 1e-9)
        .map(|value| value + 0.0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks((0.0, 9.7), 4.0), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(ticks((112.0, 188.0), 4.0), [120.0, 140.0, 160.0, 180.0]);
        assert_eq!(ticks((-3.0, 7.0), 5.0), [-2.0, 0.0, 2.0, 4.0, 6.0]);
        assert_eq!(
            time_ticks((0.0, 3700.0), 7.0),
            [0.0, 600.0, 1200.0, 1800.0, 2400.0, 3000.0, 3600.0]
        );
        for strange in [(5.0, 5.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert!(ticks(strange, 4.0).is_empty());
        }
    }

    #[test]
    fn the_scale_of_a_map_is_as_long_as_fits() {
        assert_eq!([0.9, 1.0, 4.9, 7_400.0].map(round_below), [0.5, 1.0, 2.0, 5000.0].map(Some));
        assert_eq!([0.0, f64::NAN, f64::INFINITY].map(round_below), [None; 3]);
    }

    #[test]
    fn a_range_of_one_value_is_drawn_in_the_middle() {
        assert_eq!(Scale::new((7.0, 7.0), (100.0, 0.0)).at(7.0), 50.0);
    }
}
