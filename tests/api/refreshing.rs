//! Refresh tokens: exchanged, retried after a lost answer, and used by two clients.

use actix_web::http::Method;
use serde_json::json;

use crate::{
    sessions::{ANN, is_over, login_from, refresh},
    support::{Answer, TestApp, User},
};

#[actix_rt::test]
async fn a_spent_token_used_again_ends_its_session_and_no_other() {
    let app = TestApp::spawn_with(&[("REFRESH_GRACE_SECS", "0.000001")]).await;
    let victim = app.user(ANN).await;
    let other = login_from(&app, "curl/8").await;
    let thief = User::of(&refresh(&app, &victim.refresh_token).await.expect(200));
    app.get_as(&thief, "/me").await.expect(200);
    refresh(&app, &victim.refresh_token).await.expect_error(401, "invalid_refresh_token");
    is_over(&app, &thief).await;
    is_over(&app, &victim).await;
    app.get_as(&other, "/me").await.expect(200);
}

#[actix_rt::test]
async fn a_client_that_lost_the_answer_gets_it_again() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    let lost = User::of(&refresh(&app, &user.refresh_token).await.expect(200));
    let again = User::of(&refresh(&app, &user.refresh_token).await.expect(200));
    assert_eq!(again.refresh_token, lost.refresh_token);
    let next = User::of(&refresh(&app, &again.refresh_token).await.expect(200));
    // The use of the successor shows that the answer has arrived. The first token is not accepted
    // again.
    refresh(&app, &user.refresh_token).await.expect_error(401, "invalid_refresh_token");
    is_over(&app, &next).await;
}

/// Pretends that the last refresh was `time` ago.
async fn later(app: &TestApp, time: &str) {
    app.database
        .execute(&format!("UPDATE sessions SET last_used_at = now() - interval '{time}'"))
        .await;
}

#[actix_rt::test]
async fn a_lost_answer_can_be_fetched_after_any_time_until_it_is_used() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    let lost = User::of(&refresh(&app, &user.refresh_token).await.expect(200));
    for time in ["33 seconds", "1 hour", "2 days"] {
        later(&app, time).await;
        // The access token of the login does not show that the answer has arrived.
        app.get_as(&user, "/me").await.expect(200);
        let again = User::of(&refresh(&app, &user.refresh_token).await.expect(200));
        assert_eq!(again.refresh_token, lost.refresh_token, "{time}");
    }
    let kinds = app.get_as(&user, "/me/security-events").await.expect(200).text();
    assert!(!kinds.contains("refresh"), "{kinds}");
    // With another server, and with a write.
    let replica = app.replica().await;
    let arrived = User::of(&refresh(&replica, &user.refresh_token).await.expect(200));
    later(&app, "33 seconds").await;
    replica.put_as(&arrived, "/me/profile", &json!({})).await.expect(200);
    refresh(&app, &user.refresh_token).await.expect_error(401, "invalid_refresh_token");
    is_over(&app, &arrived).await;
    let mail = app.smtp.notice_to(ANN).await;
    assert!(mail.subject.contains("somebody else may have had access to it"), "{}", mail.subject);
}

#[actix_rt::test]
async fn owner_and_thief_cannot_take_turns() {
    let app = TestApp::spawn().await;
    let owner = app.user(ANN).await;
    // The thief has a copy of the token and uses it first.
    let thief = User::of(&refresh(&app, &owner.refresh_token).await.expect(200));
    later(&app, "1 hour").await;
    app.get_as(&thief, "/activities").await.expect(200);
    refresh(&app, &owner.refresh_token).await.expect_error(401, "invalid_refresh_token");
    is_over(&app, &thief).await;
}

#[actix_rt::test]
async fn tabs_that_refresh_at_once_stay_logged_in() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    let one = User::of(&refresh(&app, &user.refresh_token).await.expect(200));
    app.get_as(&one, "/me").await.expect(200);
    // The request of the other tab was in flight.
    let other = User::of(&refresh(&app, &user.refresh_token).await.expect(200));
    assert_eq!(other.refresh_token, one.refresh_token);
    app.get_as(&other, "/me").await.expect(200);
}

async fn refresh_from(app: &TestApp, token: &str, user_agent: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("user-agent", user_agent)];
    let body = json!({"refresh_token": token}).to_string().into_bytes();
    app.send(Method::POST, "/auth/refresh", &headers, Some(body)).await
}

/// The security events of these kinds with their devices, oldest first.
async fn events(app: &TestApp, kinds: &str) -> String {
    let list = format!(
        "SELECT coalesce(string_agg(kind || ' ' || device, ', ' ORDER BY at), '')
         FROM auth_events WHERE kind = ANY('{{{kinds}}}')"
    );
    app.database.text(&list).await
}

#[actix_rt::test]
async fn another_device_is_recorded_and_gets_no_answer_that_was_lost() {
    let app = TestApp::spawn().await;
    app.user(ANN).await;
    let phone = login_from(&app, "RunLog/2 (iPhone)").await;
    // A new version, another name of the app, then both in turn: one event.
    let mut token = phone.refresh_token.clone();
    for user_agent in ["RunLog/3 (iPhone)", "CFNetwork/1", "RunLog/3 (iPhone)", "CFNetwork/2"] {
        token = User::of(&refresh_from(&app, &token, user_agent).await.expect(200)).refresh_token;
    }
    let kinds = "session_device_changed,refresh_refused,refresh_token_reused";
    assert_eq!(events(&app, kinds).await, "session_device_changed CFNetwork");
    // The answer is lost, and somebody else has the token.
    let lost = User::of(&refresh_from(&app, &token, "RunLog/3").await.expect(200));
    let refused = refresh_from(&app, &token, "curl/8").await;
    refused.expect_error(401, "invalid_refresh_token");
    assert!(events(&app, kinds).await.ends_with(", refresh_refused curl"));
    // The owner's session continues.
    let again = User::of(&refresh_from(&app, &token, "CFNetwork/2").await.expect(200));
    assert_eq!(again.refresh_token, lost.refresh_token);
    app.get_as(&again, "/me").await.expect(200);
    later(&app, "33 seconds").await;
    refresh_from(&app, &token, "curl/8").await.expect_error(401, "invalid_refresh_token");
    assert!(events(&app, kinds).await.ends_with(", refresh_token_reused curl"));
    is_over(&app, &again).await;
}

#[actix_rt::test]
async fn parallel_refreshes_stay_one_family() {
    let app = TestApp::spawn().await;
    let replica = app.replica().await;
    let user = app.user(ANN).await;
    let servers = [&app, &replica];
    let all = (0..16).map(|n| refresh(servers[n % 2], &user.refresh_token));
    let answers = futures_util::future::join_all(all).await;
    let mut tokens: Vec<String> =
        answers.into_iter().map(|answer| User::of(&answer.expect(200)).refresh_token).collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
    refresh(&app, &tokens[0]).await.expect(200);
    assert_eq!(app.database.text("SELECT count(*) FROM sessions").await, "1");
}
