//! Clients that are offline and retry later: idempotency keys, conditional requests, batches, the
//! change feed, the export.

mod batch;
mod batch_changes;
mod changes;
mod chosen_ids;
mod conditional;
mod device;
mod devices;
mod export;
mod include;
mod keys;
mod model;
mod names;
mod network;
mod retries;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, User};

fn run() -> Value {
    json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800})
}

fn named(external_id: &str, duration_secs: i64) -> Value {
    let mut body = run();
    body["external_id"] = external_id.into();
    body["source"] = "garmin".into();
    body["duration_secs"] = duration_secs.into();
    body
}

/// A request with additional headers.
async fn send(
    app: &TestApp,
    user: &User,
    (method, path): (Method, &str),
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Answer {
    let authorization = format!("Bearer {}", user.token);
    let mut all = vec![("authorization", authorization.as_str())];
    if body.is_some() {
        all.push(("content-type", "application/json"));
    }
    all.extend_from_slice(headers);
    app.send(method, path, &all, body.map(|body| body.to_string().into_bytes())).await
}

/// All activities, by walking through the list.
async fn listed(app: &TestApp, user: &User) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            app.get_as(user, &format!("/activities?limit=100{cursor}")).await.expect(200).json();
        all.extend(page["activities"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}
