//! The process's log: text for people at a terminal, fields for the journal, JSON for everything else.

use std::io::{IsTerminal, stdout};

use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, fmt, fmt::MakeWriter, prelude::*, registry::LookupSpan};

use super::batches::{Batches, LastBatch};
use crate::config::{LogFormat, LoggingConfig};

/// Installs the log for the whole process, once; a second call changes nothing. What it returns is to be kept until
/// the process ends.
#[must_use]
pub fn init(config: &LoggingConfig) -> Option<LastBatch> {
    let log = tracing_subscriber::registry().with(EnvFilter::new(&config.filter));
    // An error means that a log is installed already, which is just what is wanted.
    let _ = match config.format {
        LogFormat::Text => {
            log.with(fmt::layer().with_target(false).with_ansi(stdout().is_terminal())).try_init()
        }
        LogFormat::Auto | LogFormat::Json => {
            let batches = Batches::start();
            let _ = log.with(json(batches.clone())).try_init();
            return Some(LastBatch(batches));
        }
        LogFormat::Journald => match tracing_journald::layer() {
            Ok(journal) => log.with(journal.with_field_prefix(None)).try_init(),
            Err(error) => {
                let installed = log.with(json(stdout)).try_init();
                tracing::warn!(error = %error, "the journal cannot be reached, logging to standard output");
                installed
            }
        },
    };
    None
}

fn json<S, W>(writer: W) -> json_subscriber::fmt::Layer<S, W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    json_subscriber::fmt::layer().flatten_event(true).with_span_list(false).with_writer(writer)
}
