//! A slow receiver delays no other messages.

use serde_json::json;

use super::{app_for, delivery_log, hook, run};
use crate::support::{TestApp, receiver::Receiver, until, until_selects};

#[actix_rt::test]
async fn a_slow_or_missing_receiver_holds_up_no_mail() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    // Agrees, then never answers again.
    let silent = receiver.beside();
    let webhook = hook(&app, &ann, &json!({"url": silent.url})).await;
    silent.be_silent();
    hook(&app, &ann, &json!({"url": receiver.url})).await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    receiver.got(1).await;
    app.user("bob@example.com").await;
    until("it is logged", async || {
        delivery_log(&app, &ann, &webhook).await[0]["last_error"].is_string()
    })
    .await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    receiver.got(2).await;
}

#[actix_rt::test]
async fn one_users_silent_receiver_holds_up_nobody_elses_events() {
    let receiver = Receiver::start();
    let mut settings = receiver.settings();
    // Even on a slow machine the attempts at the silent receiver must not time out: its next events
    // would be tried then.
    settings.extend([("DELIVERY_DEADLINE_SECS", "60"), ("DELIVERY_LEASE_SECS", "61")]);
    settings.push(("DELIVERY_DRAIN_SECS", "0.3"));
    let app = TestApp::spawn_with(&settings).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let silent = receiver.beside();
    hook(&app, &ann, &json!({"url": silent.url})).await;
    silent.be_silent();
    hook(&app, &bob, &json!({"url": receiver.url})).await;
    let many = json!({"activities": vec![run(); 50]});
    app.post_as(&ann, "/activities/batch", &many).await.expect(200);
    let sending = "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND status = 'sending'";
    until_selects(&app.database, sending, "2").await;
    app.post_as(&bob, "/activities", &run()).await.expect(201);
    receiver.got(1).await;
    // Of the events that were queued before, none was tried in the meantime.
    let tried = format!(
        "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND attempts > 0 AND user_id = '{}'",
        ann.id
    );
    assert_eq!(app.database.text(&tried).await, "2");
}

#[actix_rt::test]
async fn many_events_of_one_user_leave_one_after_the_other_without_waiting_to_be_looked_for() {
    let receiver = Receiver::start();
    let certificate = receiver.certificate.to_str().unwrap();
    let app = TestApp::spawn_with(&[
        ("WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8,::1"),
        ("WEBHOOK_ROOT_CERT", certificate),
        // The test does not depend on polling.
        ("DELIVERY_POLL_SECS", "3600"),
    ])
    .await;
    let ann = app.user("ann@example.com").await;
    hook(&app, &ann, &json!({"url": receiver.url})).await;
    let many = json!({"activities": vec![run(); 20]});
    app.post_as(&ann, "/activities/batch", &many).await.expect(200);
    receiver.got(20).await;
}
