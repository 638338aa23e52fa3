//! The signals that end a server.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Resolves at SIGTERM or SIGINT (Ctrl-C). Must be made before work that should not be cut short.
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
