//! Rate limits of one process. They are cheap enough for every request, and sufficient where
//! nothing can be guessed.

use std::{hash::Hash, num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use ipnet::IpNet;
use prometheus::IntCounter;
use uuid::Uuid;

use crate::{
    config::{LimitsConfig, Rate},
    error::{ApiError, ApiResult, RateLimitStatus},
};

type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// Token buckets for users and for addresses.
pub struct LocalLimits {
    user: Option<Limit<Uuid>>,
    address: Option<Limit<IpNet>>,
}

struct Limit<K: Clone + Hash + Eq> {
    name: &'static str,
    rate: Rate,
    buckets: Buckets<K>,
    allowed: IntCounter,
    refused: IntCounter,
}

impl LocalLimits {
    /// `decisions` returns the counters of allowed and rejected requests for the limit with a name.
    pub fn new(
        config: &LimitsConfig,
        decisions: impl Fn(&'static str) -> (IntCounter, IntCounter),
    ) -> Self {
        Self {
            user: config.user.and_then(|rate| Limit::new("user", rate, &decisions)),
            address: config.address.and_then(|rate| Limit::new("address", rate, &decisions)),
        }
    }

    /// 429 if the user makes too many requests. `None` if there is no limit.
    pub fn take_user(&self, user_id: Uuid) -> ApiResult<Option<RateLimitStatus>> {
        self.user.as_ref().map(|limit| limit.take(&user_id)).transpose()
    }

    /// 429 if too many requests come from the address. `None` if there is no limit.
    pub fn take_address(&self, address: IpNet) -> ApiResult<Option<RateLimitStatus>> {
        self.address.as_ref().map(|limit| limit.take(&address)).transpose()
    }

    /// Removes the buckets that are full again.
    pub fn purge(&self) {
        if let Some(limit) = &self.user {
            limit.buckets.retain_recent();
        }
        if let Some(limit) = &self.address {
            limit.buckets.retain_recent();
        }
    }
}

impl<K: Clone + Hash + Eq> Limit<K> {
    fn new(
        name: &'static str,
        rate: Rate,
        decisions: impl Fn(&'static str) -> (IntCounter, IntCounter),
    ) -> Option<Self> {
        let window = Duration::from_secs(60) * rate.minutes;
        let quota =
            Quota::with_period(window / rate.times)?.allow_burst(NonZeroU32::new(rate.times)?);
        let buckets = RateLimiter::dashmap(quota).with_middleware();
        let (allowed, refused) = decisions(name);
        Some(Self { name, rate, buckets, allowed, refused })
    }

    fn take(&self, key: &K) -> ApiResult<RateLimitStatus> {
        match self.buckets.check_key(key) {
            Ok(state) => {
                self.allowed.inc();
                Ok(RateLimitStatus::new(self.name, self.rate, state.remaining_burst_capacity()))
            }
            Err(until) => {
                self.refused.inc();
                let wait = until.wait_time_from(DefaultClock::default().now());
                let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
                Err(ApiError::rate_limited(seconds)
                    .standing(RateLimitStatus::new(self.name, self.rate, 0).until(seconds)))
            }
        }
    }
}
