//! Logging and metrics.

mod batches;
mod json;
mod logging;
mod metrics;

pub use logging::init as init_logging;
pub use metrics::{DeliveryMetrics, ImportMetrics, Metrics};
