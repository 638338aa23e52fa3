//! Verifying a number: security.md row 17.

use futures_util::future::join_all;
use serde_json::json;

use super::{NUMBER, confirm, other_than, prove, request, set_number, verify, with_sms};
use crate::support::User;

const OTHER: &str = "+390612345679";

#[actix_rt::test]
async fn a_number_is_proven_by_the_code_that_was_sent_to_it() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    let ask = async || app.post_as(&ann, "/me/phone/verification", &json!({})).await;
    ask().await.expect_error(409, "phone_number_missing");
    confirm(&app, &ann, "123456").await.expect_error(409, "phone_number_missing");
    set_number(&app, &ann, NUMBER).await;
    confirm(&app, &ann, "123456").await.expect_error(401, "invalid_code");
    ask().await.expect(202);
    let sms = twilio.sms_to(NUMBER).await;
    assert!(sms.body.ends_with(&format!("\n\n@log.example #{}", sms.code())), "{}", sms.body);
    confirm(&app, &ann, &other_than(&sms.code())).await.expect_error(401, "invalid_code");
    let me = confirm(&app, &ann, &sms.code()).await.expect(200).json();
    assert_eq!(me["profile"]["phone_verified"], true);
    ask().await.expect_error(409, "phone_already_verified");
    confirm(&app, &ann, &sms.code()).await.expect_error(409, "phone_already_verified");
}

#[actix_rt::test]
async fn a_code_that_proves_a_number_does_not_log_in() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    set_number(&app, &ann, NUMBER).await;
    app.post_as(&ann, "/me/phone/verification", &json!({})).await.expect(202);
    let code = twilio.sms_to(NUMBER).await.code();
    verify(&app, NUMBER, &code).await.expect_error(401, "invalid_code");
    confirm(&app, &ann, &code).await.expect(200);
    verify(&app, NUMBER, &code).await.expect_error(401, "invalid_code");
}

#[actix_rt::test]
async fn a_number_that_changed_meanwhile_is_not_proven_by_the_old_ones_code() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    set_number(&app, &ann, NUMBER).await;
    app.post_as(&ann, "/me/phone/verification", &json!({})).await.expect(202);
    let code = twilio.sms_to(NUMBER).await.code();
    set_number(&app, &ann, OTHER).await;
    confirm(&app, &ann, &code).await.expect_error(401, "invalid_code");
    let me = app.get_as(&ann, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["phone_verified"], false);
}

#[actix_rt::test]
async fn a_changed_number_is_no_way_in_any_more() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    prove(&app, &twilio, &ann, NUMBER).await;
    request(&app, NUMBER, "sms").await.expect(200);
    let code = twilio.sms_to(NUMBER).await.code();
    set_number(&app, &ann, OTHER).await;
    verify(&app, NUMBER, &code).await.expect_error(401, "invalid_code");
    verify(&app, OTHER, &code).await.expect_error(401, "invalid_code");
}

#[actix_rt::test]
async fn setting_somebodys_number_does_nothing_to_them() {
    let (app, twilio) = with_sms().await;
    let (ann, eve) = (app.user("ann@example.com").await, app.user("eve@example.com").await);
    prove(&app, &twilio, &ann, NUMBER).await;
    set_number(&app, &eve, NUMBER).await;
    // Eve may request codes, and even use up the limit of verifications for this number. Ann has
    // made one request.
    for _ in 0..2 {
        app.post_as(&eve, "/me/phone/verification", &json!({})).await.expect(202);
    }
    let answer = app.post_as(&eve, "/me/phone/verification", &json!({})).await;
    answer.expect_error(429, "rate_limited");
    for _ in 0..10 {
        confirm(&app, &eve, "000000").await;
    }
    let me = app.get_as(&ann, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["phone_verified"], true);
    let proofs = twilio.messages().len();
    request(&app, NUMBER, "sms").await.expect(200);
    crate::support::until("Ann's code", async || twilio.messages().len() > proofs).await;
    let code = twilio.messages().iter().rfind(|sms| sms.body.contains("is your")).unwrap().code();
    assert_eq!(User::of(&verify(&app, NUMBER, &code).await.expect(200)).id, ann.id);
}

#[actix_rt::test]
async fn a_proven_number_is_one_accounts_even_under_race() {
    let (app, twilio) = with_sms().await;
    let mut users = Vec::new();
    for name in ["ann", "bob", "cid"] {
        let user = app.user(&format!("{name}@example.com")).await;
        set_number(&app, &user, NUMBER).await;
        app.post_as(&user, "/me/phone/verification", &json!({})).await.expect(202);
        let code = twilio.sms_to(NUMBER).await.code();
        users.push((user, code));
    }
    let confirmations = users.iter().map(|(user, code)| confirm(&app, user, code));
    let mut won = 0;
    for answer in join_all(confirmations).await {
        if answer.status == 200 {
            won += 1;
        } else {
            answer.expect_error(409, "phone_number_taken");
        }
    }
    assert_eq!(won, 1);
    let proven = "SELECT count(*) FROM profiles WHERE phone_verified";
    assert_eq!(app.database.text(proven).await, "1");
}

#[actix_rt::test]
async fn an_ended_session_proves_nothing() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    set_number(&app, &ann, NUMBER).await;
    app.post_as(&ann, "/me/phone/verification", &json!({})).await.expect(202);
    let code = twilio.sms_to(NUMBER).await.code();
    app.database.execute("UPDATE users SET token_version = token_version + 1").await;
    confirm(&app, &ann, &code).await.expect_error(401, "invalid_access_token");
    let answer = app.post_as(&ann, "/me/phone/verification", &json!({})).await;
    answer.expect_error(401, "invalid_access_token");
}
