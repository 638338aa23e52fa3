//! The signals that stop a server.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Resolves on SIGTERM or SIGINT (Ctrl-C). Call this before any work that a signal
/// must not interrupt.
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
