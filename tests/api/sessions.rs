//! Sessions: listing, refreshing, ending them.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, User};

pub const ANN: &str = "ann@example.com";

pub async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.post("/auth/refresh", &json!({"refresh_token": token})).await
}

pub async fn login_from(app: &TestApp, user_agent: &str) -> User {
    let headers = [("content-type", "application/json"), ("user-agent", user_agent)];
    let body = json!({"email": ANN, "password": PASSWORD}).to_string().into_bytes();
    User::of(&app.send(Method::POST, "/auth/login", &headers, Some(body)).await.expect(200))
}

async fn sessions(app: &TestApp, user: &User) -> Vec<Value> {
    let listed = app.get_as(user, "/me/sessions").await.expect(200).json();
    listed["sessions"].as_array().unwrap().clone()
}

pub async fn is_over(app: &TestApp, user: &User) {
    app.get_as(user, "/me").await.expect_error(401, "invalid_access_token");
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60});
    app.post_as(user, "/activities", &run).await.expect_error(401, "invalid_access_token");
    app.get_as(user, "/me/sessions").await.expect_error(401, "invalid_access_token");
    refresh(app, &user.refresh_token).await.expect_error(401, "invalid_refresh_token");
}

#[actix_rt::test]
async fn a_refresh_gives_new_tokens_of_the_same_session() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    let answer = refresh(&app, &user.refresh_token).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let refreshed = User::of(&answer);
    assert_ne!(refreshed.refresh_token, user.refresh_token);
    app.get_as(&refreshed, "/me").await.expect(200);
    // The session continues, and with it the older access token.
    app.get_as(&user, "/me").await.expect(200);
    assert_eq!(sessions(&app, &refreshed).await.len(), 1);
}

#[actix_rt::test]
async fn sessions_are_listed_with_their_devices() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let current = login_from(&app, firefox).await;
    let bob = app.user("bob@example.com").await;
    let listed = sessions(&app, &current).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["device"], "Firefox on Linux");
    assert_eq!(listed[0]["method"], "local");
    assert_eq!(listed[0]["current"], true);
    assert_eq!(listed[1]["current"], false);
    for name in ["created_at", "last_used_at", "expires_at"] {
        assert!(listed[0][name].is_string(), "{name}");
    }
    assert_eq!(sessions(&app, &user).await.len(), 2);
    assert_eq!(sessions(&app, &bob).await.len(), 1);
}

#[actix_rt::test]
async fn ending_a_session_refuses_its_tokens_at_once() {
    let app = TestApp::spawn().await;
    let first = app.user(ANN).await;
    let second = login_from(&app, "curl/8").await;
    let bob = app.user("bob@example.com").await;
    let listed = sessions(&app, &first).await;
    let other = listed.iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/me/sessions/{}", other["id"].as_str().unwrap());
    app.request(&bob, Method::DELETE, &path, None).await.expect_error(404, "not_found");
    app.get_as(&second, "/me").await.expect(200);
    app.request(&first, Method::DELETE, &path, None).await.expect(204);
    is_over(&app, &second).await;
    app.request(&first, Method::DELETE, &path, None).await.expect_error(404, "not_found");
    app.request(&first, Method::DELETE, "/me/sessions/x", None)
        .await
        .expect_error(404, "not_found");
    app.get_as(&first, "/me").await.expect(200);
}

#[actix_rt::test]
async fn all_other_sessions_can_be_ended() {
    let app = TestApp::spawn().await;
    let first = app.user(ANN).await;
    let (second, third) = (login_from(&app, "curl/8").await, login_from(&app, "curl/8").await);
    let bob = app.user("bob@example.com").await;
    app.request(&second, Method::DELETE, "/me/sessions", None).await.expect(204);
    is_over(&app, &first).await;
    is_over(&app, &third).await;
    app.get_as(&second, "/me").await.expect(200);
    app.get_as(&bob, "/me").await.expect(200);
}

#[actix_rt::test]
async fn logging_out_ends_this_session_and_no_other() {
    let app = TestApp::spawn().await;
    let first = app.user(ANN).await;
    let second = login_from(&app, "curl/8").await;
    app.request(&second, Method::POST, "/auth/logout", None).await.expect(204);
    is_over(&app, &second).await;
    app.get_as(&first, "/me").await.expect(200);
    app.request(&second, Method::POST, "/auth/logout", None)
        .await
        .expect_error(401, "invalid_access_token");
    let missing = app.send(Method::POST, "/auth/logout", &[], None).await;
    missing.expect_error(401, "missing_token");
}

#[actix_rt::test]
async fn a_reset_ends_refresh_tokens_too() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    app.post("/auth/forgot-password", &json!({"email": ANN})).await.expect(200);
    let token = app.smtp.mail_to(ANN).await.token();
    let reset = json!({"token": token, "new_password": "nine nimble newts"});
    app.post("/auth/reset-password", &reset).await.expect(200);
    is_over(&app, &user).await;
    assert_eq!(app.database.text("SELECT count(*) FROM sessions").await, "0");
}

#[actix_rt::test]
async fn a_session_opened_beside_a_reset_is_worth_nothing() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    // As if its row had been inserted after a reset had deleted the others.
    app.database.execute("UPDATE users SET token_version = token_version + 1").await;
    is_over(&app, &user).await;
}

#[actix_rt::test]
async fn a_session_ends_by_idleness_and_by_age() {
    let limits =
        [("SESSION_IDLE_DAYS", "2"), ("SESSION_MAX_DAYS", "3"), ("JWT_EXPIRY_MINUTES", "1440")];
    let app = TestApp::spawn_with(&limits).await;
    let user = app.user(ANN).await;
    let left = "SELECT round(extract(epoch FROM expires_at - now()) / 3600) FROM sessions";
    assert_eq!(app.database.text(left).await, "48");
    app.database.execute("UPDATE sessions SET created_at = now() - interval '60 hours'").await;
    let answer = refresh(&app, &user.refresh_token).await.expect(200);
    assert_eq!(app.database.text(left).await, "12");
    // An access token never outlives its session.
    assert!((11 * 3600..=12 * 3600).contains(&answer.json()["expires_in"].as_i64().unwrap()));
    app.database.execute("UPDATE sessions SET expires_at = now()").await;
    let token = User::of(&answer).refresh_token;
    refresh(&app, &token).await.expect_error(401, "invalid_refresh_token");
}

#[actix_rt::test]
async fn what_is_no_refresh_token_is_refused() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    for token in ["", "x", &user.token, &format!("{}A", user.refresh_token), "é\u{0}"] {
        refresh(&app, token).await.expect_error(401, "invalid_refresh_token");
    }
    app.post("/auth/refresh", &json!({})).await.expect_error(422, "validation_failed");
    app.post("/auth/refresh", &json!({"refresh_token": 1}))
        .await
        .expect_error(422, "validation_failed");
    // A refresh token alone gives no access.
    let user = User { token: user.refresh_token.clone(), ..user };
    app.get_as(&user, "/me").await.expect_error(401, "invalid_access_token");
}
