//! Codes by text message, to verified numbers only.

use serde_json::json;

use super::{NUMBER, prove, request, set_number, verify, with_sms};
use crate::support::{TestApp, User, until_selects};

#[actix_rt::test]
async fn a_texted_code_logs_in_and_fills_itself_in() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    prove(&app, &twilio, &ann, NUMBER).await;
    request(&app, NUMBER, "sms").await.expect(200);
    let sms = twilio.sms_to(NUMBER).await;
    let code = sms.code();
    assert_eq!(
        sms.body,
        format!(
            "{code} is your sports-log code. It works once, within 10 minutes. Do not share it.\n\n\
             @log.example #{code}"
        )
    );
    assert_eq!(sms.from, crate::support::twilio::FROM);
    // The message does not outlive the code.
    assert!((500..=600).contains(&sms.validity_secs), "{}", sms.validity_secs);
    let session = User::of(&verify(&app, NUMBER, &code).await.expect(200));
    assert_eq!(session.id, ann.id);
    verify(&app, NUMBER, &code).await.expect_error(401, "invalid_code");
    let row = "SELECT status || ' ' || unconfirmed || ' ' || provider_id FROM outbox WHERE kind = 'login_code'";
    until_selects(&app.database, row, &format!("sent 1 {}", sms.sid)).await;
}

#[actix_rt::test]
async fn a_number_that_is_not_proven_is_nobodys() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    set_number(&app, &ann, NUMBER).await;
    request(&app, NUMBER, "sms").await.expect(200);
    verify(&app, NUMBER, "000000").await.expect_error(401, "invalid_code");
    assert_eq!(app.database.text("SELECT count(*) FROM otp_challenges").await, "0");
    assert!(twilio.messages().is_empty());
}

#[actix_rt::test]
async fn a_code_for_one_channel_is_none_for_the_other() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    prove(&app, &twilio, &ann, NUMBER).await;
    let mailed = super::mailed_code(&app, "ann@example.com").await;
    request(&app, NUMBER, "sms").await.expect(200);
    let texted = twilio.sms_to(NUMBER).await.code();
    if mailed != texted {
        verify(&app, NUMBER, &mailed).await.expect_error(401, "invalid_code");
        verify(&app, "ann@example.com", &texted).await.expect_error(401, "invalid_code");
    }
    verify(&app, NUMBER, &texted).await.expect(200);
    verify(&app, "ann@example.com", &mailed).await.expect(200);
}

#[actix_rt::test]
async fn a_channel_that_is_not_configured_is_unavailable_to_everyone_alike() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    set_number(&app, &ann, NUMBER).await;
    let proven = "UPDATE profiles SET phone_verified = true";
    app.database.execute(proven).await;
    for number in [NUMBER, "+390612345679"] {
        request(&app, number, "sms").await.expect_error(503, "channel_unavailable");
    }
    app.database.execute("UPDATE profiles SET phone_verified = false").await;
    let answer = app.post_as(&ann, "/me/phone/verification", &json!({})).await;
    answer.expect_error(503, "channel_unavailable");
}

#[actix_rt::test]
async fn an_identifier_must_be_of_its_channels_kind() {
    let (app, _twilio) = with_sms().await;
    for (identifier, channel, field) in [
        ("ann@example.com", "sms", "identifier"),
        (NUMBER, "email", "identifier"),
        ("0612345678", "sms", "identifier"),
        ("+3906", "sms", "identifier"),
        (NUMBER, "pigeon", "channel"),
    ] {
        let answer = request(&app, identifier, channel).await;
        let answer = answer.expect_error(422, "validation_failed").json();
        assert_eq!(answer["fields"][0]["field"], field, "{identifier} {channel}");
    }
    for code in ["12345", "1234567", "１２３４５６", "12345x"] {
        let answer = verify(&app, NUMBER, code).await.expect_error(422, "validation_failed");
        assert_eq!(answer.json()["fields"][0]["field"], "code");
    }
}
