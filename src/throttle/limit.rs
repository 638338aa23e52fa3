//! The definition of a limit.

use crate::config::Rate;

/// At most `times` within the last `minutes`.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub times: i32,
    pub minutes: i32,
}

impl Limit {
    /// The same window with `factor` times the amount.
    pub fn scaled(self, factor: i32) -> Self {
        Self { times: self.times.saturating_mul(factor), ..self }
    }
}

/// The number of consecutive failures after which no more tries are compared (NIST SP 800-63B,
/// section 5.2.2: no more than a hundred).
pub const MOST_IN_A_ROW: i32 = 100;

/// A keyed digest that identifies a counter.
pub type Key = [u8; 32];

impl From<Rate> for Limit {
    fn from(rate: Rate) -> Self {
        let number = |number| i32::try_from(number).unwrap_or(i32::MAX);
        Self { times: number(rate.times), minutes: number(rate.minutes) }
    }
}
