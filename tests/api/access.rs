//! Changing the credentials of an account: password, email address, and deleting the account.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, User};

const ANN: &str = "ann@example.com";
const NEW: &str = "ann.new@example.org";
const NEW_PASSWORD: &str = "nine nimble newts";

async fn put(app: &TestApp, user: &User, path: &str, body: Value) -> Answer {
    app.put_as(user, path, &body).await
}

/// Requests a code that confirms a change, and reads it from the mail.
async fn change_code(app: &TestApp, user: &User) -> String {
    app.post_as(user, "/me/otp", &json!({"channel": "email"})).await.expect(202);
    code_to(app, &user.email).await
}

async fn code_to(app: &TestApp, address: &str) -> String {
    app.smtp.mail_to(address).await.subject.chars().take(6).collect()
}

async fn confirm(app: &TestApp, user: &User, code: &str) -> Answer {
    app.post_as(user, "/me/email/confirm", &json!({"code": code})).await
}

async fn delete(app: &TestApp, user: &User, proof: &Value) -> Answer {
    app.request(user, Method::DELETE, "/me", Some(proof)).await
}

async fn is_over(app: &TestApp, user: &User) {
    app.get_as(user, "/me").await.expect_error(401, "invalid_access_token");
    let body = json!({"refresh_token": user.refresh_token});
    app.post("/auth/refresh", &body).await.expect_error(401, "invalid_refresh_token");
}

#[actix_rt::test]
async fn a_changed_password_ends_every_session_and_begins_a_new_one() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let other = User::of(&app.login(ANN, PASSWORD).await.expect(200));
    let body = json!({"password": PASSWORD, "new_password": NEW_PASSWORD});
    let fresh = User::of(&put(&app, &ann, "/me/password", body).await.expect(200));
    is_over(&app, &ann).await;
    is_over(&app, &other).await;
    app.get_as(&fresh, "/me").await.expect(200);
    app.login(ANN, PASSWORD).await.expect_error(401, "invalid_credentials");
    app.login(ANN, NEW_PASSWORD).await.expect(200);
    let notice = app.smtp.notice_to(ANN).await;
    assert_eq!(notice.subject, "Your password was changed (sports-log)");
}

#[actix_rt::test]
async fn sensitive_changes_want_the_password_or_a_fresh_code() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    for (path, mut body) in [
        ("/me/password", json!({"new_password": NEW_PASSWORD})),
        ("/me/email", json!({"email": NEW})),
    ] {
        put(&app, &ann, path, body.clone()).await.expect_error(403, "reauthentication_required");
        body["password"] = json!("not the password");
        put(&app, &ann, path, body.clone()).await.expect_error(401, "invalid_credentials");
        body["password"] = json!(null);
        put(&app, &ann, path, body.clone()).await.expect_error(422, "validation_failed");
        body.as_object_mut().unwrap().remove("password");
        body["code"] = json!("000000");
        put(&app, &ann, path, body.clone()).await.expect_error(401, "invalid_code");
        body["code"] = json!("12345");
        put(&app, &ann, path, body).await.expect_error(422, "validation_failed");
    }
    delete(&app, &ann, &json!({})).await.expect_error(403, "reauthentication_required");
    delete(&app, &ann, &json!({"password": "x"})).await.expect_error(401, "invalid_credentials");
    app.get_as(&ann, "/me").await.expect(200);
}

#[actix_rt::test]
async fn a_code_for_a_change_is_good_once_and_for_nothing_else() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let code = change_code(&app, &ann).await;
    let login = json!({"identifier": ANN, "code": code});
    app.post("/auth/otp/verify", &login).await.expect_error(401, "invalid_code");
    let body = json!({"code": code, "new_password": NEW_PASSWORD});
    let ann = User::of(&put(&app, &ann, "/me/password", body.clone()).await.expect(200));
    put(&app, &ann, "/me/password", body).await.expect_error(401, "invalid_code");
    // A login code does not confirm a change either.
    let request = json!({"identifier": ANN, "channel": "email"});
    app.post("/auth/otp/request", &request).await.expect(200);
    let login = code_to(&app, ANN).await;
    delete(&app, &ann, &json!({"code": login})).await.expect_error(401, "invalid_code");
}

#[actix_rt::test]
async fn the_password_cannot_be_guessed_through_a_stolen_token() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    for _ in 0..10 {
        delete(&app, &ann, &json!({"password": "x"}))
            .await
            .expect_error(401, "invalid_credentials");
    }
    let refused = delete(&app, &ann, &json!({"password": PASSWORD})).await;
    let refused = refused.expect_error(429, "rate_limited");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    app.login(ANN, PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn a_weak_new_password_is_refused_before_anything_else() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    for weak in ["short", "password123", "sports-log"] {
        let body = json!({"password": PASSWORD, "new_password": weak});
        put(&app, &ann, "/me/password", body).await.expect_error(422, "weak_password");
    }
    put(&app, &ann, "/me/password", json!({})).await.expect_error(422, "validation_failed");
    app.get_as(&ann, "/me").await.expect(200);
}

