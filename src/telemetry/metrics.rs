//! All metrics, in a registry of their own: two servers in one process do not share it.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web_prom::{PrometheusMetrics, PrometheusMetricsBuilder};
use prometheus::{
    GaugeVec, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
    core::{Collector, Desc},
    proto::MetricFamily,
};

use crate::{
    auth::{HasherMetrics, sessions::LoginMethod},
    db::Pool,
};

const NAMESPACE: &str = "sports_log";

/// Seconds; from a cached point read to a login behind a queue.
const REQUEST_BUCKETS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Seconds; one statement on an index.
const CLAIM_BUCKETS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.5];

/// Every metric of the service.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    pools: PoolCollector,
    logins: IntCounterVec,
    limits: IntCounterVec,
    pub users_registered: IntCounter,
    pub activities_created: IntCounter,
    pub hasher: HasherMetrics,
    pub delivery: DeliveryMetrics,
}

/// Metrics of the outbox and its delivery.
#[derive(Clone)]
pub struct DeliveryMetrics {
    /// Pending messages by channel and status.
    pub depth: IntGaugeVec,
    /// Age in seconds of the oldest pending message, by channel.
    pub oldest_seconds: GaugeVec,
    /// Attempts by channel and outcome.
    pub attempts: IntCounterVec,
    /// Seconds that a claim takes.
    pub claim: Histogram,
    /// Seconds from commit to sent.
    pub latency: Histogram,
    /// 1 while a channel's circuit breaker is open.
    pub breaker_open: IntGaugeVec,
    /// 1 while an actor of the delivery runs.
    pub actor_up: IntGaugeVec,
    /// Completions refused because the lease was lost.
    pub lost_leases: IntCounter,
    /// Times the actors were started again after one of them died.
    pub restarts: IntCounter,
}

impl Metrics {
    /// Fails only when two metrics have one name.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let r = &registry;
        let pools = PoolCollector::new()?;
        r.register(Box::new(pools.clone()))?;
        let metrics = Self {
            pools,
            logins: counters(r, "logins_total", "Attempts to log in", &["method", "status"])?,
            limits: counters(
                r,
                "rate_limit_decisions_total",
                "Requests that a limit allowed or refused",
                &["limit", "decision"],
            )?,
            users_registered: counter(r, "users_registered_total", "Accounts made")?,
            activities_created: counter(r, "activities_created_total", "Activities created")?,
            hasher: HasherMetrics {
                pending: registered(
                    r,
                    IntGauge::with_opts(opts(
                        "hashing_pending",
                        "Requests waiting for or computing a password hash",
                    ))?,
                )?,
                seconds: histogram(
                    r,
                    "hashing_seconds",
                    "Seconds from asking for a password hash to having it",
                )?,
            },
            delivery: DeliveryMetrics {
                depth: registered(
                    r,
                    IntGaugeVec::new(
                        opts("outbox_messages", "Pending messages"),
                        &["channel", "status"],
                    )?,
                )?,
                oldest_seconds: registered(
                    r,
                    GaugeVec::new(
                        opts("outbox_oldest_seconds", "Age of the oldest pending message"),
                        &["channel"],
                    )?,
                )?,
                attempts: counters(
                    r,
                    "outbox_attempts_total",
                    "Attempts to send",
                    &["channel", "outcome"],
                )?,
                claim: registered(
                    r,
                    Histogram::with_opts(
                        HistogramOpts::from(opts(
                            "outbox_claim_seconds",
                            "Seconds that a relay takes to claim due messages",
                        ))
                        .buckets(CLAIM_BUCKETS.to_vec()),
                    )?,
                )?,
                latency: histogram(
                    r,
                    "outbox_commit_to_sent_seconds",
                    "Seconds from enqueueing a message to its acceptance",
                )?,
                breaker_open: registered(
                    r,
                    IntGaugeVec::new(
                        opts("outbox_breaker_open", "1 while a channel is given time to recover"),
                        &["channel"],
                    )?,
                )?,
                actor_up: registered(
                    r,
                    IntGaugeVec::new(
                        opts("delivery_actor_up", "1 while an actor of the delivery runs"),
                        &["actor"],
                    )?,
                )?,
                lost_leases: counter(
                    r,
                    "outbox_lost_leases_total",
                    "Messages completed after their lease was lost",
                )?,
                restarts: counter(
                    r,
                    "delivery_restarts_total",
                    "Restarts of the delivery's actors",
                )?,
            },
            registry,
        };
        // Series that alerts look at exist before their first event.
        for method in LoginMethod::ALL {
            for status in ["success", "failure"] {
                metrics.logins.with_label_values(&[method.to_string().as_str(), status]);
            }
        }
        Ok(metrics)
    }

    pub fn count_login(&self, method: LoginMethod, succeeded: bool) {
        let status = if succeeded { "success" } else { "failure" };
        self.logins.with_label_values(&[method.to_string().as_str(), status]).inc();
    }

    /// Those that the limit `name` allows, and those that it refuses.
    pub fn limit_decisions(&self, name: &str) -> (IntCounter, IntCounter) {
        let of = |decision| self.limits.with_label_values(&[name, decision]);
        (of("allowed"), of("refused"))
    }

    pub fn count_limit(&self, name: &str, is_allowed: bool) {
        let (allowed, refused) = self.limit_decisions(name);
        if is_allowed { allowed.inc() } else { refused.inc() }
    }

    /// Shows `pool` under `name`, added to those already shown under it.
    pub fn watch_pool(&self, name: &'static str, pool: Pool) {
        self.pools.pools.lock().unwrap_or_else(PoisonError::into_inner).push((name, pool));
    }

    /// Everything in Prometheus' text format.
    pub fn render(&self) -> prometheus::Result<String> {
        let mut families = self.registry.gather();
        // The process is described in the library's own registry.
        families.extend(prometheus::gather());
        TextEncoder::new().encode_to_string(&families)
    }

    /// The middleware that counts and times requests.
    pub fn http_middleware(&self) -> std::io::Result<PrometheusMetrics> {
        PrometheusMetricsBuilder::new(NAMESPACE)
            .registry(self.registry.clone())
            .buckets(&REQUEST_BUCKETS)
            // An unknown path must not become a label: anybody could make any number of them.
            .mask_unmatched_patterns("unknown")
            .build()
            .map_err(std::io::Error::other)
    }
}

