//! The retry schedule of messages.

use std::time::Duration;

use rand::RngExt;

use crate::config::DeliveryConfig;

/// The pause after attempt number `attempts` (from 1) failed transiently. It doubles up to a cap,
/// with a jitter of ±20 %, so that messages that failed together are not retried together.
pub fn backoff(config: &DeliveryConfig, attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(30);
    jittered(config.backoff.saturating_mul(1 << doublings).min(config.backoff_cap))
}

/// The pause after the mail server itself failed. The circuit breaker decides when the server is
/// tried again, so the message only needs to make way for others at the next probe.
pub fn after_outage(config: &DeliveryConfig) -> Duration {
    jittered(config.probe)
}

fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::rng().random_range(0.8..=1.2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    #[test]
    fn pauses_double_up_to_the_cap() {
        let config = DeliveryConfig::read(&mut Source::default());
        for (attempts, seconds) in [(1, 5.0), (2, 10.0), (3, 20.0), (8, 600.0), (i32::MAX, 600.0)] {
            let pause = backoff(&config, attempts).as_secs_f64();
            assert!(
                (seconds * 0.8..=seconds * 1.2).contains(&pause),
                "attempt {attempts}: {pause} s"
            );
        }
    }
}
