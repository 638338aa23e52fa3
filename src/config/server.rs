//! The address on which the server listens, and its public URL.

use std::{net::SocketAddr, str::FromStr, time::Duration};

use derive_more::Display;

use super::{
    source::Source,
    units::{Count, HttpUrl, Seconds, Switch},
};

/// The listening address, the workers, and public names.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    pub bind_addr: SocketAddr,
    /// Worker threads. Each handles requests independently.
    pub workers: usize,
    /// The start of links in mails, without a trailing slash.
    pub base_url: String,
    /// The host of `base_url`, by which phones recognise the codes of this server.
    pub domain: String,
    /// The origins whose web pages may use the API.
    pub cors_origins: Vec<String>,
    /// How long requests are still accepted after the stop signal, while `/healthz`
    /// and `/readyz` fail.
    pub shutdown_notice: Duration,
    /// The product's name in mails and pages.
    pub product_name: String,
    /// Whether `/` shows the web client.
    pub web_client: bool,
}

impl ServerConfig {
    pub(super) fn read(s: &mut Source) -> Option<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let bind_addr = s.or("BIND_ADDR", SocketAddr::from(([0, 0, 0, 0], 3000)));
        let base_url = s.required::<HttpUrl>("APP_BASE_URL");
        let workers = s.or("HTTP_WORKERS", Count(cores)).0;
        let shutdown_notice =
            s.optional::<Seconds>("SHUTDOWN_NOTICE_SECS").map(Into::into).unwrap_or_default();
        let product_name = s.or("APP_NAME", ProductName("sports-log".into())).0;
        let web_client = s.or("WEB_CLIENT", Switch(true)).0;
        let cors_origins = s.or("CORS_ALLOWED_ORIGINS", Origins(Vec::new())).0;
        let HttpUrl(base_url) = base_url?;
        let domain = url::Url::parse(&base_url).ok()?.host_str()?.to_owned();
        Some(Self {
            bind_addr,
            workers,
            base_url,
            domain,
            cors_origins,
            shutdown_notice,
            product_name,
            web_client,
        })
    }
}

/// Origins of this machine, on any port.
const ANY_PORT: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

/// Origins as browsers send them (RFC 6454, section 6.2), separated by commas.
#[derive(Display)]
#[display("{}", _0.join(","))]
struct Origins(Vec<String>);

impl FromStr for Origins {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let origins = text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| {
            // Any port, but of this machine only: development servers choose their own.
            if ANY_PORT.contains(&part) {
                return Ok(part.to_owned());
            }
            let origin = url::Url::parse(part).ok().map(|url| url.origin().ascii_serialization());
            origin
                .filter(|origin| origin == part)
                .ok_or_else(|| format!("{part} is not an origin such as https://app.example.com"))
        });
        origins.collect::<Result<_, _>>().map(Self)
    }
}

#[derive(Display)]
struct ProductName(String);

impl FromStr for ProductName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().count() > 60 || text.chars().any(char::is_control) {
            return Err("must be at most 60 characters, without control characters");
        }
        Ok(Self(text.to_owned()))
    }
}
