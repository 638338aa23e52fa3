//! Patience and pace of the delivery of messages.

use std::time::Duration;

use super::{
    source::Source,
    units::{Count, Seconds},
};

/// Below it, a renewal that waits for a connection would come too late.
const SHORTEST_LEASE: Duration = Duration::from_secs(1);

/// Leases, deadlines and retries; `.env.example` says what each is for.
#[derive(Clone, Debug)]
pub struct DeliveryConfig {
    /// How long a claimed message belongs to its claimer, who renews it while at work.
    pub lease: Duration,
    /// The longest that one step of an attempt may take.
    pub deadline: Duration,
    /// The relay looks for work at least this often, woken or not.
    pub poll: Duration,
    /// Messages of one channel in flight at once; as many again are claimed ahead.
    pub in_flight: usize,
    /// First pause after a transient failure; it doubles from there.
    pub backoff: Duration,
    /// The longest pause between two attempts.
    pub backoff_cap: Duration,
    /// How often an open circuit breaker lets one message through.
    pub probe: Duration,
    /// A message is not sent when it would be useless this soon.
    pub min_life: Duration,
    /// How long a stop waits for what is in flight.
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
                "must be at least 1: it is renewed every third of it, and that takes time",
            );
        }
        config
    }
}
