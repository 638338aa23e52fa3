//! The state of a client's rate limit, as sent in response headers.

use derive_more::Display;

use crate::config::Rate;

/// The values of the headers `RateLimit-Policy` and `RateLimit`. See
/// <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[display("\"{policy}\";r={remaining};t={reset}")]
pub struct RateLimitStatus {
    policy: &'static str,
    quota: u32,
    /// In seconds.
    window: u32,
    remaining: u32,
    /// Seconds until more requests are available.
    reset: u32,
}

impl RateLimitStatus {
    pub fn new(policy: &'static str, rate: Rate, remaining: u32) -> Self {
        let window = rate.minutes.saturating_mul(60);
        let reset = if remaining < rate.times { window.div_ceil(rate.times) } else { 0 };
        Self { policy, quota: rate.times, window, remaining, reset }
    }

    /// The same state, with no requests available for `reset` seconds.
    pub fn until(self, reset: u32) -> Self {
        Self { reset, ..self }
    }

    pub fn policy(&self) -> String {
        format!("\"{}\";q={};w={}", self.policy, self.quota, self.window)
    }
}
