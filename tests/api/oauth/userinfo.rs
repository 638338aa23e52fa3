//! The ID token identifies the user. The userinfo endpoint is only asked for an address, if one is
//! needed.

use chrono::Utc;
use serde_json::{Value, json};

use super::{ANN, connections::link, log_in, me, user_of, with_provider};
use crate::support::openid::{ABSENT, CLIENT_ID, Canned, Person};

fn broken() -> Option<Canned> {
    Some(Canned { status: 500, ..Canned::json("") })
}

#[actix_rt::test]
async fn only_a_first_login_needs_userinfo() {
    let (app, provider) = with_provider().await;
    provider.name_nobody_in_tokens();
    let ann = user_of(&app, &provider, Person::new("s1", ANN)).await;
    assert_eq!(me(&app, &ann).await["email"], ANN);
    assert!(provider.calls().contains(&"GET /userinfo".to_owned()));
    provider.answer("GET /userinfo", broken());
    assert_eq!(user_of(&app, &provider, Person::new("s1", ANN)).await.id, ann.id);
    assert!(!provider.calls().contains(&"GET /userinfo".to_owned()));
    // The address of the first login is still known.
    let connections = app.get_as(&ann, "/me/connections").await.expect(200).json();
    assert_eq!(connections["connections"][0]["email"], ANN);
    assert_eq!(connections["connections"][0]["name"], "Ann Example");
    // A new user would get an account without an address, permanently.
    log_in(&app, &provider, "oidc", Person::new("s2", "bob@example.com"))
        .await
        .expect_error(502, "provider_error");
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "1");
    provider.answer("GET /userinfo", None);
    let bob = user_of(&app, &provider, Person::new("s2", "bob@example.com")).await;
    assert_eq!(me(&app, &bob).await["email"], "bob@example.com");
}

#[actix_rt::test]
async fn a_link_needs_no_userinfo() {
    let (app, provider) = with_provider().await;
    let ann = app.user(ANN).await;
    provider.name_nobody_in_tokens();
    provider.answer("GET /userinfo", broken());
    link(&app, &provider, &ann, Person::new("s1", "x@example.org")).await.expect(200);
    assert_eq!(user_of(&app, &provider, Person::new("s1", "x@example.org")).await.id, ann.id);
}

#[actix_rt::test]
async fn signed_userinfo_is_read() {
    let (app, provider) = with_provider().await;
    provider.name_nobody_in_tokens();
    for (n, header, claims) in [
        (1, json!({}), json!({})),
        (2, json!({"typ": "JWT"}), json!({"aud": ["another", CLIENT_ID]})),
    ] {
        provider.sign_userinfo(header, claims);
        let address = format!("user{n}@example.com");
        let user = user_of(&app, &provider, Person::new(&format!("s{n}"), &address)).await;
        assert_eq!(me(&app, &user).await["email"], address);
        let look = app.get_as(&user, "/me/connections/oidc").await.expect(200).json();
        assert_eq!((&look["active"], &look["email"]), (&json!(true), &json!(address)));
    }
    // Signed with a key that the server does not know yet.
    let first = user_of(&app, &provider, Person::new("s1", "user1@example.com")).await;
    provider.change_key_under_its_id();
    let look = app.get_as(&first, "/me/connections/oidc").await.expect(200).json();
    assert_eq!(look["active"], true);
}

#[actix_rt::test]
async fn signed_userinfo_is_verified() {
    let (app, provider) = with_provider().await;
    provider.name_nobody_in_tokens();
    let now = Utc::now().timestamp();
    for (header, claims) in [
        (json!({"alg": "none"}), json!({})),
        (json!({"alg": "HS256"}), json!({})),
        (json!({"crit": ["x"]}), json!({})),
        (json!({"typ": "at+jwt"}), json!({})),
        (json!({"kid": "nobodys"}), json!({})),
        (json!({}), json!({"iss": "https://evil.example"})),
        (json!({}), json!({"iss": ABSENT})),
        (json!({}), json!({"aud": "another-client"})),
        (json!({}), json!({"aud": ABSENT})),
        (json!({}), json!({"exp": now - 120})),
        (json!({}), json!({"sub": "somebody else"})),
        (json!({}), json!({"sub": Value::Null})),
    ] {
        provider.sign_userinfo(header.clone(), claims.clone());
        let answer = log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await;
        assert_eq!(answer.status, 502, "{header} {claims}: {}", answer.text());
        assert_eq!(answer.json()["code"], "provider_error", "{header} {claims}");
    }
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "0");
}

#[actix_rt::test]
async fn a_look_tells_a_refused_token_from_trouble() {
    let (app, provider) = with_provider().await;
    let ann = user_of(&app, &provider, Person::new("s1", ANN)).await;
    let error = |status, body: Value| Canned { status, ..Canned::json(body) };
    for gone in [
        error(401, json!("")),
        error(403, json!({"error": "insufficient_scope"})),
        error(400, json!({"error": "invalid_token"})),
    ] {
        provider.answer("GET /userinfo", Some(gone.clone()));
        let look = app.get_as(&ann, "/me/connections/oidc").await.expect(200).json();
        assert_eq!(look["active"], false, "{gone:?}");
    }
    for trouble in [
        error(400, json!({"error": "invalid_request"})),
        error(429, json!({})),
        error(500, json!({})),
        error(200, json!({"sub": "somebody else", "name": "Eve"})),
    ] {
        provider.answer("GET /userinfo", Some(trouble.clone()));
        let look = app.get_as(&ann, "/me/connections/oidc").await;
        assert_eq!(look.status, 502, "{trouble:?}: {}", look.text());
    }
}
