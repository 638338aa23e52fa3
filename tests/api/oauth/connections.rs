//! Linking and unlinking providers while logged in.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{ANN, Begun, come_back, log_in, me, user_of, with_provider};
use crate::support::{
    Answer, PASSWORD, TestApp, User,
    openid::{OpenIdProvider, Person},
};

async fn start(app: &TestApp, user: &User, body: &Value) -> Answer {
    app.post_as(user, "/me/connections/oidc", body).await
}

/// Links the person who is logged in at the provider. Returns the answer.
pub async fn link(app: &TestApp, provider: &OpenIdProvider, user: &User, person: Person) -> Answer {
    provider.log_in(person);
    let started = start(app, user, &json!({"password": PASSWORD})).await.expect(200);
    let location = started.json()["authorization_url"].as_str().unwrap().to_owned();
    let begun = Begun::of(&started, location);
    let returned = provider.visit(&begun.location).await;
    come_back(app, &returned, &begun.cookie).await
}

async fn unlink(app: &TestApp, user: &User, name: &str) -> Answer {
    app.request(user, Method::DELETE, &format!("/me/connections/{name}"), None).await
}

#[actix_rt::test]
async fn a_linked_provider_is_one_more_way_in() {
    let (app, provider) = with_provider().await;
    let ann = app.user(ANN).await;
    let none = app.get_as(&ann, "/me/connections").await.expect(200).json();
    assert_eq!(none, json!({"connections": [], "available": ["google", "oidc"]}));
    // Another address, which the provider has not verified: this is allowed, because the owner
    // links it.
    let person = Person::unverified("s1", "elsewhere@example.org");
    let linked = link(&app, &provider, &ann, person.clone()).await.expect(200).json();
    assert_eq!(linked, json!({"linked": "oidc"}));
    assert_eq!(user_of(&app, &provider, person.clone()).await.id, ann.id);
    assert_eq!(me(&app, &ann).await["email"], ANN);
    let listed = app.get_as(&ann, "/me/connections").await.expect(200).json();
    assert_eq!(listed["connections"][0]["email"], "elsewhere@example.org");
    assert_eq!(listed["available"], json!(["google"]));
    assert!(app.smtp.notice_to(ANN).await.subject.contains("can now be used to log in"));
    // Linking it again changes nothing.
    link(&app, &provider, &ann, person).await.expect(200);
    assert_eq!(app.database.text("SELECT count(*) FROM oauth_connections").await, "1");
}

#[actix_rt::test]
async fn linking_wants_proof_and_a_live_session() {
    let (app, provider) = with_provider().await;
    let ann = app.user(ANN).await;
    start(&app, &ann, &json!({})).await.expect_error(403, "reauthentication_required");
    start(&app, &ann, &json!({"password": "x"})).await.expect_error(401, "invalid_credentials");
    let elsewhere = json!({"password": PASSWORD, "return_to": "https://evil.example"});
    start(&app, &ann, &elsewhere).await.expect_error(400, "invalid_return_to");
    let facebook = json!({"password": PASSWORD});
    app.post_as(&ann, "/me/connections/facebook", &facebook).await.expect_error(404, "not_found");

    provider.log_in(Person::new("s1", "other@example.org"));
    let started = start(&app, &ann, &json!({"password": PASSWORD})).await.expect(200);
    let location = started.json()["authorization_url"].as_str().unwrap().to_owned();
    let begun = Begun::of(&started, location);
    let returned = provider.visit(&begun.location).await;
    app.request(&ann, Method::POST, "/auth/logout", None).await.expect(204);
    come_back(&app, &returned, &begun.cookie).await.expect_error(401, "invalid_access_token");
    assert_eq!(app.database.text("SELECT count(*) FROM oauth_connections").await, "0");
}

#[actix_rt::test]
async fn an_identity_is_one_accounts() {
    let (app, provider) = with_provider().await;
    let ann = app.user(ANN).await;
    let bob = app.user("bob@example.com").await;
    link(&app, &provider, &ann, Person::new("s1", "x@example.org")).await.expect(200);
    link(&app, &provider, &bob, Person::new("s1", "x@example.org"))
        .await
        .expect_error(409, "connection_taken");
    link(&app, &provider, &ann, Person::new("s2", "y@example.org"))
        .await
        .expect_error(409, "connection_taken");
    assert_eq!(user_of(&app, &provider, Person::new("s1", "x@example.org")).await.id, ann.id);
}

#[actix_rt::test]
async fn an_unlinked_provider_is_no_way_in_any_more() {
    let (app, provider) = with_provider().await;
    let ann = app.user(ANN).await;
    unlink(&app, &ann, "oidc").await.expect_error(404, "not_found");
    link(&app, &provider, &ann, Person::new("s1", "x@example.org")).await.expect(200);
    app.smtp.notice_to(ANN).await;
    unlink(&app, &ann, "oidc").await.expect(204);
    unlink(&app, &ann, "oidc").await.expect_error(404, "not_found");
    assert!(app.smtp.notice_to(ANN).await.subject.contains("can no longer be used to log in"));
    let stranger = user_of(&app, &provider, Person::new("s1", "x@example.org")).await;
    assert_ne!(stranger.id, ann.id);
}

#[actix_rt::test]
async fn the_last_way_in_stays() {
    let (app, provider) = with_provider().await;
    let user = user_of(&app, &provider, Person::unverified("s1", ANN)).await;
    unlink(&app, &user, "oidc").await.expect_error(409, "last_way_in");
    user_of(&app, &provider, Person::unverified("s1", ANN)).await;
    // With a second provider, or a mailbox that receives codes, the first provider can be removed.
    app.database
        .execute(&format!(
            "INSERT INTO oauth_connections (user_id, provider, provider_uid)
             VALUES ('{}', 'google', 'g1')",
            user.id
        ))
        .await;
    unlink(&app, &user, "oidc").await.expect(204);
    unlink(&app, &user, "google").await.expect_error(409, "last_way_in");
    // The phone cannot be removed either if it is the last login method.
    let proven = "UPDATE profiles SET phone_number = '+15005550006', phone_verified = true";
    app.database.execute(proven).await;
    app.database.execute("DELETE FROM oauth_connections").await;
    let phone = json!({"phone_number": null});
    app.put_as(&user, "/me/phone", &phone).await.expect_error(403, "reauthentication_required");
    // A session of the last minutes counts as proof if the account has neither a password nor an
    // address.
    let recent = "UPDATE profiles SET phone_verified_at = now()";
    app.database.execute(recent).await;
    app.put_as(&user, "/me/phone", &phone).await.expect_error(409, "last_way_in");
    assert!(app.get_as(&user, "/me").await.json()["profile"]["phone_number"].is_string());
    app.database
        .execute(&format!(
            "INSERT INTO oauth_connections (user_id, provider, provider_uid)
             VALUES ('{}', 'google', 'g1')",
            user.id
        ))
        .await;
    app.put_as(&user, "/me/phone", &phone).await.expect(200);
    let reachable = log_in(&app, &provider, "oidc", Person::new("s2", "bob@example.com")).await;
    unlink(&app, &User::of(&reachable.expect(200)), "oidc").await.expect(204);
}
