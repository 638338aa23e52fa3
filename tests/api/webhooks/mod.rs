//! Webhooks: payloads, signatures, failures, and addresses that they never reach.

mod budget;
mod consent;
mod events;
mod failures;
mod fairness;
mod goals;
mod odd_receivers;
mod payloads;
mod reach;
mod records;

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{TestApp, User, receiver::Receiver, until};

fn run() -> Value {
    json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800})
}

/// A server that may post to this machine and trusts the receiver.
async fn app_for(receiver: &Receiver) -> TestApp {
    TestApp::spawn_with(&receiver.settings()).await
}

async fn hook(app: &TestApp, user: &User, body: &Value) -> Value {
    app.post_as(user, "/me/webhooks", body).await.expect(201).json()
}

async fn delivery_log(app: &TestApp, user: &User, webhook: &Value) -> Vec<Value> {
    let path = format!("/me/webhooks/{}/deliveries", webhook["id"].as_str().unwrap());
    app.get_as(user, &path).await.expect(200).json()["deliveries"].as_array().unwrap().clone()
}

#[actix_rt::test]
async fn what_happens_to_the_log_is_posted_and_signed() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    app.post_as(&bob, "/activities", &run()).await.expect(201);
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201);
    receiver.got(1).await;
    let changed = app
        .put_as(&ann, created.header("location"), &json!({"notes": "ü"}))
        .await
        .expect(200)
        .json();
    receiver.got(2).await;
    app.request(&ann, Method::DELETE, created.header("location"), None).await.expect(204);
    let posts = receiver.got(3).await;
    assert_eq!(posts.len(), 3);
    for post in &posts {
        assert!(post.is_signed_by(&webhook["secret"]));
        assert_eq!(post.header("content-type"), "application/json");
        let age = chrono::Utc::now().timestamp()
            - post.header("webhook-timestamp").parse::<i64>().unwrap();
        assert!((0..60).contains(&age), "{age}");
    }
    let types: Vec<Value> = posts.iter().map(|post| post.json()["type"].clone()).collect();
    assert_eq!(types, ["activity.created", "activity.updated", "activity.deleted"]);
    let told = posts[1].json()["data"].clone();
    for name in ["id", "activity_type", "duration_secs", "notes", "revision", "source"] {
        assert_eq!(told[name], changed[name], "{name}");
    }
    assert!(told.get("user_id").is_none() && told.get("device_data").is_none());
    assert_eq!(posts[2].json()["data"]["id"], changed["id"]);
    until("the log says so", async || {
        let log = delivery_log(&app, &ann, &webhook).await;
        log.len() == 3 && log.iter().all(|delivery| delivery["response_status"] == 200)
    })
    .await;
    let log = delivery_log(&app, &ann, &webhook).await;
    let ids: Vec<&str> =
        log.iter().rev().map(|delivery| delivery["id"].as_str().unwrap()).collect();
    assert_eq!(ids, posts.iter().map(|post| post.header("webhook-id")).collect::<Vec<_>>());
}

#[actix_rt::test]
async fn only_what_was_asked_for_is_told() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let events = json!(["activity.deleted"]);
    let webhook = hook(&app, &ann, &json!({"url": receiver.url, "events": events})).await;
    let batch = json!({"activities": [run(), run(), run()]});
    let created = app.post_as(&ann, "/activities/batch", &batch).await.expect(200).json();
    for result in created["results"].as_array().unwrap() {
        let path = format!("/activities/{}", result["id"].as_str().unwrap());
        app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    }
    // The event contains the last revision: an older event that arrives later is recognised as old.
    let ended = receiver
        .got(3)
        .await
        .iter()
        .map(|post| post.json()["data"]["revision"].clone())
        .collect::<Vec<_>>();
    assert!(
        ended.iter().all(|revision| (1..=3).contains(&revision.as_i64().unwrap())),
        "{ended:?}"
    );
    let path = format!("/me/webhooks/{}", webhook["id"].as_str().unwrap());
    let disabled = app.put_as(&ann, &path, &json!({"enabled": false})).await.expect(200).json();
    assert!(disabled["disabled_at"].is_string());
    app.put_as(&ann, &path, &json!({"events": ["activity.created"]})).await.expect(200);
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_deliveries").await, "3");
    app.put_as(&ann, &path, &json!({"enabled": true})).await.expect(200);
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    assert_eq!(receiver.got(4).await[3].json()["type"], "activity.created");
}

#[actix_rt::test]
async fn webhooks_are_their_owners_and_not_too_many() {
    // No receiver exists that could agree. The short deadline makes that known soon.
    let app = TestApp::spawn_with(&[("DELIVERY_DEADLINE_SECS", "0.5")]).await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let body = json!({"url": "https://hooks.example.com/x"});
    let webhook = hook(&app, &ann, &body).await;
    let path = format!("/me/webhooks/{}", webhook["id"].as_str().unwrap());
    app.put_as(&bob, &path, &json!({"enabled": false})).await.expect_error(404, "not_found");
    app.get_as(&bob, &format!("{path}/deliveries")).await.expect_error(404, "not_found");
    app.request(&bob, Method::DELETE, &path, None).await.expect_error(404, "not_found");
    for wrong in [
        json!({}),
        json!({"url": "http://hooks.example.com"}),
        json!({"url": "https://"}),
        json!({"url": "hooks.example.com"}),
        json!({"url": "https://a:b@example.com"}),
        json!({"url": "https://a@example.com"}),
        json!({"url": "https://x.com/#y"}),
        json!({"url": "file:///etc/passwd"}),
        json!({"url": format!("https://x.com/{}", "x".repeat(2000))}),
        json!({"url": "https://x.com", "events": []}),
        json!({"url": "https://x.com", "events": ["activity.read"]}),
    ] {
        app.post_as(&ann, "/me/webhooks", &wrong).await.expect_error(422, "validation_failed");
    }
    let at_once = join_all((0..20).map(|_| app.post_as(&ann, "/me/webhooks", &body))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 201).count(), 9);
    app.post_as(&ann, "/me/webhooks", &body).await.expect_error(409, "too_many_webhooks");
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    app.request(&ann, Method::DELETE, &path, None).await.expect_error(404, "not_found");
    hook(&app, &ann, &body).await;
    // A dump does not contain the secret.
    let dump = app.database.text("SELECT string_agg(w::text, ' ') FROM webhooks w").await;
    assert!(!dump.contains(webhook["secret"].as_str().unwrap().trim_start_matches("whsec_")));
    // The account is deleted with its webhooks and activities.
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    let proof = json!({"password": crate::support::PASSWORD});
    app.request(&ann, Method::DELETE, "/me", Some(&proof)).await.expect(204);
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_deliveries").await, "0");
}

#[actix_rt::test]
async fn its_owner_is_told_of_a_new_webhook() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    let notice = app.smtp.notice_to("ann@example.com").await;
    assert!(notice.subject.contains("are now sent to localhost"), "{}", notice.subject);
    let path = format!("/me/webhooks/{}", webhook["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    let events = app.get_as(&ann, "/me/security-events").await.expect(200).text();
    assert!(events.contains("webhook_created") && events.contains("webhook_deleted"), "{events}");
}
