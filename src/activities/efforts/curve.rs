//! A curve of straight pieces that never falls over time: the distance or the work done so far.

use crate::priority::yield_if_due;

/// Corners between two yields; each takes about ten nanoseconds.
const YIELD_EVERY: usize = 2048;

/// A stretch of time on a curve, and how much the curve grows in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub start: f64,
    pub end: f64,
    pub growth: f64,
}

/// Corners of time and height, neither of which ever decreases.
#[derive(Clone, Debug, Default)]
pub struct Curve(Vec<(f64, f64)>);

impl Curve {
    /// An empty curve with room for `corners` corners.
    pub fn with_capacity(corners: usize) -> Self {
        Self(Vec::with_capacity(corners))
    }

    /// Appends a corner, unless its time or height is lower than the last one's.
    pub fn push(&mut self, time: f64, height: f64) {
        let rises = self.0.last().is_none_or(|last| time >= last.0 && height >= last.1);
        if rises {
            self.0.push((time, height));
        }
    }

    /// Iterates over the corners, yielding to requests at intervals.
    fn corners(&self) -> impl Iterator<Item = &(f64, f64)> {
        self.0.chunks(YIELD_EVERY).inspect(|_| yield_if_due()).flatten()
    }

    pub fn height(&self) -> f64 {
        self.0.last().map_or(0.0, |last| last.1)
    }

    /// The shortest stretch in which the curve grows by `growth`; `None` if all of it grows by
    /// less. At least one of the shortest stretches starts or ends at a corner, so each corner is
    /// tried as the end and as the start.
    pub fn shortest(&self, growth: f64) -> Option<Stretch> {
        let (mut best, mut before, mut after): (Option<Stretch>, usize, usize) = (None, 0, 0);
        let mut offer = |start: f64, end: f64| {
            let is_better = |best: Stretch| end - start < best.end - best.start;
            if end > start && best.is_none_or(is_better) {
                best = Some(Stretch { start, end, growth });
            }
        };
        for (time, height) in self.corners() {
            // The last time at which the curve was lower by `growth`.
            while self.height_at(before + 1).is_some_and(|next| next <= height - growth) {
                before += 1;
            }
            if let Some(start) = self.time_between(before, height - growth) {
                offer(start, *time);
            }
            // The first time at which the curve is higher by `growth`.
            while self.height_at(after).is_some_and(|next| next < height + growth) {
                after += 1;
            }
            let end = after.checked_sub(1).and_then(|at| self.time_between(at, height + growth));
            if let Some(end) = end {
                offer(*time, end);
            }
        }
        best
    }

    /// The stretch of length `duration` in which the curve grows most; `None`
    /// if the curve is shorter.
    pub fn steepest(&self, duration: f64) -> Option<Stretch> {
        let (mut best, mut before, mut after): (Option<Stretch>, usize, usize) = (None, 0, 0);
        let mut offer = |start: f64, end: f64, growth: f64| {
            if best.is_none_or(|best| growth > best.growth) {
                best = Some(Stretch { start, end, growth });
            }
        };
        for (time, height) in self.corners() {
            let (start, end) = (time - duration, time + duration);
            while self.time_at(before + 1).is_some_and(|next| next <= start) {
                before += 1;
            }
            if let Some(lower) = self.height_between(before, start) {
                offer(start, *time, height - lower);
            }
            while self.time_at(after).is_some_and(|next| next < end) {
                after += 1;
            }
            let higher = after.checked_sub(1).and_then(|at| self.height_between(at, end));
            if let Some(higher) = higher {
                offer(*time, end, higher - height);
            }
        }
        best
    }

    fn time_at(&self, index: usize) -> Option<f64> {
        self.0.get(index).map(|corner| corner.0)
    }

    fn height_at(&self, index: usize) -> Option<f64> {
        self.0.get(index).map(|corner| corner.1)
    }

