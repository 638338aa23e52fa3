//! Assigns shades to values.

use crate::pictures::drawing::SHADES;

/// Divides the days with an activity into quarters, regardless of the values: a single day of 24
/// hours must not make all others pale.
pub struct Shades {
    sorted: Vec<f64>,
}

impl Shades {
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Self { sorted }
    }

    /// Returns a shade from 1 to [`SHADES`].
    pub fn shade(&self, value: f64) -> usize {
        let up_to = self.sorted.partition_point(|other| *other <= value);
        (up_to * SHADES).div_ceil(self.sorted.len().max(1)).clamp(1, SHADES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_days_has_each_shade() {
        let shades = Shades::of((1..=8).map(f64::from));
        let of_all: Vec<usize> = (1..=8).map(|value| shades.shade(f64::from(value))).collect();
        assert_eq!(of_all, [1, 1, 2, 2, 3, 3, 4, 4]);
        assert_eq!(Shades::of([7.0].into_iter()).shade(7.0), SHADES);
        // An outlier does not hide the differences between the other values.
        let shades = Shades::of([1.0, 2.0, 3.0, 1e9].into_iter());
        assert_eq!([1.0, 2.0, 3.0, 1e9].map(|value| shades.shade(value)), [1, 2, 3, 4]);
    }
}
