//! `healthcheck`: an exit code for containers whose image has no curl.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use awc::http::Method;

use super::CommandResult;
use crate::{
    config::Source,
    outgoing::{Answer, Bounds, Failure, Outgoing, exchange},
};

const PATIENCE: Duration = Duration::from_secs(5);

/// Requests `GET /readyz` from `url`, or from the server at `BIND_ADDR`.
pub fn healthcheck(source: &mut Source, url: Option<String>) -> CommandResult {
    let url = url.unwrap_or_else(|| own_url(source));
    let url = format!("{}/readyz", url.trim_end_matches('/'));
    actix_rt::System::new().block_on(async {
        let answer = get(&url, 64 * 1024).await.map_err(|failure| format!("{url}: {failure}"))?;
        if answer.status.is_success() {
            return Ok(());
        }
        let body = answer.body.unwrap_or_default();
        Err(format!("{url}: {} {}", answer.status, String::from_utf8_lossy(&body)).into())
    })
}

/// Requests `url` from a server of sports-log, with a timeout of five seconds.
/// Needs an actix system.
pub(super) async fn get(url: &str, body_bytes: usize) -> Result<Answer, Failure> {
    let bounds = Bounds { patience: PATIENCE, body_patience: PATIENCE, body_bytes };
    exchange(Outgoing::default().request(Method::GET, url)?.send(), bounds).await
}

/// The URL of the server at `BIND_ADDR`, as seen from this machine.
pub(super) fn own_url(source: &mut Source) -> String {
    let default = SocketAddr::from(([0, 0, 0, 0], 3000));
    local_url(source.or("BIND_ADDR", default))
}

/// The URL by which this machine reaches a server that listens at `addr`.
pub(super) fn local_url(addr: SocketAddr) -> String {
    let host = match addr {
        _ if !addr.ip().is_unspecified() => addr.ip(),
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}", SocketAddr::new(host, addr.port()))
}
