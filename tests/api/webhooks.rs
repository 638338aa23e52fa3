//! Webhooks: what is posted, how it is signed, what happens when nobody takes it, and where it never goes.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{TestApp, User, receiver::Receiver, until, until_selects};

fn run() -> Value {
    json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800})
}

/// A server that may post to this machine, and trusts the receiver.
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
    // With the revision that ended, so that an older event that comes later is known to be old.
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
    // What was waiting is over, and nothing new is made.
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
    for told in ["is told to", "was disabled"] {
        let notice = app.smtp.notice_to("ann@example.com").await;
        assert!(notice.subject.contains(told), "{}", notice.subject);
    }
    until_selects(&app.database, "SELECT status FROM outbox WHERE channel = 'webhook'", "dead")
        .await;
    assert_eq!(receiver.posts().len(), 1);
}

#[actix_rt::test]
async fn nothing_inside_the_operators_network_is_reached() {
    let receiver = Receiver::start();
    // Trusted, but not allowed.
    let app =
        TestApp::spawn_with(&[("WEBHOOK_ROOT_CERT", receiver.certificate.to_str().unwrap())]).await;
    let ann = app.user("ann@example.com").await;
    let port = receiver.url.rsplit(':').next().unwrap();
    let mut webhooks = Vec::new();
    for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"] {
        webhooks.push(hook(&app, &ann, &json!({"url": format!("https://{host}:{port}")})).await);
    }
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    for webhook in &webhooks {
        until("it is refused", async || {
            let log = delivery_log(&app, &ann, webhook).await;
            let error = log[0]["last_error"].as_str().unwrap_or_default();
            error.ends_with("leads to no public address")
        })
        .await;
    }
    assert_eq!(receiver.posts().len(), 0);
}

#[actix_rt::test]
async fn a_slow_or_missing_receiver_holds_up_no_mail() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    // Takes connections and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let webhook = hook(&app, &ann, &json!({"url": format!("https://localhost:{port}/")})).await;
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
async fn webhooks_are_their_owners_and_not_too_many() {
    let app = TestApp::spawn().await;
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
    for _ in 0..9 {
        hook(&app, &ann, &body).await;
    }
    app.post_as(&ann, "/me/webhooks", &body).await.expect_error(409, "too_many_webhooks");
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    app.request(&ann, Method::DELETE, &path, None).await.expect_error(404, "not_found");
    hook(&app, &ann, &body).await;
    // A dump has no secret.
    let dump = app.database.text("SELECT string_agg(w::text, ' ') FROM webhooks w").await;
    assert!(!dump.contains(webhook["secret"].as_str().unwrap().trim_start_matches("whsec_")));
    // Deleting the account with webhooks, activities and all.
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    let proof = json!({"password": crate::support::PASSWORD});
    app.request(&ann, Method::DELETE, "/me", Some(&proof)).await.expect(204);
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_deliveries").await, "0");
}

#[actix_rt::test]
async fn one_users_silent_receiver_holds_up_nobody_elses_events() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    hook(&app, &ann, &json!({"url": format!("https://localhost:{port}/")})).await;
    hook(&app, &bob, &json!({"url": receiver.url})).await;
    let many = json!({"activities": vec![run(); 50]});
    app.post_as(&ann, "/activities/batch", &many).await.expect(200);
    let sending = "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND status = 'sending'";
    until_selects(&app.database, sending, "2").await;
    app.post_as(&bob, "/activities", &run()).await.expect(201);
    receiver.got(1).await;
    // None of those that wait before it was tried meanwhile.
    let tried = "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND attempts > 0 AND status <> 'sent'";
    assert_eq!(app.database.text(tried).await, "2");
}

#[actix_rt::test]
async fn its_owner_is_told_of_a_new_webhook() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    let notice = app.smtp.notice_to("ann@example.com").await;
    assert!(notice.subject.contains("is told to localhost from now on"), "{}", notice.subject);
    let path = format!("/me/webhooks/{}", webhook["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    let events = app.get_as(&ann, "/me/security-events").await.expect(200).text();
    assert!(events.contains("webhook_created") && events.contains("webhook_deleted"), "{events}");
}

#[actix_rt::test]
async fn many_events_of_one_user_leave_one_after_the_other_without_waiting_to_be_looked_for() {
    let receiver = Receiver::start();
    let certificate = receiver.certificate.to_str().unwrap();
    let app = TestApp::spawn_with(&[
        ("WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8,::1"),
        ("WEBHOOK_ROOT_CERT", certificate),
        // Nothing is found by looking while this test runs.
        ("DELIVERY_POLL_SECS", "3600"),
    ])
    .await;
    let ann = app.user("ann@example.com").await;
    hook(&app, &ann, &json!({"url": receiver.url})).await;
    let many = json!({"activities": vec![run(); 20]});
    app.post_as(&ann, "/activities/batch", &many).await.expect(200);
    receiver.got(20).await;
}
