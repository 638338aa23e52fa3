//! Failed deliveries.

use actix_web::http::Method;
use serde_json::json;

use super::{app_for, delivery_log, hook, run};
use crate::support::{receiver::Receiver, until, until_selects};

#[actix_rt::test]
async fn what_fails_is_tried_again_and_can_be_replayed() {
    let receiver = Receiver::start();
    receiver.answer(500);
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    let posts = receiver.got(2).await;
    assert_eq!(posts[0].header("webhook-id"), posts[1].header("webhook-id"));
    until("the failure is logged", async || {
        delivery_log(&app, &ann, &webhook).await[0]["last_error"] == "answered 500"
    })
    .await;
    let listed = app.get_as(&ann, "/me/webhooks").await.expect(200).json();
    assert!(listed["webhooks"][0]["failing_since"].is_string());
    assert!(listed["webhooks"][0].get("secret").is_none());
    receiver.answer(204);
    until_selects(&app.database, "SELECT status FROM outbox WHERE channel = 'webhook'", "sent")
        .await;
    let delivered = delivery_log(&app, &ann, &webhook).await[0].clone();
    assert!(delivered["delivered_at"].is_string() && delivered["last_error"].is_null());
    assert!(delivered["attempts"].as_i64() >= Some(3));
    assert!(
        app.get_as(&ann, "/me/webhooks").await.json()["webhooks"][0]["failing_since"].is_null()
    );

    let before = receiver.posts().len();
    let replay = format!("/me/webhook-deliveries/{}/replay", delivered["id"].as_str().unwrap());
    let bob = app.user("bob@example.com").await;
    app.request(&bob, Method::POST, &replay, None).await.expect_error(404, "not_found");
    app.request(&ann, Method::POST, &replay, None).await.expect(202);
    let posts = receiver.got(before + 1).await;
    assert_eq!(posts[before].header("webhook-id"), delivered["id"].as_str().unwrap());
    assert_eq!(posts[before].body, posts[0].body);
}

#[actix_rt::test]
async fn no_redirect_is_followed() {
    let receiver = Receiver::start();
    receiver.answer(302);
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    until("it is logged", async || {
        delivery_log(&app, &ann, &webhook).await[0]["response_status"] == 302
    })
    .await;
    assert!(receiver.posts().iter().all(|post| post.target == "/hook?key=1"));
}

#[actix_rt::test]
async fn after_days_of_failure_it_is_disabled_and_the_owner_is_told() {
    let receiver = Receiver::start();
    receiver.answer(503);
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    hook(&app, &ann, &json!({"url": receiver.url})).await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    receiver.got(1).await;
    until_selects(
        &app.database,
        "SELECT count(*) FROM webhooks WHERE failing_since IS NOT NULL",
        "1",
    )
    .await;
    app.database
        .execute("UPDATE webhooks SET failing_since = now() - interval '120 hours 1 minute'")
        .await;
    app.smtp.notice_to("ann@example.com").await;
    let notice = app.smtp.notice_to("ann@example.com").await;
    assert!(notice.subject.contains("The webhook to localhost was disabled"), "{}", notice.subject);
    let listed = app.get_as(&ann, "/me/webhooks").await.json();
    assert!(listed["webhooks"][0]["disabled_at"].is_string());
    // Queued events are cancelled, and no new ones are created.
    until_selects(
        &app.database,
        "SELECT status FROM outbox WHERE channel = 'webhook'",
        "cancelled",
    )
    .await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_deliveries").await, "1");
}

#[actix_rt::test]
async fn who_is_gone_is_not_asked_again() {
    let receiver = Receiver::start();
    receiver.answer(410);
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    hook(&app, &ann, &json!({"url": receiver.url})).await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    for told in ["are now sent to", "was disabled"] {
        let notice = app.smtp.notice_to("ann@example.com").await;
        assert!(notice.subject.contains(told), "{}", notice.subject);
    }
    until_selects(&app.database, "SELECT status FROM outbox WHERE channel = 'webhook'", "dead")
        .await;
    assert_eq!(receiver.posts().len(), 1);
}
