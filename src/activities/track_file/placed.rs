//! Points with a position, each with the nearest sensor values: GPX has no other points.

use super::points::{Point, Points};
use crate::error::ApiResult;

/// Iterates over the points that have a position.
pub struct Placed {
    points: Points,
    /// The point to return next, and whether it starts a piece.
    next: Option<(bool, Point)>,
    /// Points without a position that were read after `next`, or before the first one.
    between: Vec<Point>,
    /// Whether recording has resumed since `next`.
    begins: bool,
}

impl Placed {
    pub fn new(points: Points) -> Self {
        Self { points, next: None, between: Vec::new(), begins: false }
    }

    fn read(&mut self) -> ApiResult<Option<(bool, Point)>> {
        loop {
            let Some(read) = self.points.next() else {
                if let Some((_, last)) = &mut self.next {
                    self.between.drain(..).for_each(|point| last.fill(&point));
                }
                return Ok(self.next.take());
            };
            let (begins, mut point) = read?;
            self.begins |= begins;
            if point.position().is_none() {
                self.between.push(point);
                continue;
            }
            for sensed in self.between.drain(..) {
                match &mut self.next {
                    Some((_, before)) if sensed.is_nearer(before, &point) => before.fill(&sensed),
                    _ => point.fill(&sensed),
                }
            }
            let begins = std::mem::take(&mut self.begins);
            if let Some(given) = self.next.replace((begins, point)) {
                return Ok(Some(given));
            }
        }
    }
}

impl Iterator for Placed {
    type Item = ApiResult<(bool, Point)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
