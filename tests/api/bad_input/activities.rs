//! The endpoints below `/activities` that take a body.

use actix_web::http::Method;
use serde_json::json;

use super::{
    Endpoint, Field,
    Presence::{self, NotNull, Nullable, Required},
    texts, values,
};
use crate::support::TestApp;

fn fields(of_required: Presence) -> Vec<Field> {
    let field = |name, presence, values| Field { name, presence, values };
    vec![
        field("activity_type", of_required, texts::activity_type()),
        field("started_at", of_required, texts::started_at()),
        field("duration_secs", of_required, values::whole_number(31_622_400)),
        field("distance_meters", Nullable, values::number(100_000_000)),
        field("calories", Nullable, values::whole_number(1_000_000)),
        field("notes", Nullable, texts::notes()),
        field("source", Nullable, texts::source()),
        field("title", Nullable, texts::name()),
        field("elapsed_secs", Nullable, values::whole_number(31_622_400)),
        field("moving_secs", Nullable, values::whole_number(31_622_400)),
        field("elevation_gain_meters", Nullable, values::number(1_000_000)),
        field("elevation_loss_meters", Nullable, values::number(1_000_000)),
        field("avg_power_watts", Nullable, values::whole_number(10_000)),
        field("avg_cadence", Nullable, values::number(1000)),
        field("device", Nullable, texts::name()),
        field("sport_raw", Nullable, texts::name()),
        field("device_data", Nullable, values::device_data()),
    ]
}

fn endpoint(method: Method, path: &str, status: u16, fields: Vec<Field>) -> Endpoint {
    let valid = json!({
        "activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800,
        "distance_meters": 5000.5, "calories": 320, "notes": "", "source": "manual", "device_data": {},
    });
    Endpoint { method, path: path.to_owned(), valid, taken: (status, ""), fields }
}

#[actix_rt::test]
async fn every_field_of_an_activity_is_checked() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let endpoint = endpoint(Method::POST, "/activities", 201, fields(Required));
    endpoint.try_all(&app, &user).await;
}

#[actix_rt::test]
async fn every_field_of_a_change_is_checked() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let create = endpoint(Method::POST, "/activities", 201, Vec::new());
    let created = create.send(&app, &user, &create.valid.to_string()).await.expect(201);
    let path = created.header("location");
    endpoint(Method::PUT, path, 200, fields(NotNull)).try_all(&app, &user).await;
}

/// Every accepted value can be read again, in an answer that follows the contract.
#[actix_rt::test]
async fn what_was_taken_can_be_shown() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let endpoint = endpoint(Method::POST, "/activities", 201, fields(Required));
    for field in &endpoint.fields {
        for (raw, _) in field.values.iter().filter(|(_, verdict)| *verdict == super::Taken) {
            let body = endpoint.body_with(field.name, &[raw]);
            let answer = endpoint.send(&app, &user, &body).await.expect(201);
            let shown = app.get_as(&user, answer.header("location")).await.expect(200).json();
            assert_eq!(shown, answer.json(), "{} {raw:.80}", field.name);
            let started_at = shown["started_at"].as_str().unwrap();
            assert!(
                chrono::DateTime::parse_from_rfc3339(started_at).is_ok(),
                "{raw}: {started_at}"
            );
            assert!(shown["distance_meters"].as_f64().is_some_and(f64::is_finite), "{shown}");
        }
    }
    app.get_as(&user, "/activities?limit=100").await.expect(200);
}
