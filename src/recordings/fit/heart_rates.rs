//! Heart rates that a strap stored, for example in water, and transferred to the watch later (`hr`
//! messages).

use chrono::{DateTime, TimeDelta, Utc};

use super::message::Message;
use crate::{
    recordings::{Point, Refusal, recording::push},
    sport::MAX_POINTS,
};

/// FIT SDK, profile of `hr`: clock ticks per second. Only the last twelve bits are written.
const TICKS: f64 = 1024.0;
const MASK: u32 = 0xfff;
/// A point takes a heart rate if it was measured at most this long before or after.
const NEAR: TimeDelta = TimeDelta::seconds(5);

/// The heart rates of a strap.
#[derive(Debug, Default)]
pub struct HeartRates {
    rates: Vec<(DateTime<Utc>, f32)>,
    /// One moment on both clocks, the strap's in seconds.
    anchor: Option<(DateTime<Utc>, f64)>,
    /// Last time of the strap's clock, in ticks. The written bits wrap around.
    ticks: Option<u64>,
}

impl HeartRates {
    pub fn take(&mut self, message: &Message<'_>) -> Result<(), Refusal> {
        let whole: Vec<_> = message.values(9).flatten().map(|ticks| ticks as u64).collect();
        if let (Some(time), Some(ticks)) =
            (message.seconds.and_then(super::message::time), whole.first())
        {
            let fraction = message.number((0, 32_768.0, 0.0)).unwrap_or(0.0);
            self.anchor = Some((time, *ticks as f64 / TICKS - fraction));
            self.ticks = Some(*ticks);
        }
        let bytes: Vec<_> = message.values(10).map(|byte| byte.unwrap_or(255.0) as u32).collect();
        let mut times = whole;
        for three in bytes.chunks_exact(3) {
            let &[one, two, three] = three else { continue };
            for bits in [one | (two & 0x0f) << 8, two >> 4 | three << 4] {
                times.extend(self.wrapped(bits));
            }
        }
        for (ticks, rate) in times.into_iter().zip(message.values(6)) {
            self.ticks = Some(ticks);
            let (Some((time, seconds)), Some(rate)) = (self.anchor, rate) else { continue };
            let since = TimeDelta::milliseconds(((ticks as f64 / TICKS - seconds) * 1000.0) as i64);
            let Some(at) = time.checked_add_signed(since).filter(|_| rate > 0.0) else { continue };
            push(&mut self.rates, (at, rate as f32), MAX_POINTS, "heart rates")?;
        }
        Ok(())
    }

    /// Returns the next time that ends with these bits.
    fn wrapped(&mut self, bits: u32) -> Option<u64> {
        let last = self.ticks?;
        let next = last + u64::from(bits.wrapping_sub(last as u32) & MASK);
        self.ticks = Some(next);
        Some(next)
    }

    pub fn absorb(&mut self, other: Self) -> Result<(), Refusal> {
        for rate in other.rates {
            push(&mut self.rates, rate, MAX_POINTS, "heart rates")?;
        }
        Ok(())
    }

    /// Gives points without a heart rate the one that was measured nearest in time.
    pub fn fill(mut self, points: &mut [Point]) {
        if self.rates.is_empty() {
            return;
        }
        self.rates.sort_by_key(|(time, _)| *time);
        for point in points.iter_mut().filter(|point| point.heart_rate.is_none()) {
            point.heart_rate = point.time.and_then(|time| nearest(&self.rates, time));
        }
    }
}

/// Returns the value nearest to `time`. The values must be in ascending order.
fn nearest(values: &[(DateTime<Utc>, f32)], time: DateTime<Utc>) -> Option<f32> {
    let next = values.partition_point(|(at, _)| *at < time);
    let around = [next.checked_sub(1), Some(next)].into_iter().flatten();
    let apart = |(at, _): &&(DateTime<Utc>, f32)| (*at - time).abs();
    let nearest = around.filter_map(|at| values.get(at)).min_by_key(apart);
    nearest.filter(|value| apart(value) <= NEAR).map(|(_, value)| *value)
}
