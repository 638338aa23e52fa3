//! A circuit breaker: when a channel's server fails, it is asked one question at a time.

use std::time::{Duration, Instant};

/// What an attempt told about the channel's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answered, whatever it said of the message.
    Good,
    /// It could not be reached, refused us, or did not answer; it may have asked for a pause.
    Bad { pause: Duration },
    /// It was not asked.
    Unknown,
}

/// One channel's breaker.
#[derive(Debug, Default)]
pub struct Breaker {
    /// Set while open: no attempt before then, and only one at a time from then on.
    probe_at: Option<Instant>,
}

impl Breaker {
    pub fn is_open(&self) -> bool {
        self.probe_at.is_some()
    }

    /// How many attempts may start now, of at most `limit` with `in_flight` under way.
    pub fn capacity(&self, now: Instant, in_flight: usize, limit: usize) -> usize {
        match self.probe_at {
            None => limit.saturating_sub(in_flight),
            Some(probe_at) if now >= probe_at && in_flight == 0 => 1,
            Some(_) => 0,
        }
    }

    /// Learns from an attempt that ended.
    pub fn learn(&mut self, health: Health, now: Instant, probe: Duration) {
        match health {
            Health::Good => self.probe_at = None,
            Health::Bad { pause } => self.probe_at = Some(now + probe.max(pause)),
            Health::Unknown => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_probe_at_a_time_until_it_succeeds() {
        let (mut breaker, start, probe) =
            (Breaker::default(), Instant::now(), Duration::from_secs(30));
        assert_eq!(breaker.capacity(start, 3, 8), 5);
        breaker.learn(Health::Bad { pause: Duration::ZERO }, start, probe);
        assert_eq!(breaker.capacity(start + Duration::from_secs(29), 0, 8), 0);
        assert_eq!(breaker.capacity(start + probe, 1, 8), 0);
        assert_eq!(breaker.capacity(start + probe, 0, 8), 1);
        breaker.learn(Health::Unknown, start + probe, probe);
        assert!(breaker.is_open());
        breaker.learn(Health::Good, start + probe, probe);
        assert_eq!(breaker.capacity(start + probe, 0, 8), 8);
    }

    #[test]
    fn a_pause_that_was_asked_for_is_kept() {
        let (mut breaker, start) = (Breaker::default(), Instant::now());
        let (probe, pause) = (Duration::from_secs(30), Duration::from_secs(90));
        breaker.learn(Health::Bad { pause }, start, probe);
        assert_eq!(breaker.capacity(start + Duration::from_secs(89), 0, 8), 0);
        assert_eq!(breaker.capacity(start + pause, 0, 8), 1);
    }
}
