//! Garmin Connect, against a local server that behaves like the real one, including its failures.

mod developer;
mod faults;
mod kill;
mod merging;
mod odd;
mod odd_answers;
mod odd_events;
mod personal;
mod webhook;

use serde_json::{Value, json};

use crate::support::{TestApp, User, garmin::Garmin, until};

const KEY: &str = "garmin-personal-key-0123456789";

async fn spawn(garmin: &Garmin) -> TestApp {
    spawn_patient(garmin, "0.1").await
}

/// A server that backs off for `backoff` seconds after a failure.
async fn spawn_patient(garmin: &Garmin, backoff: &str) -> TestApp {
    let mut settings = garmin.settings();
    settings.retain(|(name, _)| *name != "GARMIN_BACKOFF_SECS");
    settings.push(("GARMIN_BACKOFF_SECS", backoff.to_owned()));
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, &**value)).collect();
    TestApp::spawn_with(&settings).await
}

/// A server, Garmin, and a user who is connected with a key.
async fn connected(prepare: impl Fn(&Garmin)) -> (TestApp, Garmin, User) {
    let garmin = Garmin::start().await;
    garmin.add_key(KEY);
    prepare(&garmin);
    let app = spawn(&garmin).await;
    let ann = app.user("ann@example.com").await;
    app.post_as(&ann, "/me/garmin", &json!({"api_key": KEY})).await.expect(200);
    (app, garmin, ann)
}

async fn standing(app: &TestApp, user: &User) -> Value {
    app.get_as(user, "/me/garmin").await.expect(200).json()["connection"].clone()
}

/// Waits until the whole history at Garmin has been read.
async fn until_read(app: &TestApp, user: &User) -> Value {
    let mut now = Value::Null;
    until("all of Garmin's log is read", async || {
        now = standing(app, user).await;
        now["history"]["is_done"] == true && now["last_success_at"].is_string()
    })
    .await;
    now
}

/// Requests a sync and waits for its end.
async fn sync(app: &TestApp, user: &User) -> Value {
    app.post_as(user, "/me/garmin/sync", &json!({})).await.expect(202);
    let mut now = Value::Null;
    until("the last weeks are looked at", async || {
        now = standing(app, user).await;
        let next = now["next_sync_at"].as_str().unwrap_or("9999").to_owned();
        now["is_syncing"] == false && next > chrono::Utc::now().to_rfc3339()
    })
    .await;
    now
}

async fn activities(app: &TestApp, user: &User) -> Vec<Value> {
    let page = app.get_as(user, "/activities?limit=100").await.expect(200).json();
    page["activities"].as_array().unwrap().clone()
}
