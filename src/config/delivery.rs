//! Timeouts, retries and concurrency of the delivery.

use std::time::Duration;

use super::{
    source::Source,
    units::{Count, Seconds},
};

/// With a shorter lease, a renewal that waits for a connection would come too late.
const SHORTEST_LEASE: Duration = Duration::from_secs(1);

/// Leases, deadlines and retries. See `.env.example`.
#[derive(Clone, Debug)]
pub struct DeliveryConfig {
    /// The lease of a claimed message. It is renewed while the message is being sent.
    pub lease: Duration,
    /// The timeout of a single step of an attempt.
    pub deadline: Duration,
    /// The longest interval between two polls of the relay, even without a notification.
    pub poll: Duration,
    /// The maximum number of messages of one channel in flight. As many again are claimed ahead.
    pub in_flight: usize,
    /// The first pause after a transient failure. It doubles with each failure.
    pub backoff: Duration,
    /// The longest pause between two attempts.
    pub backoff_cap: Duration,
    /// How often an open circuit breaker lets one message through.
    pub probe: Duration,
    /// A message that expires sooner than this is not sent.
    pub min_life: Duration,
    /// How long shutdown waits for messages in flight.
    pub drain: Duration,
}

impl DeliveryConfig {
    pub(crate) fn read(s: &mut Source) -> Self {
        let config = Self {
            lease: s.or("DELIVERY_LEASE_SECS", Seconds(60.0)).into(),
            deadline: s.or("DELIVERY_DEADLINE_SECS", Seconds(600.0)).into(),
            poll: s.or("DELIVERY_POLL_SECS", Seconds(5.0)).into(),
            in_flight: s.or("DELIVERY_IN_FLIGHT", Count(8)).0,
            backoff: s.or("DELIVERY_BACKOFF_SECS", Seconds(5.0)).into(),
            backoff_cap: s.or("DELIVERY_BACKOFF_CAP_SECS", Seconds(600.0)).into(),
            probe: s.or("DELIVERY_PROBE_SECS", Seconds(30.0)).into(),
            min_life: s.or("DELIVERY_MIN_LIFE_SECS", Seconds(30.0)).into(),
            drain: s.or("DELIVERY_DRAIN_SECS", Seconds(10.0)).into(),
        };
        if config.lease < SHORTEST_LEASE {
            s.fault(
                "DELIVERY_LEASE_SECS",
                "must be at least 1: the lease is renewed after a third of this time, and renewing takes time",
            );
        }
        config
    }
}
