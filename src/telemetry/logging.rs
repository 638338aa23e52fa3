//! The process's log: text for people at a terminal, fields for the journal, JSON for everything else.

use std::io::{IsTerminal, stdout};

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::{LogFormat, LoggingConfig};

/// Installs the log for the whole process, once; a second call changes nothing.
pub fn init(config: &LoggingConfig) {
    let log = tracing_subscriber::registry().with(EnvFilter::new(&config.filter));
    let json = || json_subscriber::fmt::layer().flatten_event(true).with_span_list(false);
    // An error means that a log is installed already, which is just what is wanted.
    let _ = match config.format {
        LogFormat::Text => {
            log.with(fmt::layer().with_target(false).with_ansi(stdout().is_terminal())).try_init()
        }
        LogFormat::Auto | LogFormat::Json => log.with(json()).try_init(),
        LogFormat::Journald => match tracing_journald::layer() {
            Ok(journal) => log.with(journal.with_field_prefix(None)).try_init(),
            Err(error) => {
                let installed = log.with(json()).try_init();
                tracing::warn!(error = %error, "the journal cannot be reached, logging to standard output");
                installed
            }
        },
    };
}
