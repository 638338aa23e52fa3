//! From a committed row to the mail server, and what happens when that one misbehaves.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{Database, PASSWORD, SmtpServer, TestApp};

/// Polls until `query` yields `expected`.
async fn wait_for(database: &Database, query: &str, expected: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let found = database.text(query).await;
        if found == expected {
            return;
        }
        assert!(Instant::now() < deadline, "{query}: {found} in place of {expected}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

const STATES: &str = "SELECT string_agg(status || ' ' || n, ', ' ORDER BY status)
                      FROM (SELECT status, count(*) AS n FROM outbox GROUP BY status) s";

#[actix_rt::test]
async fn a_mail_is_text_and_html_and_known_by_the_id_of_its_row() {
    let app = TestApp::spawn().await;
    let mail = app.register("ann@example.com", PASSWORD).await;
    let id = app.database.text("SELECT id FROM outbox").await;
    assert_eq!(mail.message_id, format!("{id}@log.example"));
    assert_eq!(mail.from, "noreply@log.example");
    assert!(mail.raw.contains("Content-Type: multipart/alternative"), "{}", mail.raw);
    assert!(mail.raw.contains("Auto-Submitted: auto-generated"), "{}", mail.raw);
    assert!(mail.html.contains("<html"), "{}", mail.html);
    wait_for(&app.database, STATES, "sent 1").await;
    assert_eq!(app.database.text("SELECT provider_id FROM outbox").await, "queued as 4711");
}

#[actix_rt::test]
async fn a_server_that_wants_it_later_gets_it_later() {
    let app = TestApp::spawn().await;
    app.smtp.refuse(3, "451 later");
    app.register("ann@example.com", PASSWORD).await;
    wait_for(&app.database, STATES, "sent 1").await;
    let row = "SELECT attempts || ' ' || last_error_class || ' ' || last_error_code FROM outbox";
    assert_eq!(app.database.text(row).await, "4 transient 451");
}

#[actix_rt::test]
async fn a_recipient_that_is_refused_ends_that_mail_and_no_other() {
    let app = TestApp::spawn().await;
    app.smtp.refuse(1, "550 no such user");
    let body = json!({"email": "nobody@example.com", "password": PASSWORD});
    app.post("/auth/register", &body).await.expect(202);
    wait_for(&app.database, STATES, "dead 1").await;
    assert_eq!(app.database.text("SELECT attempts FROM outbox").await, "1");
    app.register("ann@example.com", PASSWORD).await;
    wait_for(&app.database, STATES, "dead 1, sent 1").await;
}

#[actix_rt::test]
async fn a_login_that_is_refused_opens_the_breaker_and_kills_nothing() {
    let app = TestApp::spawn_with(&[("DELIVERY_PROBE_SECS", "1")]).await;
    app.smtp.refuse(2, "535 who are you?");
    for n in 0..5 {
        let body = json!({"email": format!("user{n}@example.com"), "password": PASSWORD});
        app.post("/auth/register", &body).await.expect(202);
    }
    let open = "sports_log_outbox_breaker_open{channel=\"email\"} 1";
    let deadline = Instant::now() + Duration::from_secs(10);
    while !app.get("/metrics").await.text().contains(open) {
        assert!(Instant::now() < deadline, "the breaker never opened");
    }
    wait_for(&app.database, STATES, "sent 5").await;
    assert_eq!(app.smtp.received(), 5);
}

#[actix_rt::test]
async fn a_mail_server_that_is_not_there_yet_loses_nothing() {
    let later = SmtpServer::start().await;
    // Nobody listens on port 1.
    let settings = [("SMTP_PORT", "1")];
    let app = TestApp::spawn_with(&settings).await;
    for _ in 0..3 {
        let body = json!({"email": "ann@example.com", "password": PASSWORD});
        app.post("/auth/register", &body).await.expect(202);
    }
    wait_for(
        &app.database,
        "SELECT count(*) > 0 FROM outbox WHERE last_error_class = 'transport'",
        "true",
    )
    .await;
    assert_eq!(app.database.text("SELECT count(*) FROM outbox WHERE status = 'dead'").await, "0");
    let database = app.database.clone();
    drop(app);
    let app = TestApp::spawn_on(database, later, &[]).await;
    wait_for(&app.database, STATES, "sent 3").await;
    assert_eq!(app.smtp.received(), 3);
}

#[actix_rt::test]
async fn only_the_newest_of_three_resets_is_sent() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    // Nothing can be claimed meanwhile, as if the relay were away.
    app.database.execute("CREATE RULE hold AS ON UPDATE TO outbox WHERE NEW.status = 'sending' DO INSTEAD NOTHING").await;
    for _ in 0..3 {
        app.post("/auth/forgot-password", &json!({"email": "ann@example.com"})).await.expect(200);
    }
    app.database.execute("DROP RULE hold ON outbox").await;
    let token = app.smtp.mail_to("ann@example.com").await.token();
    wait_for(&app.database, STATES, "cancelled 2, sent 2").await;
    let body = json!({"token": token, "new_password": "eight golden geese"});
    app.post("/auth/reset-password", &body).await.expect(200);
}

#[actix_rt::test]
async fn what_is_of_no_more_use_is_not_sent() {
    let app = TestApp::spawn().await;
    let mail = app.register("ann@example.com", PASSWORD).await;
    app.verify(&mail.token()).await.expect(200);
    let enqueue = |expires: &str| {
        format!(
            "INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
             SELECT 'verify_email', 'email', id, gen_random_uuid(), now() + interval '{expires}' FROM users"
        )
    };
    for expires in ["-1 second", "5 seconds", "1 hour"] {
        app.database.execute(&enqueue(expires)).await;
    }
    // Past its life, too close to its end, and about a registration that is gone.
    wait_for(&app.database, STATES, "cancelled 1, expired 2, sent 1").await;
    assert_eq!(app.smtp.received(), 1);
}

#[actix_rt::test]
async fn what_a_dead_process_had_claimed_is_sent_when_its_lease_runs_out() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    app.database
        .execute(&format!(
            "INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at, status, lease_until, fence, attempts)
             VALUES ('account_exists', 'email', '{id}', '{id}', now() + interval '1 hour', 'sending',
                     now() + interval '1 second', 1, 1)",
            id = user.id
        ))
        .await;
    let mail = app.smtp.mail_to("ann@example.com").await;
    assert!(mail.subject.contains("already have an account"));
    wait_for(&app.database, STATES, "sent 2").await;
    assert_eq!(app.database.text("SELECT max(fence) FROM outbox").await, "2");
}

