//! What systemd is told of a server (sd_notify(3)). Nothing, where nobody listens.

use std::time::Duration;

use actix_rt::task::JoinHandle;
use awc::http::Method;
use sd_notify::NotifyState;

use crate::outgoing::{Bounds, Outgoing, exchange};

/// "It serves": units ordered after ours may start.
pub fn ready(port: u16) {
    tell(&[NotifyState::Ready, NotifyState::Status(&format!("serving on port {port}"))]);
}

/// "It ends because it was asked to": what was begun is finished within the watchdog's patience.
pub fn stopping() {
    let status = NotifyState::Status("finishing what was begun");
    tell(&[NotifyState::Stopping, NotifyState::Watchdog, status]);
}

/// Keeps the watchdog quiet (`WatchdogSec=`) while the HTTP workers answer; a process that is
/// there but answers nobody is started again. A database that is gone is no reason for that.
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
                Ok(answer) if answer.status.is_success() => tell(&[NotifyState::Watchdog]),
                Ok(answer) => tracing::error!(http.status = answer.status.as_u16(), "unhealthy"),
                Err(error) => tracing::error!(error = %error, "unhealthy"),
            }
        }
    }))
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(error = %error, "cannot tell systemd how we are");
    }
}
