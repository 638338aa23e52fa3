//! What operators see: log lines, the span of each request, metrics.

mod batches;
mod json;
mod logging;
mod metrics;
mod request_span;

pub use logging::init as init_logging;
pub use metrics::{DeliveryMetrics, ImportMetrics, Metrics};
pub use request_span::RequestSpan;
