//! What running imports needs.

use crate::{
    activities::originals::Storage, config::ImportConfig, db::Connector, jobs::Stopping,
    priority::Requests, telemetry::ImportMetrics,
};

/// What a job needs.
#[derive(Clone)]
pub struct Parts {
    pub connector: Connector,
    pub config: ImportConfig,
    pub storage: Storage,
    pub metrics: ImportMetrics,
    pub stopping: Stopping,
    /// Those that it gives way to.
    pub requests: Requests,
}
