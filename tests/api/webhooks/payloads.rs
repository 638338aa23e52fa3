//! An event is stored once, however many webhooks receive it.

use actix_web::http::Method;
use serde_json::json;

use super::{app_for, hook, run};
use crate::support::{PASSWORD, receiver::Receiver, until_selects};

const BYTES: &str =
    "SELECT (SELECT coalesce(sum(pg_column_size(d.*)), 0) FROM webhook_deliveries d)
    + (SELECT coalesce(sum(pg_column_size(e.*)), 0) FROM webhook_events e)
    + (SELECT coalesce(sum(pg_column_size(o.*)), 0) FROM outbox o WHERE channel = 'webhook')";

#[actix_rt::test]
async fn ten_webhooks_share_one_payload_until_the_last_is_gone() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let mut webhooks = Vec::new();
    for _ in 0..10 {
        let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
        webhooks.push(format!("/me/webhooks/{}", webhook["id"].as_str().unwrap()));
    }
    // Random text, which hardly compresses.
    let notes: String = (0..130).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect();
    let mut activity = run();
    activity["notes"] = json!(notes);
    app.post_as(&ann, "/activities", &activity).await.expect(201);
    let posts = receiver.got(10).await;
    assert!(posts.iter().all(|post| post.json()["data"]["notes"] == json!(notes)));
    until_selects(
        &app.database,
        "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND status = 'sent'",
        "10",
    )
    .await;
    let bytes: usize = app.database.text(BYTES).await.parse().unwrap();
    assert!((notes.len() / 2..2 * notes.len() + 10 * 500).contains(&bytes), "{bytes}");
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_events").await, "1");

    let replayed = app.get_as(&ann, &format!("{}/deliveries", webhooks[9])).await.json();
    let replay = replayed["deliveries"][0]["id"].as_str().unwrap().to_owned();
    for webhook in &webhooks[..9] {
        app.request(&ann, Method::DELETE, webhook, None).await.expect(204);
    }
    let replay = format!("/me/webhook-deliveries/{replay}/replay");
    app.request(&ann, Method::POST, &replay, None).await.expect(202);
    assert_eq!(receiver.got(11).await[10].body, posts[0].body);
    app.request(&ann, Method::DELETE, &webhooks[9], None).await.expect(204);
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_events").await, "0");

    // Deleting the account deletes them, too.
    hook(&app, &ann, &json!({"url": receiver.url})).await;
    app.post_as(&ann, "/activities", &activity).await.expect(201);
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_events").await, "1");
    let proof = json!({"password": PASSWORD});
    app.request(&ann, Method::DELETE, "/me", Some(&proof)).await.expect(204);
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_events").await, "0");
}

#[actix_rt::test]
async fn what_is_old_is_forgotten_with_its_payload() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    hook(&app, &ann, &json!({"url": receiver.url})).await;
    for _ in 0..2 {
        app.post_as(&ann, "/activities", &run()).await.expect(201);
    }
    receiver.got(2).await;
    app.database
        .execute(
            "UPDATE webhook_deliveries SET created_at = now() - interval '31 days'
                  WHERE id = (SELECT id FROM webhook_deliveries LIMIT 1)",
        )
        .await;
    // Left over by two deliveries that were deleted at the same time.
    app.database.execute("INSERT INTO webhook_events (payload) VALUES ('{}')").await;
    let app = app.restarted(&receiver.settings()).await;
    until_selects(&app.database, "SELECT count(*) FROM webhook_events", "1").await;
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_deliveries").await, "1");
}