#[actix_rt::test]
async fn an_address_is_changed_by_a_code_to_the_new_one_and_told_to_the_old_one() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let body = json!({"email": NEW.to_uppercase(), "password": PASSWORD});
    put(&app, &ann, "/me/email", body).await.expect(202);
    let code = code_to(&app, NEW).await;
    assert_eq!(app.get_as(&ann, "/me").await.expect(200).json()["email"], ANN);
    let fresh = User::of(&confirm(&app, &ann, &code).await.expect(200));
    assert_eq!(fresh.email, NEW);
    assert_eq!(app.get_as(&fresh, "/me").await.expect(200).json()["email"], NEW);
    is_over(&app, &ann).await;
    let notice = app.smtp.notice_to(ANN).await;
    assert_eq!(notice.subject, "The address of your account was changed (sports-log)");
    // The old address can no longer be used to set a new password.
    assert!(notice.text.contains("contact the operator of sports-log"), "{}", notice.text);
    assert!(!notice.html.contains("reset-password"), "{}", notice.html);
    app.login(NEW, PASSWORD).await.expect(200);
    app.login(ANN, PASSWORD).await.expect_error(401, "invalid_credentials");
    // Once the notice is sent, its row no longer stores the recipient.
    let known = "SELECT count(*) FROM outbox WHERE recipient IS NOT NULL";
    crate::support::until_selects(&app.database, known, "0").await;
}

#[actix_rt::test]
async fn a_wrong_code_changes_no_address() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    confirm(&app, &ann, "123456").await.expect_error(401, "invalid_code");
    put(&app, &ann, "/me/email", json!({"email": NEW, "password": PASSWORD})).await.expect(202);
    let code = code_to(&app, NEW).await;
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    confirm(&app, &ann, &wrong).await.expect_error(401, "invalid_code");
    confirm(&app, &ann, "12345x").await.expect_error(422, "validation_failed");
    assert_eq!(app.get_as(&ann, "/me").await.expect(200).json()["email"], ANN);
    for no_address in ["", "ann", "a b@example.com"] {
        let body = json!({"email": no_address, "password": PASSWORD});
        put(&app, &ann, "/me/email", body).await.expect_error(422, "validation_failed");
    }
}

#[actix_rt::test]
async fn anothers_address_is_not_taken_and_not_told_apart_before_it_is_proven() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let bob = app.user("bob@example.com").await;
    let of = |email: &str| json!({"email": email, "password": PASSWORD});
    let known = put(&app, &ann, "/me/email", of("bob@example.com")).await.expect(202);
    let unknown = put(&app, &ann, "/me/email", of("new@example.com")).await.expect(202);
    assert_eq!(known.body, unknown.body);
    put(&app, &ann, "/me/email", of("bob@example.com")).await.expect(202);
    code_to(&app, "bob@example.com").await;
    let code = code_to(&app, "bob@example.com").await;
    confirm(&app, &ann, &code).await.expect_error(409, "email_taken");
    assert_eq!(app.get_as(&ann, "/me").await.expect(200).json()["email"], ANN);
    assert_eq!(app.get_as(&bob, "/me").await.expect(200).json()["id"], bob.id);
}

#[actix_rt::test]
async fn a_registration_that_nobody_confirmed_gives_way_to_the_mailboxs_owner() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let planted = app.register(NEW, "the strangers choice").await.token();
    put(&app, &ann, "/me/email", json!({"email": NEW, "password": PASSWORD})).await.expect(202);
    let code = code_to(&app, NEW).await;
    confirm(&app, &ann, &code).await.expect(200);
    app.verify(&planted).await.expect_error(400, "invalid_token");
    app.login(NEW, "the strangers choice").await.expect_error(401, "invalid_credentials");
}

#[actix_rt::test]
async fn a_deleted_account_leaves_nothing_but_that_it_was_deleted() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let bob = app.user("bob@example.com").await;
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60});
    app.post_as(&ann, "/activities", &run).await.expect(201);
    delete(&app, &ann, &json!({"password": PASSWORD})).await.expect(204);
    is_over(&app, &ann).await;
    app.login(ANN, PASSWORD).await.expect_error(401, "invalid_credentials");
    let notice = app.smtp.notice_to(ANN).await;
    assert_eq!(notice.subject, "Your account was deleted (sports-log)");
    crate::support::until_selects(
        &app.database,
        "SELECT string_agg(kind || coalesce(recipient, ''), ' ') FROM outbox WHERE user_id IS NULL",
        "security_notice",
    )
    .await;
    let tables =
        "SELECT string_agg(table_name || '.' || column_name, ' ') FROM information_schema.columns
                  WHERE table_schema = 'public' AND column_name = 'user_id'";
    for column in app.database.text(tables).await.split(' ') {
        let (table, _) = column.split_once('.').unwrap();
        let left = format!(
            "SELECT coalesce(string_agg(to_jsonb(t)->>'kind', ' '), '') FROM {table} t
                            WHERE user_id = '{}'",
            ann.id
        );
        let expected = if table == "auth_events" { "account_deleted" } else { "" };
        assert_eq!(app.database.text(&left).await, expected, "{table}");
    }
    app.get_as(&bob, "/me").await.expect(200);
    // The address is free again, and a new account sees nothing of the old one.
    let again = app.user(ANN).await;
    assert_ne!(again.id, ann.id);
    let list = app.get_as(&again, "/activities").await.expect(200).json();
    assert_eq!(list["activities"], json!([]));
}

#[actix_rt::test]
async fn three_codes_for_changes_in_fifteen_minutes() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let email = json!({"channel": "email"});
    for _ in 0..3 {
        app.post_as(&ann, "/me/otp", &email).await.expect(202);
    }
    app.post_as(&ann, "/me/otp", &email).await.expect_error(429, "rate_limited");
    app.post_as(&ann, "/me/otp", &json!({"channel": "sms"}))
        .await
        .expect_error(503, "channel_unavailable");
    app.post_as(&ann, "/me/otp", &json!({"channel": "owl"}))
        .await
        .expect_error(422, "validation_failed");
}
