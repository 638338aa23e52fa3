//! What is logged, and in which form.

use std::{
    fs::File,
    io::{IsTerminal, stdout},
    os::{fd::AsFd, unix::fs::MetadataExt},
};

use derive_more::{Display, FromStr};

use super::source::Source;

/// Where and how lines are written.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, the journal where systemd connected us to it, JSON otherwise.
    Auto,
    Text,
    Json,
    /// systemd's journal, in its own protocol: with priorities, and a field for each of ours.
    Journald,
}

/// Filter and form of the log.
#[derive(Clone, Debug)]
pub struct LoggingConfig {
    /// A tracing-subscriber `EnvFilter` directive list.
    pub filter: String,
    /// Never [`LogFormat::Auto`].
    pub format: LogFormat,
}

impl LoggingConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let filter: String = s.or("RUST_LOG", "info,actix_server=warn".to_owned());
        if let Err(error) = tracing_subscriber::EnvFilter::builder().parse(&filter) {
            s.fault("RUST_LOG", error.to_string());
        }
        let format = match s.or("LOG_FORMAT", LogFormat::Auto) {
            LogFormat::Auto if stdout().is_terminal() => LogFormat::Text,
            LogFormat::Auto if is_journal(s.plain("JOURNAL_STREAM")) => LogFormat::Journald,
            LogFormat::Auto => LogFormat::Json,
            format => format,
        };
        Self { filter, format }
    }
}

/// Whether standard output is the stream that `JOURNAL_STREAM` names by device and inode
/// (systemd.exec(5)): the variable alone is inherited by whatever a service starts.
fn is_journal(named: Option<&str>) -> bool {
    let output = stdout().as_fd().try_clone_to_owned().map(File::from);
    let output = output.and_then(|output| output.metadata());
    output.is_ok_and(|it| named == Some(&format!("{}:{}", it.dev(), it.ino())))
}
