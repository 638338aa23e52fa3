//! The process's log: text for people at a terminal, JSON for everything else.

use std::io::{IsTerminal, stdout};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{LogFormat, LoggingConfig};

/// Installs the log for the whole process, once; a second call changes nothing.
pub fn init(config: &LoggingConfig) {
    let filter = EnvFilter::new(&config.filter);
    let as_text = match config.format {
        LogFormat::Auto => stdout().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let log = fmt().with_env_filter(filter);
    // An error means that a log is installed already, which is just what is wanted.
    let _ = if as_text {
        log.with_target(false).with_ansi(stdout().is_terminal()).try_init()
    } else {
        log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
}
