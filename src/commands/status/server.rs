//! The state of a running server, from `/readyz` and `/metrics`.

use std::{collections::BTreeMap, io};

use chrono::{DateTime, Utc};
use prometheus_parse::{Scrape, Value};
use serde::Serialize;

use crate::commands::healthcheck::get;

const LONGEST_FAULT: usize = 64 * 1024;
const METRICS_LIMIT: usize = 16 * 1024 * 1024;

/// A server, or why it could not be queried.
#[derive(Serialize)]
pub struct Server {
    pub url: String,
    /// Why it is not ready, or could not be queried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    #[serde(flatten)]
    pub figures: Option<Figures>,
}

/// Values from its metrics.
#[derive(Serialize)]
pub struct Figures {
    #[serde(rename = "server_version")]
    pub version: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    /// Database connections by pool and state, such as `http in_use`.
    pub pool: BTreeMap<String, f64>,
    pub waiting_for_connection: f64,
    pub hashing_pending: f64,
    /// Channels whose circuit breaker is open.
    pub open_breakers: Vec<String>,
}

impl Server {
    pub async fn ask(url: &str) -> Self {
        let url = url.trim_end_matches('/').to_owned();
        let fault = readiness(&url).await.err();
        let figures = metrics(&url).await.ok().map(|scrape| Figures::of(&scrape));
        Self { url, fault, figures }
    }

    pub fn problems(&self) -> Vec<String> {
        let breakers = self.figures.iter().flat_map(|figures| &figures.open_breakers);
        let breakers = breakers
            .map(|channel| format!("{channel} is failing; its messages wait until it recovers"));
        let fault = self.fault.iter().map(|fault| format!("the server is not ready: {fault}"));
        fault.chain(breakers).collect()
    }
}

async fn readiness(url: &str) -> Result<(), String> {
    let answer = get(&format!("{url}/readyz"), LONGEST_FAULT).await;
    let answer = answer.map_err(|failure| format!("{url}: {failure}"))?;
    if answer.status.is_success() {
        return Ok(());
    }
    let body = answer.body.unwrap_or_default();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let error = body.get("error").and_then(|error| error.as_str());
    Err(error.map_or_else(|| answer.status.to_string(), str::to_owned))
}

async fn metrics(url: &str) -> Result<Scrape, Box<dyn std::error::Error>> {
    let answer = get(&format!("{url}/metrics"), METRICS_LIMIT).await?;
    let text = String::from_utf8(answer.body?)?;
    Ok(Scrape::parse(text.lines().map(|line| io::Result::Ok(line.to_owned())))?)
}

impl Figures {
    fn of(scrape: &Scrape) -> Self {
        let named = |name: &'static str| {
            scrape.samples.iter().filter(move |sample| sample.metric == name).filter_map(|sample| {
                match sample.value {
                    Value::Gauge(value) | Value::Counter(value) | Value::Untyped(value) => {
                        Some((&sample.labels, value))
                    }
                    Value::Histogram(_) | Value::Summary(_) => None,
                }
            })
        };
        let sum = |name| named(name).map(|(_, value)| value).sum();
        let label = |labels: &prometheus_parse::Labels, name: &str| {
            labels.get(name).unwrap_or_default().to_owned()
        };
        Self {
            version: named("sports_log_build_info")
                .next()
                .map(|(labels, _)| label(labels, "version")),
            started_at: named("process_start_time_seconds")
                .next()
                .and_then(|(_, seconds)| DateTime::from_timestamp(seconds as i64, 0)),
            pool: named("sports_log_db_pool_connections")
                .map(|(labels, value)| {
                    (format!("{} {}", label(labels, "pool"), label(labels, "state")), value)
                })
                .collect(),
            waiting_for_connection: sum("sports_log_db_pool_waiting"),
            hashing_pending: sum("sports_log_hashing_pending"),
            open_breakers: named("sports_log_outbox_breaker_open")
                .filter(|(_, open)| *open > 0.0)
                .map(|(labels, _)| label(labels, "channel"))
                .collect(),
        }
    }
}
