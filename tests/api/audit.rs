//! The account events that the owner can read: security.md row 29.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, User};

const ANN: &str = "ann@example.com";

async fn events(app: &TestApp, user: &User) -> Vec<Value> {
    let page = app.get_as(user, "/me/security-events?limit=100").await.expect(200).json();
    page["events"].as_array().unwrap().clone()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

#[actix_rt::test]
async fn logins_failures_and_ends_are_recorded_for_their_owner_alone() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let bob = app.user("bob@example.com").await;
    app.login(ANN, "not the password").await.expect_error(401, "invalid_credentials");
    app.login("nobody@example.com", PASSWORD).await.expect_error(401, "invalid_credentials");
    let headers = [("content-type", "application/json"), ("user-agent", "RunLog/2.3 (iOS)")];
    let body = json!({"email": ANN, "password": PASSWORD}).to_string().into_bytes();
    let answer = app.send(Method::POST, "/auth/login", &headers, Some(body)).await.expect(200);
    app.request(&User::of(&answer), Method::POST, "/auth/logout", None).await.expect(204);
    let of_ann = events(&app, &ann).await;
    assert_eq!(kinds(&of_ann), ["logged_out", "login", "login_failed", "login", "email_verified"]);
    assert_eq!(of_ann[1]["device"], "RunLog");
    assert_eq!(of_ann[1]["method"], "local");
    assert!(of_ann[1]["at"].is_string());
    assert_eq!(kinds(&events(&app, &bob).await), ["login", "email_verified"]);
    let unknown =
        "SELECT count(*) FROM auth_events WHERE user_id IS NULL AND kind = 'login_failed'";
    assert_eq!(app.database.text(unknown).await, "1");
}

#[actix_rt::test]
async fn a_walk_through_the_events_sees_each_once() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let bob = app.user("bob@example.com").await;
    for _ in 0..5 {
        app.login(ANN, PASSWORD).await.expect(200);
    }
    let mut seen = Vec::new();
    let mut path = "/me/security-events?limit=3".to_owned();
    loop {
        let page = app.get_as(&ann, &path).await.expect(200).json();
        seen.extend(page["events"].as_array().unwrap().iter().map(|event| event["id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/me/security-events?limit=3&cursor={cursor}");
        app.get_as(&bob, &path).await.expect_error(400, "invalid_cursor");
    }
    let all = events(&app, &ann).await;
    assert_eq!(seen, all.iter().map(|event| event["id"].clone()).collect::<Vec<_>>());
    assert_eq!(seen.len(), 7);
    for (query, code) in [
        ("limit=0", "invalid_parameter"),
        ("limit=x", "invalid_parameter"),
        ("cursor=x", "invalid_parameter"),
        ("cursor=00000000-0000-4000-8000-000000000000", "invalid_cursor"),
    ] {
        let path = format!("/me/security-events?{query}");
        app.get_as(&ann, &path).await.expect_error(400, code);
    }
}

#[actix_rt::test]
async fn the_database_itself_keeps_what_was_recorded() {
    let app = TestApp::spawn().await;
    app.user(ANN).await;
    use diesel_async::SimpleAsyncConnection;
    let mut conn = app.database.connect().await;
    for statement in
        ["UPDATE auth_events SET kind = 'login'", "DELETE FROM auth_events", "TRUNCATE auth_events"]
    {
        let refused = conn.batch_execute(statement).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{statement}: {refused}");
    }
}

#[actix_rt::test]
async fn the_owner_is_told_by_mail_of_what_changed_access() {
    let app = TestApp::spawn_with(&[("REFRESH_GRACE_SECS", "0.000001")]).await;
    let ann = app.user(ANN).await;
    let refresh = json!({"refresh_token": ann.refresh_token});
    let refreshed = User::of(&app.post("/auth/refresh", &refresh).await.expect(200));
    app.get_as(&refreshed, "/me").await.expect(200);
    app.post("/auth/refresh", &refresh).await.expect(401);
    let mail = app.smtp.notice_to(ANN).await;
    assert_eq!(
        mail.subject,
        "A session was ended because somebody else may have had access to it (sports-log)"
    );
    app.post("/auth/forgot-password", &json!({"email": ANN})).await.expect(200);
    let token = app.smtp.mail_to(ANN).await.token();
    let headers = [("content-type", "application/json"), ("user-agent", "<b>&\"curl\"</b>/8")];
    let reset = json!({"token": token, "new_password": "nine nimble newts"});
    app.send(Method::POST, "/auth/reset-password", &headers, Some(reset.to_string().into_bytes()))
        .await
        .expect(200);
    let mail = app.smtp.notice_to(ANN).await;
    assert_eq!(mail.subject, "Your password was changed (sports-log)");
    assert!(mail.text.contains("https://log.example/reset-password"), "{}", mail.text);
    assert!(mail.text.contains("Device:      <b>&\"curl\"<"), "{}", mail.text);
    assert!(!mail.html.contains("<b>"), "{}", mail.html);
}
