//! Text messages and a provider that misbehaves: faults F9 and F10, and F7 as the other channel
//! sees it.

use std::time::Duration;

use serde_json::json;

use super::register_only;
use crate::support::{
    PASSWORD, Scrape, Stage, TestApp,
    twilio::{Fault, Twilio},
    until, until_selects,
};

pub const NUMBER: &str = "+390612345678";
pub const ROW: &str =
    "SELECT status || ' ' || attempts || ' ' || coalesce(last_error_class, '-') || ' ' ||
                          coalesce(last_error_code, '-') FROM outbox WHERE channel = 'sms'";

/// An application with a verified number and quick delivery, unless `more` sets it otherwise.
async fn with_number(more: &[(&'static str, &str)]) -> (TestApp, Twilio) {
    let twilio = Twilio::start().await;
    (app_with_number(&twilio.settings(), more).await, twilio)
}

/// The same, with a provider that is already running.
pub async fn app_with_number(
    settings: &[(&'static str, String)],
    more: &[(&'static str, &str)],
) -> TestApp {
    let mut settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, &**value)).collect();
    settings.extend([("DELIVERY_PROBE_SECS", "0.2")]);
    settings.extend(more);
    let app = TestApp::spawn_with(&settings).await;
    app.user("ann@example.com").await;
    let proven = format!("UPDATE profiles SET phone_number = '{NUMBER}', phone_verified = true");
    app.database.execute(&proven).await;
    app
}

pub async fn ask_for_a_code(app: &TestApp) {
    let body = json!({"identifier": NUMBER, "channel": "sms"});
    app.post("/auth/otp/request", &body).await.expect(200);
}

#[actix_rt::test]
async fn a_provider_that_wants_a_pause_gets_it() {
    let (app, twilio) = with_number(&[]).await;
    twilio.fail(&[Fault::Refuse { status: 429, code: 20429, retry_after: Some("7") }]);
    ask_for_a_code(&app).await;
    until_selects(&app.database, ROW, "sent 2 transport 20429").await;
    let attempts = twilio.attempts();
    assert!(attempts[1] - attempts[0] >= Duration::from_secs(7), "{attempts:?}");
    // The refusal was certain: no search was needed.
    assert_eq!((twilio.messages().len(), twilio.searches()), (1, 0));
}

#[actix_rt::test]
async fn a_message_that_was_taken_before_an_error_is_found_and_not_sent_again() {
    for status in [500, 503] {
        let (app, twilio) = with_number(&[]).await;
        twilio.fail(&[Fault::AcceptThen(status)]);
        ask_for_a_code(&app).await;
        until_selects(&app.database, ROW, "sent 2 ambiguous 20500").await;
        assert_eq!((twilio.messages().len(), twilio.searches()), (1, 1), "{status}");
        let id = "SELECT provider_id FROM outbox WHERE channel = 'sms'";
        assert_eq!(app.database.text(id).await, twilio.messages()[0].sid);
    }
}

#[actix_rt::test]
async fn a_message_that_was_taken_before_a_hang_is_found_and_not_sent_again() {
    let (app, twilio) = with_number(&[("DELIVERY_DEADLINE_SECS", "0.6")]).await;
    twilio.fail(&[Fault::AcceptThenHang]);
    ask_for_a_code(&app).await;
    // A hang of one channel does not hold up the other.
    register_only(&app, "bob@example.com").await;
    app.smtp.mail_to("bob@example.com").await;
    until_selects(&app.database, ROW, "sent 2 timeout -").await;
    assert_eq!((twilio.messages().len(), twilio.searches()), (1, 1));
}

#[actix_rt::test]
async fn a_message_that_was_not_taken_is_sent_once_more() {
    let (app, twilio) = with_number(&[("DELIVERY_DEADLINE_SECS", "0.6")]).await;
    twilio.fail(&[Fault::Hang]);
    ask_for_a_code(&app).await;
    until_selects(&app.database, ROW, "sent 2 timeout -").await;
    assert_eq!((twilio.messages().len(), twilio.searches()), (1, 1));
}

#[actix_rt::test]
async fn after_two_tries_that_nobody_knows_of_there_is_no_third() {
    let (app, twilio) = with_number(&[("DELIVERY_DEADLINE_SECS", "0.6")]).await;
    twilio.fail(&[Fault::Hang, Fault::Refuse { status: 500, code: 20500, retry_after: None }]);
    ask_for_a_code(&app).await;
    until_selects(&app.database, ROW, "dead 3 unconfirmed 20500").await;
    assert_eq!((twilio.attempts().len(), twilio.messages().len()), (2, 0));
}

#[actix_rt::test]
async fn a_message_whose_answer_cannot_be_read_is_looked_up_and_not_sent_again() {
    let (app, twilio) = with_number(&[]).await;
    twilio.fail(&[Fault::Garbage]);
    ask_for_a_code(&app).await;
    until_selects(&app.database, ROW, "sent 2 ambiguous 201").await;
    assert_eq!((twilio.messages().len(), twilio.searches()), (1, 1));
}

#[actix_rt::test]
async fn a_number_that_cannot_be_reached_is_given_up_at_once() {
    for code in [21211, 21217, 21408, 21610, 21612, 21614] {
        let (app, twilio) = with_number(&[]).await;
        twilio.fail(&[Fault::Refuse { status: 400, code, retry_after: None }]);
        ask_for_a_code(&app).await;
        until_selects(&app.database, ROW, &format!("dead 1 permanent {code}")).await;
        let breaker = "sports_log_outbox_breaker_open{channel=\"sms\"}";
        assert_eq!(Scrape::of(&app).await.get(breaker), Some(0.0));
    }
}

#[actix_rt::test]
async fn a_login_that_twilio_refuses_opens_the_breaker_and_kills_nothing() {
    let (app, twilio) = with_number(&[]).await;
    for status in [401, 403, 404] {
        twilio.fail(&[Fault::Refuse { status, code: 20003, retry_after: None }]);
    }
    ask_for_a_code(&app).await;
    until_selects(&app.database, ROW, "sent 4 transport 20003").await;
    assert_eq!((twilio.messages().len(), twilio.searches()), (1, 0));
}

#[actix_rt::test]
async fn a_mail_server_that_hangs_holds_up_no_text_message() {
    let (app, twilio) = with_number(&[("DELIVERY_DEADLINE_SECS", "3")]).await;
    app.smtp.hold(Some(Stage::Data));
    for n in 0..10 {
        register_only(&app, &format!("user{n}@example.com")).await;
    }
    until("all mails in flight hang", async || app.smtp.heard("DATA").len() >= 8).await;
    ask_for_a_code(&app).await;
    let code = twilio.sms_to(NUMBER).await.code();
    let body = json!({"identifier": NUMBER, "code": code});
    app.post("/auth/otp/verify", &body).await.expect(200);
    app.login("ann@example.com", PASSWORD).await.expect(200);
    app.smtp.hold(None);
}
