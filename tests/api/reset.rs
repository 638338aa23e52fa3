//! Resetting the password: security.md rows 8, 18 and 20.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Answer, PASSWORD, TestApp};

const NEW_PASSWORD: &str = "eight golden geese";

async fn forgot(app: &TestApp, email: &str) -> String {
    app.post("/auth/forgot-password", &json!({"email": email})).await.expect(200);
    app.smtp.mail_to(email).await.token()
}

async fn reset(app: &TestApp, token: &str, password: &str) -> Answer {
    app.post("/auth/reset-password", &json!({"token": token, "new_password": password})).await
}

#[actix_rt::test]
async fn a_reset_changes_the_password_and_ends_every_session_at_once() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60});
    let created = app.post_as(&user, "/activities", &run).await.expect(201).json();
    let one = format!("/activities/{}", created["id"].as_str().unwrap());

    let token = forgot(&app, "ann@example.com").await;
    reset(&app, &token, NEW_PASSWORD).await.expect(200);

    let update = json!({"notes": "written with an old token"});
    for (method, path, body) in [
        (Method::GET, "/me", None),
        (Method::PUT, "/me/profile", Some(&update)),
        (Method::PUT, "/me/preferences", Some(&update)),
        (Method::GET, "/activities", None),
        (Method::POST, "/activities", Some(&run)),
        (Method::GET, one.as_str(), None),
        (Method::PUT, one.as_str(), Some(&update)),
        (Method::DELETE, one.as_str(), None),
    ] {
        app.request(&user, method, path, body).await.expect_error(401, "invalid_access_token");
    }
    assert_eq!(
        app.database.text("SELECT count(*) || ' ' || count(notes) FROM activities").await,
        "1 0"
    );
    app.login("ann@example.com", PASSWORD).await.expect_error(401, "invalid_credentials");
    app.login("ann@example.com", NEW_PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn a_reset_tells_what_is_still_open_and_ends_what_it_is_asked_to() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for _ in 0..2 {
        app.post_as(&user, "/shares", &json!({"picture": "weekly"})).await.expect(201);
    }
    let webhook = json!({"url": "https://hooks.example.com/log"});
    app.post_as(&user, "/me/webhooks", &webhook).await.expect(201);
    for granted in [
        "INSERT INTO oauth_connections (user_id, provider, provider_uid)
         SELECT id, 'google', '1' FROM users",
        "UPDATE profiles SET phone_number = '+390612345678', phone_verified = true",
        "INSERT INTO garmin_connections (id, user_id, mode, credential, token_key_id)
         SELECT gen_random_uuid(), id, 'personal', '', '' FROM users",
    ] {
        app.database.execute(granted).await;
    }
    let open = |answer: Answer| answer.expect(200).json()["still_open"].clone();
    let token = forgot(&app, "ann@example.com").await;
    let all = json!({"shares": 2, "webhooks": 1, "connections": 1, "providers": 1, "phone": 1});
    assert_eq!(open(reset(&app, &token, NEW_PASSWORD).await), all);
    let subject = "Your password was changed (sports-log)";
    let mut notice = app.smtp.notice_to("ann@example.com").await;
    while notice.subject != subject {
        notice = app.smtp.notice_to("ann@example.com").await;
    }
    let words = "Still open:  2 shared pictures, 1 webhook, 1 connection to Garmin, 1 linked provider, 1 phone number";
    assert!(notice.text.replace("\r\n", "\n").contains(words), "{}", notice.text);

    let token = forgot(&app, "ann@example.com").await;
    let wrong = json!({"token": token, "new_password": NEW_PASSWORD, "end": ["sharks"]});
    app.post("/auth/reset-password", &wrong).await.expect_error(422, "validation_failed");
    let some = json!({"token": token, "new_password": NEW_PASSWORD, "end": ["shares", "webhooks", "tokens"]});
    let left = json!({"shares": 0, "webhooks": 0, "connections": 1, "providers": 1, "phone": 1});
    assert_eq!(open(app.post("/auth/reset-password", &some).await), left);

    let token = forgot(&app, "ann@example.com").await;
    let rest = json!({"token": token, "new_password": NEW_PASSWORD, "end": ["connections", "providers", "phone"]});
    let left = json!({"shares": 0, "webhooks": 0, "connections": 0, "providers": 0, "phone": 0});
    assert_eq!(open(app.post("/auth/reset-password", &rest).await), left);
    let kinds = "SELECT string_agg(kind, ' ' ORDER BY at) FROM auth_events WHERE kind SIMILAR TO
                 '(share|webhook)_deleted|provider_unlinked|phone_removed'";
    let kinds = app.database.text(kinds).await;
    assert_eq!(kinds, "share_deleted webhook_deleted provider_unlinked phone_removed");
}

