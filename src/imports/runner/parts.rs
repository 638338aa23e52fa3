//! The dependencies of running imports.

use crate::{
    activities::originals::Storage, config::ImportConfig, db::Connector, jobs::Stopping,
    priority::Requests, telemetry::ImportMetrics,
};

/// The dependencies of a job.
#[derive(Clone)]
pub struct ImportContext {
    pub connector: Connector,
    pub config: ImportConfig,
    pub storage: Storage,
    pub metrics: ImportMetrics,
    pub stopping: Stopping,
    /// The requests that a job yields to.
    pub requests: Requests,
}
