//! What the server remembers of a request with an idempotency key: its value, and a short answer.

use actix_web::http::Method;
use serde_json::json;

use super::{listed, run};
use crate::support::{Answer, TestApp, User};

async fn post(app: &TestApp, user: &User, key: &str, body: &serde_json::Value) -> Answer {
    app.post_with_key(user, "/activities", key, body).await
}

/// A client that builds its body again may write the members in another order.
#[actix_rt::test]
async fn requests_are_the_same_when_their_values_are() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let authorization = format!("Bearer {}", ann.token);
    let send = async |body: &str| {
        let headers = [
            ("authorization", &*authorization),
            ("content-type", "application/json"),
            ("idempotency-key", "k"),
        ];
        app.send(Method::POST, "/activities", &headers, Some(body.as_bytes().to_vec())).await
    };
    let first = send(
        r#"{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1800,"device_data":{"a":[1,2],"b":"é"}}"#,
    )
    .await
    .expect(201);
    for same in [
        r#"{"duration_secs":1800,"device_data":{"b":"é","a":[1,2]},"started_at":"2026-05-04T08:00:00Z","activity_type":"run"}"#,
        r#" { "activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800.0,
              "device_data": {"a": [1e0, 2.0], "b": "\u00e9"} } "#,
    ] {
        assert_eq!(send(same).await.expect(201).body, first.body);
    }
    for other in [
        r#"{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1800,"device_data":{"a":[2,1],"b":"é"}}"#,
        r#"{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1801,"device_data":{"a":[1,2],"b":"é"}}"#,
        r#"{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1800}"#,
        // A double has no 18th digit.
        r#"{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1800,"device_data":{"a":[1.00000000000000001,2],"b":"é"}}"#,
    ] {
        send(other).await.expect_error(422, "idempotency_key_reused");
    }
    assert_eq!(listed(&app, &ann).await.len(), 1);
}

/// Numbers that no double can represent, in members that the server ignores, still make bodies
/// differ.
#[actix_rt::test]
async fn numbers_are_compared_to_their_last_digit() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let authorization = format!("Bearer {}", ann.token);
    for (key, one, other) in [
        ("k-1", "0.100000000000000001", "0.100000000000000002"),
        ("k-2", "123456789012345678901", "123456789012345678902"),
        ("k-3", "1e999", "2e999"),
    ] {
        let send = async |number: &str| {
            let body = format!(
                r#"{{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1800,"mine":{number}}}"#
            );
            let headers = [
                ("authorization", &*authorization),
                ("content-type", "application/json"),
                ("idempotency-key", key),
            ];
            app.send(Method::POST, "/activities", &headers, Some(body.into_bytes())).await
        };
        send(one).await.expect(201);
        send(one).await.expect(201);
        send(other).await.expect_error(422, "idempotency_key_reused");
    }
    assert_eq!(listed(&app, &ann).await.len(), 3);
}

/// What is kept for 30 days is small, however large the request was.
#[actix_rt::test]
async fn a_long_answer_is_repeated_and_not_kept() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut body = run();
    body["device_data"] = json!({"samples": vec![1.5; 20_000]});
    body["laps"] = json!([{"duration_secs": 60, "started_at": "2026-05-04T08:00:00Z"}]);
    let first = post(&app, &ann, "k", &body).await.expect(201);
    app.put_as(&ann, first.header("location"), &json!({"device_data": null})).await.expect(200);
    assert_eq!(post(&app, &ann, "k", &body).await.expect(201).json(), first.json());
    // A thousand errors are not stored. They are found again by the retry.
    let batch = json!({"activities": vec![json!({}); 1000]});
    let answer = app.post_with_key(&ann, "/activities/batch", "b", &batch).await.expect(200);
    let again = app.post_with_key(&ann, "/activities/batch", "b", &batch).await.expect(200);
    assert_eq!(again.body, answer.body);
    let largest = "SELECT max(length(answer::text)) FROM idempotent_answers";
    let largest: usize = app.database.text(largest).await.parse().unwrap();
    assert!(largest < 8192, "{largest}");
}

#[actix_rt::test]
async fn what_is_kept_of_a_request_cannot_be_guessed_at() {
    use sha2::{Digest, Sha256};
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    post(&app, &user, "k", &run()).await.expect(201);
    let digest =
        Sha256::new().chain_update("POST /activities\0").chain_update(run().to_string()).finalize();
    let plain: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let kept = app.database.text("SELECT encode(request, 'hex') FROM idempotent_answers").await;
    assert_eq!(kept.len(), plain.len());
    assert_ne!(kept, plain);
}
