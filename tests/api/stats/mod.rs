//! Statistics of the log.

mod efforts;
mod exact;
mod goals;
mod records;
mod streaks;
mod summary;

use serde_json::{Value, json};

use crate::support::{TestApp, User};

/// Logs an activity. Returns its path.
async fn log(app: &TestApp, user: &User, kind: &str, started_at: &str, more: Value) -> String {
    let mut body = json!({"activity_type": kind, "started_at": started_at, "duration_secs": 600});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = app.post_as(user, "/activities", &body).await.expect(201);
    answer.header("location").to_owned()
}

async fn summary(app: &TestApp, user: &User, query: &str) -> Value {
    app.get_as(user, &format!("/stats/summary?{query}")).await.expect(200).json()
}

/// The name of each bucket, and its number of activities.
fn counts(summary: &Value) -> Vec<(String, i64)> {
    let buckets = summary["buckets"].as_array().unwrap().iter();
    let name = |bucket: &Value| match &bucket["activity_type"] {
        Value::String(name) => name.clone(),
        _ => format!("{}..{}", bucket["from"].as_str().unwrap(), bucket["to"].as_str().unwrap()),
    };
    buckets.map(|bucket| (name(bucket), bucket["activities"].as_i64().unwrap())).collect()
}
