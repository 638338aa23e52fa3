//! Helpers to create and register metrics.

use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, Opts, Registry, core::Collector,
};

/// The prefix of all metrics' names.
pub const NAMESPACE: &str = "sports_log";

/// Options with a name and a help text.
pub fn opts(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace(NAMESPACE)
}

/// Registers and returns a collector.
pub fn registered<C: Collector + Clone + 'static>(
    registry: &Registry,
    collector: C,
) -> prometheus::Result<C> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

/// A registered counter.
pub fn counter(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntCounter> {
    registered(registry, IntCounter::with_opts(opts(name, help))?)
}

/// Registered counters, one per combination of labels.
pub fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntCounterVec> {
    registered(registry, IntCounterVec::new(opts(name, help), labels)?)
}

/// A registered histogram.
pub fn histogram(registry: &Registry, name: &str, help: &str) -> prometheus::Result<Histogram> {
    let buckets =
        vec![0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0];
    registered(
        registry,
        Histogram::with_opts(HistogramOpts::from(opts(name, help)).buckets(buckets))?,
    )
}
