//! The account's number: who may set it, its format, and what a new number may confirm.

use serde_json::json;

use super::{NUMBER, confirm, prove, set_number, with_sms};
use crate::support::{PASSWORD, TestApp};

const OTHER: &str = "+390612345679";

#[actix_rt::test]
async fn a_stolen_access_token_cannot_make_a_number_its_proof() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    let body = json!({"phone_number": NUMBER});
    let answer = app.put_as(&ann, "/me/phone", &body).await;
    answer.expect_error(403, "reauthentication_required");
    let wrong = json!({"phone_number": NUMBER, "password": "not the password"});
    app.put_as(&ann, "/me/phone", &wrong).await.expect_error(401, "invalid_credentials");
    // The profile contains names and units. A token that may write it cannot set the number.
    app.put_as(&ann, "/me/profile", &body).await.expect(200);
    let me = app.get_as(&ann, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["phone_number"], json!(null));
    assert!(twilio.messages().is_empty());
}

#[actix_rt::test]
async fn a_number_proven_lately_or_in_this_session_confirms_nothing() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    prove(&app, &twilio, &ann, NUMBER).await;
    let ask = async || app.post_as(&ann, "/me/otp", &json!({"channel": "sms"})).await;
    ask().await.expect_error(409, "phone_number_missing");
    let proven =
        |ago: &str| format!("UPDATE profiles SET phone_verified_at = now() - interval '{ago}'");
    // Long enough ago, but in the session that asks.
    app.database.execute("UPDATE sessions SET created_at = now() - interval '9 days'").await;
    app.database.execute(&proven("4 days")).await;
    ask().await.expect_error(409, "phone_number_missing");
    // Before this session, but less than three days ago.
    app.database.execute("UPDATE sessions SET created_at = now()").await;
    app.database.execute(&proven("71 hours")).await;
    ask().await.expect_error(409, "phone_number_missing");
    app.database.execute(&proven("73 hours")).await;
    ask().await.expect(202);
    let code = twilio.sms_to(NUMBER).await.code();
    let body = json!({"phone_number": OTHER, "code": code});
    app.put_as(&ann, "/me/phone", &body).await.expect(200);
}

#[actix_rt::test]
async fn a_changed_number_has_to_be_proven_again() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    prove(&app, &twilio, &ann, NUMBER).await;
    set_number(&app, &ann, NUMBER).await;
    let me = app.get_as(&ann, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["phone_verified"], true, "the same number stays proven");
    for number in [json!(OTHER), json!(null)] {
        let body = json!({"phone_number": number, "password": PASSWORD});
        let me = app.put_as(&ann, "/me/phone", &body).await.expect(200).json();
        assert_eq!(me["profile"]["phone_verified"], false);
        assert_eq!(me["profile"]["phone_number"], number);
        confirm(&app, &ann, "123456").await;
    }
    let events = app.get_as(&ann, "/me/security-events").await.expect(200).json();
    let kinds = events["events"].as_array().unwrap().iter().map(|event| &event["kind"]);
    assert_eq!(kinds.filter(|kind| *kind == "phone_removed").count(), 1);
}

#[actix_rt::test]
async fn a_phone_number_is_e_164_and_nothing_else() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for good in ["+14155552671", "+447911123456", "+390612345678"] {
        let body = json!({"phone_number": good, "password": PASSWORD});
        let me = app.put_as(&user, "/me/phone", &body).await.expect(200);
        assert_eq!(me.json()["profile"]["phone_number"], good);
    }
    for bad in [
        "",
        "+",
        "390612345678",
        "00390612345678",
        "+0390612345678",
        "+39 06 12345678",
        "+39-0612345678",
        "+39(06)12345678",
        "+123456",
        "+1234567",
        "+123456789012345",
        "+1234567890123456",
        "+39061234567a",
        " +390612345678",
        "+390612345678\n",
        "+390612345678\u{0}",
        "+٣٩٠٦١٢٣٤٥٦٧٨",
        "＋390612345678",
        "++390612345678",
        "tel:+390612345678",
        "+390612345678;ext=1",
        "ann@example.com",
    ] {
        let body = json!({"phone_number": bad, "password": PASSWORD});
        let answer = app.put_as(&user, "/me/phone", &body).await;
        let fault = answer.expect_error(422, "validation_failed").json()["fields"][0].clone();
        assert_eq!(
            (&fault["field"], &fault["code"]),
            (&json!("phone_number"), &json!("invalid_format")),
            "{bad}"
        );
    }
}