#[actix_rt::test]
async fn two_replicas_send_each_mail_once() {
    let first = TestApp::spawn().await;
    let second = TestApp::spawn_on(first.database.clone(), first.smtp.clone(), &[]).await;
    let user = first.user("ann@example.com").await;
    first
        .database
        .execute(&format!(
            "INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
             SELECT 'account_exists', 'email', '{id}', '{id}', now() + interval '1 hour' FROM generate_series(1, 100)",
            id = user.id
        ))
        .await;
    wait_for(&first.database, STATES, "sent 101").await;
    assert_eq!(first.smtp.received(), 101);
    drop(second);
}

#[actix_rt::test]
async fn nothing_that_opens_an_account_is_at_rest() {
    let app = TestApp::spawn().await;
    let verify = app.register("ann@example.com", PASSWORD).await.token();
    app.verify(&verify).await.expect(200);
    app.post("/auth/forgot-password", &json!({"email": "ann@example.com"})).await.expect(200);
    let reset = app.smtp.mail_to("ann@example.com").await.token();
    let pending = app.register("bob@example.com", PASSWORD).await.token();
    let everything = app
        .database
        .text(
            "SELECT string_agg(row_to_json(t)::text, '') FROM (
                SELECT (SELECT json_agg(o) FROM outbox o), (SELECT json_agg(l) FROM local_credentials l),
                       (SELECT json_agg(r) FROM registrations r), (SELECT json_agg(u) FROM users u)) t",
        )
        .await;
    assert!(everything.contains("bob@example.com"));
    for secret in [PASSWORD, &verify, &reset, &pending] {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let raw = URL_SAFE_NO_PAD.decode(secret).unwrap_or_else(|_| secret.as_bytes().to_vec());
        let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!everything.contains(secret) && !everything.contains(&hex), "{everything}");
    }
}
