//! A circuit breaker: while a channel's server fails, it gets only one attempt at a time.

use std::time::{Duration, Instant};

use uuid::Uuid;

/// The number of different messages in a row that must be refused, for reasons other than their
/// recipients, before the breaker opens.
const DOUBTS: usize = 3;

/// What an attempt says about the channel's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answered, even if it refused the message.
    Good,
    /// It could not be reached, refused us, or did not answer. It may have asked for a pause.
    Bad { pause: Duration },
    /// It answered and refused the message, perhaps because it refuses all messages.
    Doubtful,
    /// It was not contacted.
    Unknown,
}

/// The breaker of a channel.
#[derive(Debug, Default)]
pub struct Breaker {
    /// Set while open: no attempt before this time, and only one at a time afterwards.
    probe_at: Option<Instant>,
    /// Messages refused since the last one that was not refused, at most [`DOUBTS`].
    refused: Vec<Uuid>,
}

impl Breaker {
    pub fn is_open(&self) -> bool {
        self.probe_at.is_some()
    }

    /// Whether refusals opened it. Another message may then be accepted.
    pub fn is_in_doubt(&self) -> bool {
        self.is_open() && self.refused.len() >= DOUBTS
    }

    /// The number of attempts that may start now, with `in_flight` of at most `limit` under way.
    pub fn capacity(&self, now: Instant, in_flight: usize, limit: usize) -> usize {
        match self.probe_at {
            None => limit.saturating_sub(in_flight),
            Some(probe_at) if now >= probe_at && in_flight == 0 => 1,
            Some(_) => 0,
        }
    }

    /// Updates the breaker after an attempt to send `message`.
    pub fn learn(&mut self, health: Health, message: Uuid, now: Instant, probe: Duration) {
        match health {
            Health::Good => *self = Self::default(),
            Health::Bad { pause } => self.probe_at = Some(now + probe.max(pause)),
            Health::Doubtful => {
                if self.refused.len() < DOUBTS && !self.refused.contains(&message) {
                    self.refused.push(message);
                }
                self.probe_at = (self.refused.len() >= DOUBTS).then(|| now + probe);
            }
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
        breaker.learn(Health::Bad { pause: Duration::ZERO }, Uuid::nil(), start, probe);
        assert_eq!(breaker.capacity(start + Duration::from_secs(29), 0, 8), 0);
        assert_eq!(breaker.capacity(start + probe, 1, 8), 0);
        assert_eq!(breaker.capacity(start + probe, 0, 8), 1);
        breaker.learn(Health::Unknown, Uuid::nil(), start + probe, probe);
        assert!(breaker.is_open());
        breaker.learn(Health::Good, Uuid::nil(), start + probe, probe);
        assert_eq!(breaker.capacity(start + probe, 0, 8), 8);
    }

    #[test]
    fn a_pause_that_was_asked_for_is_kept() {
        let (mut breaker, start) = (Breaker::default(), Instant::now());
        let (probe, pause) = (Duration::from_secs(30), Duration::from_secs(90));
        breaker.learn(Health::Bad { pause }, Uuid::nil(), start, probe);
        assert_eq!(breaker.capacity(start + Duration::from_secs(89), 0, 8), 0);
        assert_eq!(breaker.capacity(start + pause, 0, 8), 1);
    }

    #[test]
    fn refusals_open_it_when_different_messages_meet_them_in_a_row() {
        let (mut breaker, now, probe) =
            (Breaker::default(), Instant::now(), Duration::from_secs(30));
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        for message in [a, a, a, b, b, a] {
            breaker.learn(Health::Doubtful, message, now, probe);
            assert!(!breaker.is_open());
        }
        breaker.learn(Health::Good, c, now, probe);
        for message in [a, b] {
            breaker.learn(Health::Doubtful, message, now, probe);
            assert!(!breaker.is_open());
        }
        breaker.learn(Health::Doubtful, c, now, probe);
        assert!(breaker.is_in_doubt());
        assert_eq!(breaker.capacity(now, 0, 8), 0);
        // A refused probe changes nothing, whichever message it is.
        let later = now + probe;
        assert_eq!(breaker.capacity(later, 0, 8), 1);
        breaker.learn(Health::Doubtful, a, later, probe);
        assert_eq!(breaker.capacity(later, 0, 8), 0);
        breaker.learn(Health::Good, b, later + probe, probe);
        assert!(!breaker.is_open() && !breaker.is_in_doubt());
    }

    #[test]
    fn a_server_that_judges_again_is_back() {
        let (mut breaker, now, probe) =
            (Breaker::default(), Instant::now(), Duration::from_secs(30));
        breaker.learn(Health::Bad { pause: Duration::ZERO }, Uuid::nil(), now, probe);
        assert!(breaker.is_open() && !breaker.is_in_doubt());
        breaker.learn(Health::Doubtful, Uuid::nil(), now + probe, probe);
        assert!(!breaker.is_open());
    }
}