    /// When the piece that starts at corner `index` reaches `height`; `None` if it does not.
    fn time_between(&self, index: usize, height: f64) -> Option<f64> {
        let (from, to) = (self.0.get(index)?, self.0.get(index + 1)?);
        let part = (height - from.1) / (to.1 - from.1);
        (0.0..=1.0).contains(&part).then_some(from.0 + part * (to.0 - from.0))
    }

    fn height_between(&self, index: usize, time: f64) -> Option<f64> {
        let (from, to) = (self.0.get(index)?, self.0.get(index + 1)?);
        let part = (time - from.0) / (to.0 - from.0);
        (0.0..=1.0).contains(&part).then_some(from.1 + part * (to.1 - from.1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn curve(corners: &[(f64, f64)]) -> Curve {
        let mut curve = Curve::default();
        corners.iter().for_each(|(time, height)| curve.push(*time, *height));
        curve
    }

    /// Whole steps, some of which are flat.
    fn curves() -> impl Strategy<Value = Vec<(f64, f64)>> {
        prop::collection::vec((1_u8..5, 0_u8..6), 2..40).prop_map(|steps| {
            let (mut time, mut height) = (0.0, 0.0);
            let corners = steps.into_iter().map(|(later, higher)| {
                time += f64::from(later);
                height += f64::from(higher);
                (time, height)
            });
            std::iter::once((0.0, 0.0)).chain(corners).collect()
        })
    }

    fn height(corners: &[(f64, f64)], time: f64) -> Option<f64> {
        let piece = corners.windows(2).find(|piece| piece[0].0 <= time && time <= piece[1].0)?;
        let part = (time - piece[0].0) / (piece[1].0 - piece[0].0);
        Some(piece[0].1 + part * (piece[1].1 - piece[0].1))
    }

    #[test]
    fn the_fastest_part_may_begin_and_end_between_corners() {
        let curve = curve(&[(0.0, 0.0), (100.0, 100.0), (200.0, 400.0), (300.0, 500.0)]);
        let found = curve.shortest(200.0).unwrap();
        assert!((found.end - found.start - 200.0 / 3.0).abs() < 1e-9, "{found:?}");
        let found = curve.shortest(400.0).unwrap();
        assert!((found.end - found.start - 200.0).abs() < 1e-9, "{found:?}");
        assert_eq!(curve.shortest(501.0), None);
        assert_eq!(curve.steepest(100.0).unwrap().growth, 300.0);
        assert_eq!(curve.steepest(301.0), None);
    }

    proptest! {
        #[test]
        fn no_stretch_is_better_than_the_one_that_is_found(corners in curves(), duration in 1_u8..20, growth in 1_u8..20) {
            let curve = curve(&corners);
            let (duration, growth) = (f64::from(duration), f64::from(growth));
            let length = corners.last().unwrap().0;
            let quarters = || (0..).map(|n| f64::from(n) * 0.25).take_while(|time| *time <= length);
            let steepest = quarters()
                .filter_map(|start| Some(height(&corners, start + duration)? - height(&corners, start)?))
                .fold(None, |best: Option<f64>, growth| Some(best.map_or(growth, |best| best.max(growth))));
            let found = curve.steepest(duration);
            prop_assert_eq!(found.is_some(), steepest.is_some());
            if let (Some(found), Some(steepest)) = (found, steepest) {
                prop_assert!(found.growth >= steepest - 1e-9);
                let real = height(&corners, found.end).unwrap() - height(&corners, found.start).unwrap();
                prop_assert!((real - found.growth).abs() < 1e-9);
            }
            let found = curve.shortest(growth);
            prop_assert_eq!(found.is_some(), curve.height() >= growth);
            if let Some(found) = found {
                let real = height(&corners, found.end).unwrap() - height(&corners, found.start).unwrap();
                prop_assert!((real - growth).abs() < 1e-9);
                for start in quarters() {
                    let end = start + (found.end - found.start) * 0.999;
                    if let (Some(high), Some(low)) = (height(&corners, end), height(&corners, start)) {
                        prop_assert!(high - low < growth + 1e-9);
                    }
                }
            }
        }
    }
}
