//! Codes that strangers guess, and codes of users who are logged in: trust.md row 2.

use serde_json::json;

use super::{ANN, Client, PROXY, bearer, fail_until, known_device, mailed_code, other_than};
use crate::support::{PASSWORD, TestApp, User};

const NEW_PASSWORD: &str = "eight golden geese";

#[actix_rt::test]
async fn strangers_use_up_their_own_tries_and_not_the_owners() {
    let app = TestApp::spawn_with(&[PROXY]).await;
    app.user(ANN).await;
    let owner = Client::at(&app, "203.0.113.9");
    owner.ask_for_code(ANN).await.expect(200);
    let code = mailed_code(&app, ANN).await;
    let stranger = Client::at(&app, "198.51.100.7");
    for _ in 0..6 {
        stranger.try_code(ANN, &other_than(&code)).await.expect_error(401, "invalid_code");
    }
    assert_eq!(app.database.text("SELECT attempts FROM otp_challenges").await, "5");
    stranger.try_code(ANN, &code).await.expect_error(401, "invalid_code");
    owner.try_code(ANN, &code).await.expect(200);
}

#[actix_rt::test]
async fn a_hundred_wrong_codes_in_a_row_close_them_for_strangers_until_the_mailbox_is_proven() {
    let app = TestApp::spawn_with(&[PROXY]).await;
    app.user(ANN).await;
    let known = known_device(&app, ANN).await;
    let stranger = Client::at(&app, "198.51.100.7");
    stranger.ask_for_code(ANN).await.expect(200);
    let code = mailed_code(&app, ANN).await;
    stranger.try_code(ANN, &other_than(&code)).await.expect(401);
    fail_until(&app, 99).await;
    Client::at(&app, "198.51.100.8").try_code(ANN, &other_than(&code)).await.expect(401);
    let owner = Client::at(&app, "203.0.113.9");
    owner.try_code(ANN, &code).await.expect_error(401, "invalid_code");
    // A stranger's request sends nothing, and the answer does not show that.
    owner.ask_for_code(ANN).await.expect(200);
    let codes = "SELECT count(*) FROM outbox WHERE kind = 'login_code'";
    assert_eq!(app.database.text(codes).await, "1");
    owner.clone().known_by("device-token", known).try_code(ANN, &code).await.expect(200);
    // That login proved control of the mailbox, so strangers get codes again.
    owner.ask_for_code(ANN).await.expect(200);
    let code = mailed_code(&app, ANN).await;
    owner.try_code(ANN, &code).await.expect(200);
}

#[actix_rt::test]
async fn wrong_login_codes_leave_proof_codes_alone() {
    let app = TestApp::spawn_with(&[PROXY]).await;
    let ann = app.user(ANN).await;
    for address in ["127.0.0.1", "198.51.100.7"] {
        let stranger = Client::at(&app, address);
        for _ in 0..2 {
            stranger.ask_for_code(ANN).await.expect(200);
            let code = mailed_code(&app, ANN).await;
            for _ in 0..5 {
                stranger.try_code(ANN, &other_than(&code)).await.expect(401);
            }
        }
    }
    bearer(&app, &ann, "/me/otp", json!({"channel": "email"})).await.expect(202);
    let code = mailed_code(&app, ANN).await;
    let body = json!({"code": code, "new_password": NEW_PASSWORD});
    app.put_as(&ann, "/me/password", &body).await.expect(200);
}

#[actix_rt::test]
async fn somebody_who_is_logged_in_is_told_that_codes_are_closed() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let ask = json!({"channel": "email"});
    for _ in 0..2 {
        bearer(&app, &ann, "/me/otp", ask.clone()).await.expect(202);
        let code = mailed_code(&app, ANN).await;
        let body = json!({"code": other_than(&code), "new_password": NEW_PASSWORD});
        for _ in 0..5 {
            app.put_as(&ann, "/me/password", &body).await.expect_error(401, "invalid_code");
        }
    }
    let closed = bearer(&app, &ann, "/me/otp", ask).await.expect_error(429, "codes_closed");
    let wait: u32 = closed.header("retry-after").parse().unwrap();
    assert!((86_000..=86_400).contains(&wait), "{wait}");
    let mails = "SELECT count(*) FROM outbox WHERE kind = 'change_code'";
    assert_eq!(app.database.text(mails).await, "2");

    let ann = User::of(&app.login(ANN, PASSWORD).await.expect(200));
    let body = json!({"password": PASSWORD, "email": "new@example.com"});
    app.put_as(&ann, "/me/email", &body).await.expect_error(429, "codes_closed");
    let body = json!({"code": "123456", "new_password": NEW_PASSWORD});
    app.put_as(&ann, "/me/password", &body).await.expect_error(429, "codes_closed");
    // A login by code is not affected.
    app.post("/auth/otp/request", &json!({"identifier": ANN, "channel": "email"})).await;
    let body = json!({"identifier": ANN, "code": mailed_code(&app, ANN).await});
    app.post("/auth/otp/verify", &body).await.expect(200);
}