#[actix_rt::test]
async fn a_reset_token_works_once_even_under_race() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    let token = forgot(&app, "ann@example.com").await;
    let answers = join_all((0..8).map(|n| {
        let (app, token) = (&app, &token);
        async move { reset(app, token, &format!("{NEW_PASSWORD} {n}")).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 400).count(), 7);
}

#[actix_rt::test]
async fn only_the_newest_token_works_and_not_for_ever() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    let first = forgot(&app, "ann@example.com").await;
    // Strangers can ask, too, and must not void the owner's link.
    assert_eq!(forgot(&app, "ann@example.com").await, first);
    app.database
        .execute(
            "UPDATE local_credentials SET reset_expires = reset_expires - interval '31 minutes'",
        )
        .await;
    let second = forgot(&app, "ann@example.com").await;
    reset(&app, &first, NEW_PASSWORD).await.expect_error(400, "invalid_token");
    app.database
        .execute("UPDATE local_credentials SET reset_expires = now() - interval '1 second'")
        .await;
    reset(&app, &second, NEW_PASSWORD).await.expect_error(400, "invalid_token");
    app.login("ann@example.com", PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn a_token_of_one_kind_is_none_of_the_other() {
    let app = TestApp::spawn().await;
    let verify = app.register("ann@example.com", PASSWORD).await.token();
    reset(&app, &verify, NEW_PASSWORD).await.expect_error(400, "invalid_token");
    let token = forgot(&app, "ann@example.com").await;
    app.verify(&token).await.expect_error(400, "invalid_token");
    app.verify(&verify).await.expect(200);
}

#[actix_rt::test]
async fn a_refused_password_does_not_use_up_the_token() {
    let app = TestApp::spawn().await;
    app.user("winifred@example.com").await;
    let token = forgot(&app, "winifred@example.com").await;
    for weak in ["password123", "Winifred1"] {
        let answer = reset(&app, &token, weak).await.expect_error(422, "weak_password");
        assert_eq!(answer.json()["fields"][0]["field"], "new_password");
    }
    reset(&app, &token, NEW_PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn proving_the_mailbox_by_a_reset_deletes_what_strangers_set() {
    let app = TestApp::spawn().await;
    let planted = app.register("owner@example.com", "the attackers choice").await;
    app.database
        .execute("UPDATE profiles SET phone_number = '+390612345678', display_name = 'Stranger'")
        .await;
    app.database
        .execute(
            "INSERT INTO oauth_connections (user_id, provider, provider_uid)
             SELECT id, 'facebook', '1' FROM users",
        )
        .await;
    let token = forgot(&app, "owner@example.com").await;
    reset(&app, &token, NEW_PASSWORD).await.expect(200);
    app.verify(&planted.token()).await.expect_error(400, "invalid_token");
    app.login("owner@example.com", "the attackers choice")
        .await
        .expect_error(401, "invalid_credentials");
    app.login("owner@example.com", NEW_PASSWORD).await.expect(200);
    let left = "SELECT (SELECT count(*) FROM registrations) + (SELECT count(*) FROM oauth_connections)
                + (SELECT count(*) FROM profiles WHERE phone_number IS NOT NULL OR display_name IS NOT NULL)";
    assert_eq!(app.database.text(left).await, "0");
}
