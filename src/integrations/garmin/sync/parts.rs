//! The dependencies of work on a connection.

use crate::{
    activities::originals::Storage,
    config::GarminConfig,
    db::Pool,
    jobs::Stopping,
    providers::{Outbound, TokenCipher},
    telemetry::ImportMetrics,
};

/// The dependencies of work on a connection.
pub struct SyncContext {
    pub pool: Pool,
    pub config: GarminConfig,
    pub cipher: TokenCipher,
    pub outbound: Outbound,
    pub redirect_uri: String,
    pub metrics: ImportMetrics,
    pub storage: Storage,
    pub stopping: Stopping,
}
