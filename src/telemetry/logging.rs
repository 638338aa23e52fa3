//! The process's log: text on a terminal, fields for the journal, otherwise JSON.

use std::{
    io::{IsTerminal, Stdout, stdout},
    thread,
};

use tracing_subscriber::{EnvFilter, Registry, fmt, layer::Layered, prelude::*};

use super::{
    batches::{Batches, LastBatch},
    json,
};
use crate::config::{LogFormat, LoggingConfig};

/// Installs the log for the whole process. A second call changes nothing. Keep the returned value
/// until the process ends.
#[must_use]
pub fn init(config: &LoggingConfig) -> Option<LastBatch<Stdout>> {
    let log = tracing_subscriber::registry().with(EnvFilter::new(&config.filter));
    // `try_init` fails only if a log is already installed, which is fine.
    match config.format {
        LogFormat::Text => {
            let text = fmt::layer().with_target(false).with_ansi(stdout().is_terminal());
            let _ = log.with(text).try_init();
            None
        }
        LogFormat::Auto | LogFormat::Json => Some(write_json(log)),
        LogFormat::Journald => match tracing_journald::layer() {
            Ok(journal) => {
                let _ = log.with(journal.with_field_prefix(None)).try_init();
                None
            }
            Err(error) => {
                let last = write_json(log);
                tracing::warn!(error = %error, "cannot reach the journal; logging to standard output");
                Some(last)
            }
        },
    }
}

fn write_json(log: Layered<EnvFilter, Registry>) -> LastBatch<Stdout> {
    let batches = Batches::to(stdout());
    let (lines, writing) = (batches.clone(), batches.clone());
    thread::spawn(move || writing.keep_writing());
    let _ = log.with(json::layer(lines)).try_init();
    LastBatch(batches)
}
