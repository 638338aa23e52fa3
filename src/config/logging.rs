//! The filter and format of the log.

use std::{
    fs::File,
    io::{IsTerminal, stdout},
    os::{fd::AsFd, unix::fs::MetadataExt},
};

use derive_more::{Display, FromStr};

use super::source::Source;

/// The format of the log.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, the journal if systemd connected the output to it, otherwise JSON.
    Auto,
    Text,
    Json,
    /// systemd's journal in its native protocol, with priorities and structured fields.
    Journald,
}

/// The filter and format of the log.
#[derive(Clone, Debug)]
pub struct LoggingConfig {
    /// A directive list of tracing-subscriber's `EnvFilter`.
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

/// Whether standard output is the stream that `JOURNAL_STREAM` identifies by device and inode
/// (systemd.exec(5)). The variable alone does not suffice, because child processes inherit it.
fn is_journal(named: Option<&str>) -> bool {
    let output = stdout().as_fd().try_clone_to_owned().map(File::from);
    let output = output.and_then(|output| output.metadata());
    output.is_ok_and(|it| named == Some(&format!("{}:{}", it.dev(), it.ino())))
}
