//! Invitations of users: how many, for whom, and what becomes of them.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{KNOWN, OUTSIDER, UNKNOWN, invite, register, token_of, waiting};
use crate::{
    account_export::{entry, take_out},
    support::{PASSWORD, TestApp, User, process::said},
    user_command::user,
};

async fn server(invites_per_user: &str) -> (TestApp, User) {
    let settings = [
        ("REGISTRATION", "invited"),
        ("INVITES_PER_USER", invites_per_user),
        ("REGISTRATION_DOMAINS", "example.com"),
    ];
    let app = TestApp::spawn_with(&settings).await;
    let ann = app.user(KNOWN).await;
    (app, ann)
}

async fn invited_by(app: &TestApp, user: &User, body: &Value) -> (String, String) {
    let made = app.post_as(user, "/me/invitations", body).await.expect(201).json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), token_of(&text("link")))
}

async fn left(app: &TestApp, user: &User) -> Value {
    app.get_as(user, "/me/invitations").await.expect(200).json()["left"].clone()
}

/// Registers with the invitation and verifies the address.
async fn come(app: &TestApp, email: &str, token: &str) -> User {
    register(app, email, Some(token)).await.expect(202);
    let token = app.smtp.mail_to(email).await.token();
    User::of(&app.verify(&token).await.expect(200))
}

