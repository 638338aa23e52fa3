//! Notifications to systemd (sd_notify(3)). They do nothing without systemd.

use std::time::Duration;

use actix_rt::task::JoinHandle;
use awc::http::Method;
use sd_notify::NotifyState;

use crate::outgoing::{Bounds, Outgoing, exchange};

/// Notifies that the server is ready, so that units ordered after it can start.
pub fn ready(port: u16) {
    notify(&[NotifyState::Ready, NotifyState::Status(&format!("serving on port {port}"))]);
}

/// Notifies that the server is stopping. Open requests must finish within the watchdog's timeout.
pub fn stopping() {
    let status = NotifyState::Status("finishing open requests");
    notify(&[NotifyState::Stopping, NotifyState::Watchdog, status]);
}

/// Feeds the watchdog (`WatchdogSec=`) while the HTTP workers respond, so that systemd restarts a
/// process that has stopped responding. An unreachable database does not cause a restart.
pub fn watch(server: &str) -> Option<JoinHandle<()>> {
    let period = sd_notify::watchdog_enabled()? / 2;
    let url = format!("{server}/healthz");
    Some(actix_rt::spawn(async move {
        let outgoing = Outgoing::default();
        let patience = period.min(Duration::from_secs(5));
        let bounds = Bounds { patience, body_patience: patience, body_bytes: 64 * 1024 };
        let mut ticks = tokio::time::interval(period);
        loop {
            ticks.tick().await;
            let answer =
                async { exchange(outgoing.request(Method::GET, &url)?.send(), bounds).await };
            match answer.await {
                Ok(answer) if answer.status.is_success() => notify(&[NotifyState::Watchdog]),
                Ok(answer) => tracing::error!(http.status = answer.status.as_u16(), "unhealthy"),
                Err(error) => tracing::error!(error = %error, "unhealthy"),
            }
        }
    }))
}

fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(error = %error, "cannot notify systemd");
    }
}
