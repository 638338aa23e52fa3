//! A message is checked again before it is sent: a useless message is not sent.

use serde_json::json;

use super::{STATES, forgot, register_only};
use crate::support::{PASSWORD, Stage, TestApp, until, until_selects};

const DOWN: Option<&str> = Some("421 closed for the night");
const NEW_PASSWORD: &str = "eight golden geese";

async fn reset(app: &TestApp, token: &str, status: u16) {
    let body = json!({"token": token, "new_password": NEW_PASSWORD});
    app.post("/auth/reset-password", &body).await.expect(status);
}

#[actix_rt::test]
async fn of_three_resets_during_an_outage_only_the_newest_is_sent() {
    let app = TestApp::spawn().await;
    app.registered_user("ann@example.com").await;
    app.smtp.close(DOWN);
    for _ in 0..3 {
        forgot(&app, "ann@example.com").await;
    }
    app.smtp.close(None);
    let mail = app.smtp.mail_to("ann@example.com").await;
    until_selects(&app.database, STATES, "cancelled 2, sent 2").await;
    assert_eq!(app.smtp.received(), 2);
    reset(&app, &mail.token(), 200).await;
    app.login("ann@example.com", NEW_PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn a_message_past_its_life_is_never_sent_and_a_new_one_is() {
    let app = TestApp::spawn().await;
    app.registered_user("ann@example.com").await;
    app.smtp.close(DOWN);
    forgot(&app, "ann@example.com").await;
    let pending = "UPDATE outbox SET expires_at = now() WHERE status IN ('queued', 'sending')";
    assert_eq!(app.database.execute(pending).await, 1);
    until_selects(&app.database, STATES, "expired 1, sent 1").await;
    app.smtp.close(None);
    forgot(&app, "ann@example.com").await;
    let mail = app.smtp.mail_to("ann@example.com").await;
    until_selects(&app.database, STATES, "expired 1, sent 2").await;
    assert_eq!(app.smtp.received(), 2);
    reset(&app, &mail.token(), 200).await;
}

#[actix_rt::test]
async fn a_code_past_its_life_is_never_sent_and_a_new_one_works() {
    let app = TestApp::spawn().await;
    app.registered_user("ann@example.com").await;
    app.smtp.close(DOWN);
    let ask = json!({"identifier": "ann@example.com", "channel": "email"});
    app.post("/auth/otp/request", &ask).await.expect(200);
    // Ten minutes later, both the code and its message have expired.
    let pending = "UPDATE outbox SET expires_at = now() WHERE status IN ('queued', 'sending')";
    assert_eq!(app.database.execute(pending).await, 1);
    app.database.execute("UPDATE otp_challenges SET expires_at = now()").await;
    until_selects(&app.database, STATES, "expired 1, sent 1").await;
    app.smtp.close(None);
    app.post("/auth/otp/request", &ask).await.expect(200);
    let mail = app.smtp.mail_to("ann@example.com").await;
    let code: String = mail.subject.chars().take(6).collect();
    let log_in = json!({"identifier": "ann@example.com", "code": code});
    app.post("/auth/otp/verify", &log_in).await.expect(200);
    until_selects(&app.database, STATES, "expired 1, sent 2").await;
    assert_eq!(app.smtp.received(), 2);
}

#[actix_rt::test]
async fn a_message_with_too_little_life_left_is_not_sent() {
    let app = TestApp::spawn_with(&[("DELIVERY_MIN_LIFE_SECS", "3000")]).await;
    app.registered_user("ann@example.com").await;
    app.smtp.close(DOWN);
    forgot(&app, "ann@example.com").await;
    // A reset link lives for an hour. Eleven minutes later, less than DELIVERY_MIN_LIFE_SECS is
    // left.
    let older = "UPDATE outbox SET expires_at = expires_at - interval '11 minutes'
                 WHERE status IN ('queued', 'sending')";
    assert_eq!(app.database.execute(older).await, 1);
    app.smtp.close(None);
    until_selects(&app.database, STATES, "expired 1, sent 1").await;
    assert_eq!(app.smtp.received(), 1);
}

#[actix_rt::test]
async fn a_reset_that_was_used_before_the_retry_is_cancelled() {
    let app = TestApp::spawn().await;
    app.registered_user("ann@example.com").await;
    // The server has the mail but never answers. The link is used before the next attempt.
    app.smtp.hold(Some(Stage::Dot));
    forgot(&app, "ann@example.com").await;
    until("the server has the mail", async || !app.smtp.unanswered().is_empty()).await;
    reset(&app, &app.smtp.unanswered()[0].token(), 200).await;
    until_selects(&app.database, STATES, "cancelled 1, sent 1").await;
    assert_eq!(app.smtp.received(), 1);
}

#[actix_rt::test]
async fn a_confirmation_that_was_used_before_the_retry_is_cancelled() {
    let app = TestApp::spawn().await;
    app.smtp.hold(Some(Stage::Dot));
    register_only(&app, "ann@example.com").await;
    until("the server has the mail", async || !app.smtp.unanswered().is_empty()).await;
    app.verify(&app.smtp.unanswered()[0].token()).await.expect(200);
    until_selects(&app.database, STATES, "cancelled 1").await;
    assert_eq!(app.smtp.received(), 0);
}

#[actix_rt::test]
async fn a_user_who_is_gone_gets_no_mail() {
    let app = TestApp::spawn().await;
    app.smtp.close(DOWN);
    register_only(&app, "ann@example.com").await;
    register_only(&app, "bob@example.com").await;
    app.database.execute("DELETE FROM users WHERE email = 'ann@example.com'").await;
    app.smtp.close(None);
    app.smtp.mail_to("bob@example.com").await;
    until_selects(&app.database, STATES, "sent 1").await;
    assert_eq!(app.smtp.received(), 1);
    app.register("ann@example.com", PASSWORD).await;
}
