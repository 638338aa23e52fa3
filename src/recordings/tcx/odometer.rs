//! The distance since the start, computed from any kind of counter.

/// Some devices continue the count of an earlier activity, and some restart at each lap.
#[derive(Clone, Debug, Default)]
pub struct Odometer {
    /// The device's count at the start.
    base: f64,
    /// The distance before the last restart.
    before: f64,
    /// The device's last count.
    shown: Option<f64>,
    total: f64,
}

impl Odometer {
    /// In metres.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Converts a count of the device to the distance since the start, which never falls.
    /// `finished` returns the sum of the previous laps, if it is known. That sum is preferred,
    /// because a lap is longer than the distance that its points show.
    pub fn read(&mut self, shown: f64, finished: impl FnOnce() -> Option<f64>) -> f64 {
        match self.shown {
            None => self.base = shown,
            // A slightly smaller count is a correction.
            Some(last) if shown < last / 2.0 => {
                self.before = finished().map_or(self.total, |metres| metres.max(self.total));
                self.base = 0.0;
            }
            Some(_) => {}
        }
        self.shown = Some(shown);
        self.total = self.total.max(self.before + shown - self.base);
        self.total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(shown: &[f64]) -> Vec<f64> {
        let mut odometer = Odometer::default();
        shown.iter().map(|shown| odometer.read(*shown, || None)).collect()
    }

    #[test]
    fn it_begins_at_zero_and_goes_on_where_the_device_begins_anew() {
        for (shown, expected) in [
            (&[0.0, 10.0, 20.0][..], &[0.0, 10.0, 20.0][..]),
            (&[40_000.0, 40_010.0, 40_025.0], &[0.0, 10.0, 25.0]),
            (&[0.0, 100.0, 0.0, 50.0, 3.0, 10.0], &[0.0, 100.0, 100.0, 150.0, 153.0, 160.0]),
            (&[40_000.0, 40_100.0, 5.0, 20.0], &[0.0, 100.0, 105.0, 120.0]),
            (&[0.0, 100.0, 99.5, 110.0], &[0.0, 100.0, 100.0, 110.0]),
        ] {
            assert_eq!(read(shown), expected, "{shown:?}");
        }
        let mut odometer = Odometer::default();
        odometer.read(0.0, || None);
        odometer.read(990.0, || None);
        assert_eq!(odometer.read(0.0, || Some(1000.0)), 1000.0);
        assert_eq!(odometer.read(20.0, || Some(1000.0)), 1020.0);
    }

    proptest! {
        #[test]
        fn it_never_falls(shown in prop::collection::vec(0.0_f64..1e6, 1..50)) {
            let read = read(&shown);
            prop_assert!(read[0] == 0.0 && read.is_sorted());
        }
    }
}
