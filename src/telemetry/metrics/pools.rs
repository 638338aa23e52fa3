//! Metrics of the database pools.

use std::sync::{Arc, Mutex, PoisonError};

use prometheus::{
    GaugeVec, IntGaugeVec,
    core::{Collector, Desc},
    proto::MetricFamily,
};

use super::opts;
use crate::db::Pool;

/// Reads the pools when metrics are scraped.
#[derive(Clone)]
pub(super) struct PoolCollector {
    pools: Arc<Mutex<Vec<(&'static str, Pool)>>>,
    connections: IntGaugeVec,
    waiting: GaugeVec,
}

impl PoolCollector {
    pub(super) fn new() -> prometheus::Result<Self> {
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

    /// Adds `pool` to the metrics of the pools called `name`.
    pub(super) fn watch(&self, name: &'static str, pool: Pool) {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner).push((name, pool));
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
