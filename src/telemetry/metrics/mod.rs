//! All metrics, in a separate registry, so that two servers in one process do not share it.

mod delivery;
mod making;
mod pools;

use actix_web_prom::{PrometheusMetrics, PrometheusMetricsBuilder};
use prometheus::{IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry, TextEncoder};

pub use self::delivery::DeliveryMetrics;
use self::pools::PoolCollector;
use crate::{
    credentials::{HasherMetrics, LoginMethod},
    db::Pool,
};
use making::NAMESPACE;
use making::{counter, counters, histogram, opts, registered};

/// In seconds, from a cached point read to a login behind a queue.
const REQUEST_BUCKETS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// All metrics of the server.
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
    pub imports: ImportMetrics,
}

/// Metrics of imports.
#[derive(Clone)]
pub struct ImportMetrics {
    /// Files by outcome.
    pub files: IntCounterVec,
    /// Finished events of Garmin by outcome.
    pub garmin_events: IntCounterVec,
    pub activities_created: IntCounter,
    /// Attempts to store something that failed because of `ORIGINALS_DIR`.
    pub storage_faults: IntCounter,
}

impl Metrics {
    /// Fails only if two metrics have the same name.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let r = &registry;
        let pools = PoolCollector::new()?;
        r.register(Box::new(pools.clone()))?;
        let build_info = registered(
            r,
            IntGaugeVec::new(
                opts("build_info", "Always 1, labelled with the running version"),
                &["version"],
            )?,
        )?;
        build_info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let activities_created = counter(r, "activities_created_total", "Activities created")?;
        let imports = ImportMetrics {
            files: counters(r, "import_files_total", "Files read by imports", &["outcome"])?,
            garmin_events: counters(
                r,
                "garmin_events_total",
                "Processed events from Garmin",
                &["outcome"],
            )?,
            activities_created: activities_created.clone(),
            storage_faults: counter(
                r,
                "storage_faults_total",
                "Failed attempts to store original files in ORIGINALS_DIR",
            )?,
        };
        let metrics = Self {
            pools,
            logins: counters(r, "logins_total", "Login attempts", &["method", "status"])?,
            limits: counters(
                r,
                "rate_limit_decisions_total",
                "Requests that a limit allowed or refused",
                &["limit", "decision"],
            )?,
            users_registered: counter(r, "users_registered_total", "Accounts created")?,
            activities_created,
            imports,
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
                    "Seconds from requesting a password hash to getting it",
                )?,
            },
            delivery: DeliveryMetrics::new(r)?,
            registry,
        };
        // Create the series that alerts use, so that they exist before their first event.
        for method in LoginMethod::ALL {
            for status in ["success", "failure"] {
                metrics.logins.with_label_values(&[method.to_string().as_str(), status]);
            }
        }
        for limit in ["message_recipient", "message_network", "texts_day"] {
            metrics.limit_decisions(limit);
        }
        for outcome in ["done", "unreadable", "gave_up"] {
            metrics.imports.garmin_events.with_label_values(&[outcome]);
        }
        Ok(metrics)
    }

    pub fn count_login(&self, method: LoginMethod, succeeded: bool) {
        let status = if succeeded { "success" } else { "failure" };
        self.logins.with_label_values(&[method.to_string().as_str(), status]).inc();
    }

    /// The counters of requests that the limit `name` allows and rejects.
    pub fn limit_decisions(&self, name: &str) -> (IntCounter, IntCounter) {
        let of = |decision| self.limits.with_label_values(&[name, decision]);
        (of("allowed"), of("refused"))
    }

    pub fn count_limit(&self, name: &str, is_allowed: bool) {
        let (allowed, refused) = self.limit_decisions(name);
        if is_allowed { allowed.inc() } else { refused.inc() }
    }

    /// Adds `pool` to the metrics of the pools called `name`.
    pub fn watch_pool(&self, name: &'static str, pool: Pool) {
        self.pools.watch(name, pool);
    }

    /// All metrics in the text format of Prometheus.
    pub fn render(&self) -> prometheus::Result<String> {
        let mut families = self.registry.gather();
        // The library's own registry has the metrics of the process.
        families.extend(prometheus::gather());
        TextEncoder::new().encode_to_string(&families)
    }

    /// The middleware that counts and times requests.
    pub fn http_middleware(&self) -> std::io::Result<PrometheusMetrics> {
        PrometheusMetricsBuilder::new(NAMESPACE)
            .registry(self.registry.clone())
            .buckets(&REQUEST_BUCKETS)
            // Unknown paths must not become labels, because clients could create
            // any number of them.
            .mask_unmatched_patterns("unknown")
            .build()
            .map_err(std::io::Error::other)
    }
}