#[actix_rt::test]
async fn a_user_invites_as_many_people_as_the_operator_allows() {
    let (app, ann) = server("3").await;
    assert_eq!(left(&app, &ann).await, 3);
    let (_, token) = invited_by(&app, &ann, &json!({"uses": 2})).await;
    assert_eq!(left(&app, &ann).await, 1);
    app.post_as(&ann, "/me/invitations", &json!({"uses": 2}))
        .await
        .expect_error(409, "too_many_invitations");
    let (unused, _) = invited_by(&app, &ann, &json!({"email": "Ben@example.com"})).await;
    let ben = come(&app, UNKNOWN, &token).await;
    let listed = app.get_as(&ann, "/me/invitations").await.expect(200).json();
    assert_eq!(listed["invitations"][0]["email"], "ben@example.com");
    assert_eq!((&listed["invitations"][1]["used"], &listed["left"]), (&json!(1), &json!(0)));
    // Revoking gives back what was not used, and no more.
    let path = format!("/me/invitations/{unused}");
    app.request(&ben, Method::DELETE, &path, None).await.expect(404);
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    app.request(&ann, Method::DELETE, &path, None).await.expect(404);
    assert_eq!(left(&app, &ann).await, 1);
    let used = format!("/me/invitations/{}", listed["invitations"][1]["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &used, None).await.expect(204);
    assert_eq!(left(&app, &ann).await, 2);
    register(&app, "dan@example.com", Some(&token)).await.expect_error(400, "invalid_token");
    app.get_as(&ben, "/me").await.expect(200);
}

#[actix_rt::test]
async fn nobody_invites_more_people_by_asking_at_once() {
    let (app, ann) = server("2").await;
    let once = json!({});
    let answers = join_all((0..6).map(|_| app.post_as(&ann, "/me/invitations", &once))).await;
    let made = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(made, 2);
}

#[actix_rt::test]
async fn admins_invite_anybody_else_only_if_it_is_allowed() {
    let (app, ann) = server("0").await;
    app.post_as(&ann, "/me/invitations", &json!({}))
        .await
        .expect_error(409, "too_many_invitations");
    assert!(user(&app, &["set-admin", KNOWN]).status.success());
    assert_eq!(left(&app, &ann).await, Value::Null);
    let (_, token) = invited_by(&app, &ann, &json!({"uses": 1000})).await;
    // The domains hold for all users. Only the operator is exempt.
    register(&app, OUTSIDER, Some(&token)).await.expect_error(403, "address_not_allowed");
    come(&app, UNKNOWN, &token).await;
    let closed = app.replica_with(&[("REGISTRATION", "closed"), ("INVITES_PER_USER", "5")]).await;
    invited_by(&closed, &ann, &json!({})).await;
    let ben = User::of(&app.login(UNKNOWN, PASSWORD).await.expect(200));
    assert_eq!(left(&closed, &ben).await, 0);
}

#[actix_rt::test]
async fn a_user_does_not_vouch_for_an_address() {
    let (app, ann) = server("1").await;
    // Otherwise a person with an invitation could open an account in the name of another one.
    let (_, token) = invited_by(&app, &ann, &json!({"email": UNKNOWN})).await;
    register(&app, UNKNOWN, Some(&token)).await.expect(202);
    app.login(UNKNOWN, PASSWORD).await.expect_error(401, "invalid_credentials");
    assert_eq!(waiting(&app).await, UNKNOWN);
}

#[actix_rt::test]
async fn an_invitation_is_used_up_by_those_who_come() {
    let (app, ann) = server("1").await;
    let (_, token) = invited_by(&app, &ann, &json!({})).await;
    let mut links = Vec::new();
    for email in [UNKNOWN, "ben@example.com"] {
        register(&app, email, Some(&token)).await.expect(202);
        links.push(app.smtp.mail_to(email).await.token());
    }
    let answers = join_all(links.iter().map(|link| app.verify(link))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[actix_rt::test]
async fn what_is_revoked_expired_or_of_a_locked_user_lets_nobody_in() {
    let (app, ann) = server("9").await;
    let (id, revoked) = invited_by(&app, &ann, &json!({})).await;
    register(&app, UNKNOWN, Some(&revoked)).await.expect(202);
    let link = app.smtp.mail_to(UNKNOWN).await.token();
    app.request(&ann, Method::DELETE, &format!("/me/invitations/{id}"), None).await.expect(204);
    app.verify(&link).await.expect_error(400, "invalid_token");
    let (_, expired) = invited_by(&app, &ann, &json!({})).await;
    app.database.execute("UPDATE invitations SET expires_at = now() - interval '1 second'").await;
    let (_, of_locked) = invited_by(&app, &ann, &json!({"email": UNKNOWN})).await;
    assert!(user(&app, &["lock", KNOWN]).status.success());
    for token in [&revoked, &expired, &of_locked, "nonsense"] {
        register(&app, UNKNOWN, Some(token)).await.expect_error(400, "invalid_token");
    }
    register(&app, UNKNOWN, None).await.expect(202);
    assert_eq!(waiting(&app).await, "");
}

#[actix_rt::test]
async fn without_mail_an_invitation_is_enough() {
    let app =
        TestApp::spawn_with(&[("REGISTRATION", "invited"), ("SMTP_HOST", ""), ("SMTP_FROM", "")])
            .await;
    let token = invite(&app, &["--uses", "2", "--expires", "12h"]);
    let body = json!({"email": UNKNOWN, "password": PASSWORD, "display_name": "Ben",
                      "invitation": token, "cookie": true});
    let joined = app.post("/auth/register", &body).await.expect(200);
    assert_eq!(joined.json()["refresh_token"], Value::Null);
    assert!(joined.headers.get_all("set-cookie").count() >= 2, "{:?}", joined.headers);
    let ben = User { token: joined.json()["token"].as_str().unwrap().into(), ..User::default() };
    let me = app.get_as(&ben, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["display_name"], "Ben");
    app.login(UNKNOWN, PASSWORD).await.expect(200);
    register(&app, UNKNOWN, Some(&token)).await.expect_error(409, "email_taken");
    register(&app, "dan@example.com", None).await.expect_error(503, "channel_unavailable");
    let kinds = app.get_as(&ben, "/me/security-events").await.expect(200).json();
    assert!(kinds.to_string().contains("invitation_accepted"), "{kinds}");
}

#[actix_rt::test]
async fn the_operator_lists_and_revokes_invitations() {
    let (app, ann) = server("1").await;
    invited_by(&app, &ann, &json!({})).await;
    let token = invite(&app, &[UNKNOWN]);
    let taken = said(&user(&app, &["invite", KNOWN]));
    assert!(taken.contains("known@example.com already has an account"), "{taken}");
    assert!(!user(&app, &["invite", UNKNOWN, "--uses", "2"]).status.success());
    assert_eq!(user(&app, &["invite", "--expires", "soon"]).status.code(), Some(2));
    let listed = user(&app, &["invitations", "--json"]).stdout;
    let listed: Value = serde_json::from_slice(&listed).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert!(!listed.to_string().contains(&token));
    let id = listed[0]["id"].as_str().unwrap();
    assert!(said(&user(&app, &["invitations"])).contains(id));
    assert!(user(&app, &["uninvite", id]).status.success());
    assert!(!user(&app, &["uninvite", id]).status.success());
    register(&app, UNKNOWN, Some(&token)).await.expect_error(400, "invalid_token");
}

#[actix_rt::test]
async fn a_lost_answer_is_sent_again() {
    let (app, ann) = server("1").await;
    let ask =
        async || app.post_with_key(&ann, "/me/invitations", "k", &json!({})).await.expect(201);
    assert_eq!(ask().await.text(), ask().await.text());
    assert_eq!(left(&app, &ann).await, 0);
}

#[actix_rt::test]
async fn the_owner_is_notified_and_the_export_has_no_secret() {
    let (app, ann) = server("1").await;
    let (id, token) = invited_by(&app, &ann, &json!({})).await;
    let subject = "You invited somebody to this server (sports-log)";
    assert_eq!(app.smtp.notice_to(KNOWN).await.subject, subject);
    let zip = take_out(&app, &ann).await;
    let account: Value = serde_json::from_slice(&entry(&zip, "account.json")).unwrap();
    assert_eq!(
        (&account["invitations"][0]["uses"], &account["is_admin"]),
        (&json!(1), &json!(false))
    );
    assert!(!account.to_string().contains(&token));
    let stored = app.database.text("SELECT row_to_json(i) FROM invitations i").await;
    assert!(!stored.contains(&token), "{stored}");
    app.request(&ann, Method::DELETE, &format!("/me/invitations/{id}"), None).await.expect(204);
    let events = app.get_as(&ann, "/me/security-events").await.expect(200).text();
    assert!(events.contains("invitation_created") && events.contains("invitation_deleted"));
    // It is gone with the account.
    let (_, token) = invited_by(&app, &ann, &json!({})).await;
    let proof = json!({"password": PASSWORD});
    app.request(&ann, Method::DELETE, "/me", Some(&proof)).await.expect(204);
    register(&app, UNKNOWN, Some(&token)).await.expect_error(400, "invalid_token");
}
