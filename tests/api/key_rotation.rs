//! A change of the server key: what the previous key made stays valid until that key is removed.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, NEXT_SERVER_KEY, PASSWORD, ROTATION, TestApp, User, free_port, receiver::Receiver,
    until_selects,
};

const FINISHED: [(&str, &str); 1] = [("SERVER_KEY", NEXT_SERVER_KEY)];

fn run(started_at: &str) -> Value {
    json!({"activity_type": "run", "started_at": started_at, "duration_secs": 1800})
}

async fn refresh(app: &TestApp, user: &User) -> Answer {
    app.post("/auth/refresh", &json!({"refresh_token": user.refresh_token})).await
}

#[actix_rt::test]
async fn sessions_lists_and_retries_go_on_and_end_with_the_old_key() {
    let old = TestApp::spawn().await;
    let ann = old.user("ann@example.com").await;
    let idle = User::of(&old.login("ann@example.com", PASSWORD).await.expect(200));
    for day in ["2026-05-04T08:00:00Z", "2026-05-05T08:00:00Z"] {
        old.post_as(&ann, "/activities", &run(day)).await.expect(201);
    }
    let page = old.get_as(&ann, "/activities?limit=1").await.expect(200).json();
    let next_page = format!("/activities?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let changes = old.get_as(&ann, "/activities/changes").await.expect(200).json();
    let since = format!("/activities/changes?since={}", changes["next"].as_str().unwrap());
    let retried = async |app: &TestApp| {
        app.post_with_key(&ann, "/activities", "one", &run("2026-05-06T08:00:00Z")).await
    };
    let first = retried(&old).await.expect(201).json();

    let rotated = old.restarted(&ROTATION).await;
    let fresh = User::of(&refresh(&rotated, &ann).await.expect(200));
    let rest = rotated.get_as(&ann, &next_page).await.expect(200).json();
    assert_eq!(rest["activities"][0]["started_at"], "2026-05-04T08:00:00Z");
    rotated.get_as(&ann, &since).await.expect(200);
    assert_eq!(retried(&rotated).await.expect(201).json()["id"], first["id"]);

    let finished = rotated.restarted(&FINISHED).await;
    refresh(&finished, &fresh).await.expect(200);
    refresh(&finished, &idle).await.expect_error(401, "invalid_refresh_token");
    finished.get_as(&ann, &next_page).await.expect_error(400, "invalid_cursor");
    finished.get_as(&ann, &since).await.expect_error(400, "invalid_cursor");
    retried(&finished).await.expect_error(422, "idempotency_key_reused");
}

#[actix_rt::test]
async fn a_personal_token_that_is_used_meanwhile_outlives_the_old_key() {
    let old = TestApp::spawn().await;
    let ann = old.user("ann@example.com").await;
    let scopes = json!(["activities:read"]);
    let made = async |app: &TestApp, name: &str| {
        let body = json!({"name": name, "scopes": scopes, "password": PASSWORD});
        let answer = app.post_with_key(&ann, "/me/tokens", name, &body).await.expect(201).json();
        User { token: answer["token"].as_str().unwrap().into(), ..ann.clone() }
    };
    let (used, unused, lost) =
        (made(&old, "used").await, made(&old, "unused").await, made(&old, "lost").await);
    old.get_as(&used, "/activities").await.expect(200);

    let rotated = old.restarted(&ROTATION).await;
    rotated.get_as(&used, "/activities").await.expect(200);
    let found = made(&rotated, "lost").await;
    // The token may be in use, if the client only forgot that it had received the answer.
    assert_eq!(found.token, lost.token);
    rotated.get_as(&found, "/activities").await.expect(200);

    let finished = rotated.restarted(&FINISHED).await;
    finished.get_as(&used, "/activities").await.expect(200);
    finished.get_as(&found, "/activities").await.expect(200);
    finished.get_as(&unused, "/activities").await.expect_error(401, "invalid_access_token");
}

#[actix_rt::test]
async fn a_shared_picture_stays_where_it_is() {
    let old = TestApp::spawn().await;
    let ann = old.user("ann@example.com").await;
    let shared = async |app: &TestApp| {
        let body = json!({"picture": "weekly"});
        let share = app.post_with_key(&ann, "/shares", "k", &body).await.expect(201).json();
        share["svg_url"].as_str().unwrap().replace("https://log.example", "")
    };
    let link = shared(&old).await;

    let rotated = old.restarted(&ROTATION).await;
    // A repeated request gets the same link: the picture may be embedded in a page.
    assert_eq!(shared(&rotated).await, link);
    rotated.get(&link).await.expect(200);

    let finished = rotated.restarted(&FINISHED).await;
    finished.get(&link).await.expect(200);
}

#[actix_rt::test]
async fn what_was_asked_for_before_is_sent_and_taken_after() {
    let confirmed = TestApp::spawn().await;
    for email in ["ann@example.com", "bob@example.com"] {
        confirmed.user(email).await;
    }
    let link = confirmed.register("cy@example.com", PASSWORD).await.token();
    let nobody = free_port().to_string();
    // The mail server is down from here on.
    let old = confirmed.restarted(&[("SMTP_PORT", &nobody)]).await;
    let forgot = json!({"email": "ann@example.com"});
    old.post("/auth/forgot-password", &forgot).await.expect(200);
    let code = json!({"identifier": "bob@example.com", "channel": "email"});
    old.post("/auth/otp/request", &code).await.expect(200);
    let registration = json!({"email": "dee@example.com", "password": PASSWORD});
    old.post("/auth/register", &registration).await.expect(202);
    let unsent = "SELECT count(*)::text FROM outbox WHERE status IN ('queued', 'sending')";
    until_selects(&old.database, unsent, "3").await;

    let rotated = old.restarted(&ROTATION).await;
    rotated.verify(&link).await.expect(200);
    let token = rotated.smtp.mail_to("dee@example.com").await.token();
    rotated.verify(&token).await.expect(200);
    let token = rotated.smtp.mail_to("ann@example.com").await.token();
    let reset = json!({"token": token, "new_password": "eight amber otters"});
    rotated.post("/auth/reset-password", &reset).await.expect(200);
    let code: String =
        rotated.smtp.mail_to("bob@example.com").await.subject.chars().take(6).collect();
    let login = json!({"identifier": "bob@example.com", "code": code});
    rotated.post("/auth/otp/verify", &login).await.expect(200);
}

#[actix_rt::test]
async fn a_receiver_verifies_with_the_old_secret_and_with_the_new() {
    let receiver = Receiver::start();
    let with = |key: &[(&'static str, &'static str)]| [receiver.settings(), key.to_vec()].concat();
    let old = TestApp::spawn_with(&with(&[])).await;
    let ann = old.user("ann@example.com").await;
    let hook = json!({"url": receiver.url});
    let before = old.post_as(&ann, "/me/webhooks", &hook).await.expect(201).json();

    let rotated = old.restarted(&with(&ROTATION)).await;
    rotated.post_as(&ann, "/activities", &run("2026-05-04T08:00:00Z")).await.expect(201);
    let post = receiver.got(1).await.remove(0);
    assert!(post.is_signed_by(&before["secret"]));
    let after = rotated.post_as(&ann, "/me/webhooks", &hook).await.expect(201).json();
    let path = format!("/me/webhooks/{}", before["id"].as_str().unwrap());
    rotated.request(&ann, Method::DELETE, &path, None).await.expect(204);

    let finished = rotated.restarted(&with(&FINISHED)).await;
    finished.post_as(&ann, "/activities", &run("2026-05-05T08:00:00Z")).await.expect(201);
    let post = receiver.got(2).await.remove(1);
    assert!(post.is_signed_by(&after["secret"]));
    assert!(!post.is_signed_by(&before["secret"]));
}
