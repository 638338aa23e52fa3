//! `healthcheck`: an exit code for containers whose image has no curl.

use std::{net::SocketAddr, time::Duration};

use super::CommandResult;
use crate::config::Source;

/// Asks `GET /readyz` of `url`, or of the server that `BIND_ADDR` describes.
pub fn healthcheck(url: Option<String>) -> CommandResult {
    let url = url.unwrap_or_else(|| {
        let addr =
            Source::from_environment().or("BIND_ADDR", SocketAddr::from(([0, 0, 0, 0], 3000)));
        let host = match addr {
            _ if !addr.ip().is_unspecified() => addr.ip().to_string(),
            SocketAddr::V4(_) => "127.0.0.1".into(),
            SocketAddr::V6(_) => "[::1]".into(),
        };
        format!("http://{host}:{}", addr.port())
    });
    let url = format!("{}/readyz", url.trim_end_matches('/'));
    actix_rt::System::new().block_on(async {
        let client =
            awc::Client::builder().disable_redirects().timeout(Duration::from_secs(5)).finish();
        let mut response =
            client.get(&url).send().await.map_err(|error| format!("{url}: {error}"))?;
        if response.status().is_success() {
            return Ok(());
        }
        let body = response.body().limit(64 * 1024).await.unwrap_or_default();
        Err(format!("{url}: {} {}", response.status(), String::from_utf8_lossy(&body)).into())
    })
}