/// Reads the pools when it is scraped.
#[derive(Clone)]
struct PoolCollector {
    pools: Arc<Mutex<Vec<(&'static str, Pool)>>>,
    connections: IntGaugeVec,
    waiting: GaugeVec,
}

impl PoolCollector {
    fn new() -> prometheus::Result<Self> {
        Ok(Self {
            pools: Arc::default(),
            connections: IntGaugeVec::new(
                opts("db_pool_connections", "Database connections of all workers, by state"),
                &["pool", "state"],
            )?,
            waiting: GaugeVec::new(
                opts("db_pool_waiting", "Requests waiting for a connection"),
                &["pool"],
            )?,
        })
    }
}

impl Collector for PoolCollector {
    fn desc(&self) -> Vec<&Desc> {
        [self.connections.desc(), self.waiting.desc()].concat()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        self.connections.reset();
        self.waiting.reset();
        for (name, pool) in self.pools.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let status = pool.status();
            let count = |connections: usize| i64::try_from(connections).unwrap_or(i64::MAX);
            let in_use = status.size.saturating_sub(status.available);
            for (state, connections) in
                [("idle", status.available), ("in_use", in_use), ("max", status.max_size)]
            {
                self.connections.with_label_values(&[name, state]).add(count(connections));
            }
            self.waiting.with_label_values(&[name]).add(status.waiting as f64);
        }
        [self.connections.collect(), self.waiting.collect()].concat()
    }
}

fn opts(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace(NAMESPACE)
}

fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    collector: C,
) -> prometheus::Result<C> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn counter(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntCounter> {
    registered(registry, IntCounter::with_opts(opts(name, help))?)
}

fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntCounterVec> {
    registered(registry, IntCounterVec::new(opts(name, help), labels)?)
}

fn histogram(registry: &Registry, name: &str, help: &str) -> prometheus::Result<Histogram> {
    let buckets =
        vec![0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0];
    registered(
        registry,
        Histogram::with_opts(HistogramOpts::from(opts(name, help)).buckets(buckets))?,
    )
}
