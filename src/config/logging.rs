//! What is logged, and in which form.

use derive_more::{Display, FromStr};

use super::source::Source;

/// Human-readable or JSON lines.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    Text,
    Json,
}

/// Filter and form of the log.
#[derive(Clone, Debug)]
pub struct LoggingConfig {
    /// A tracing-subscriber `EnvFilter` directive list.
    pub filter: String,
    pub format: LogFormat,
}

impl LoggingConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let filter: String = s.or("RUST_LOG", "info,actix_server=warn".to_owned());
        if let Err(error) = tracing_subscriber::EnvFilter::builder().parse(&filter) {
            s.fault("RUST_LOG", error.to_string());
        }
        Self { filter, format: s.or("LOG_FORMAT", LogFormat::Auto) }
    }
}
