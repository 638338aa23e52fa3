//! Access tokens: security.md row 19.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::support::{JWT_SECRET, TestApp, User};

fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap_or_default())
            .unwrap_or(Value::Null)
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

fn signed(algorithm: Algorithm, kid: Option<String>, claims: &Value, key: &str) -> String {
    let header = Header { kid, ..Header::new(algorithm) };
    encode(&header, claims, &EncodingKey::from_secret(key.as_bytes())).unwrap()
}

async fn refused(app: &TestApp, what: &str, token: String) {
    let user = User { token, ..User::default() };
    let answer = app.get_as(&user, "/me").await;
    assert_eq!(answer.status, 401, "{what}: {}", answer.text());
    assert_eq!(answer.json()["code"], "invalid_access_token", "{what}");
}

#[actix_rt::test]
async fn a_token_says_what_the_contract_says() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (header, claims) = parts(&user.token);
    assert_eq!(header["alg"], "HS256");
    assert!(header["kid"].is_string());
    assert_eq!(claims["sub"], user.id);
    assert_eq!(claims["email"], "ann@example.com");
    assert!(claims["ver"].is_i64());
    let sessions = app.get_as(&user, "/me/sessions").await.expect(200).json();
    assert_eq!(claims["sid"], sessions["sessions"][0]["id"]);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 15 * 60);
}

#[actix_rt::test]
async fn whatever_we_did_not_sign_is_refused() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (header, claims) = parts(&user.token);
    let kid = header["kid"].as_str().map(str::to_owned);
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let json_part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signature = user.token.rsplit('.').next().unwrap();
    let unsigned = |alg: &str| {
        let header = json!({"alg": alg, "typ": "JWT", "kid": kid});
        format!("{}.{}", json_part(&header), json_part(&claims))
    };
    let now = claims["iat"].as_i64().unwrap();
    for (what, token) in [
        ("none", format!("{}.", unsigned("none"))),
        ("none with the signature", format!("{}.{signature}", unsigned("none"))),
        ("empty signature", format!("{}.", unsigned("HS256"))),
        ("RS256 over the secret", format!("{}.{signature}", unsigned("RS256"))),
        ("HS512", signed(Algorithm::HS512, kid.clone(), &claims, JWT_SECRET)),
        ("HS384", signed(Algorithm::HS384, kid.clone(), &claims, JWT_SECRET)),
        ("foreign kid", signed(Algorithm::HS256, Some("1".repeat(16)), &claims, JWT_SECRET)),
        ("no kid", signed(Algorithm::HS256, None, &claims, JWT_SECRET)),
        (
            "foreign key",
            signed(Algorithm::HS256, kid.clone(), &claims, "0123456789abcdefghijklmnopqrstuvwxyz"),
        ),
        (
            "expired",
            signed(Algorithm::HS256, kid.clone(), &with("exp", json!(now - 11)), JWT_SECRET),
        ),
        (
            "wrong version",
            signed(Algorithm::HS256, kid.clone(), &with("ver", json!(0)), JWT_SECRET),
        ),
        (
            "version as text",
            signed(Algorithm::HS256, kid.clone(), &with("ver", json!("1")), JWT_SECRET),
        ),
        (
            "another session",
            signed(Algorithm::HS256, kid.clone(), &with("sid", json!(user.id)), JWT_SECRET),
        ),
        ("other claims", user.token.replace('.', ".eyJhIjoxfQ")),
        ("no token at all", "x".to_owned()),
    ] {
        refused(&app, what, token).await;
    }
    let mut without_exp = claims.clone();
    without_exp.as_object_mut().unwrap().remove("exp");
    refused(&app, "no exp", signed(Algorithm::HS256, kid.clone(), &without_exp, JWT_SECRET)).await;
    let mut without_sid = claims.clone();
    without_sid.as_object_mut().unwrap().remove("sid");
    refused(&app, "no sid", signed(Algorithm::HS256, kid.clone(), &without_sid, JWT_SECRET)).await;

    let genuine = signed(Algorithm::HS256, kid, &claims, JWT_SECRET);
    app.get_as(&User { token: genuine, ..user }, "/me").await.expect(200);
}

#[actix_rt::test]
async fn without_a_bearer_token_nothing_opens() {
    let app = TestApp::spawn().await;
    let answer = app.get("/me").await.expect_error(401, "missing_token");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    // Only a personal access token is a password of Basic: `personal_tokens::` has them.
    let basic = [("authorization", "Basic YTpi")];
    app.send(actix_web::http::Method::GET, "/me", &basic, None)
        .await
        .expect_error(401, "invalid_access_token");
}

#[actix_rt::test]
async fn the_previous_key_is_accepted_during_a_rotation_and_signs_nothing() {
    const NEXT: &str = "Zq7mW2tY9rK4nB6vD1xF8hJ3sL5pC0gAeUiO";
    let old = TestApp::spawn().await;
    let user = old.user("ann@example.com").await;
    let (database, smtp) = (old.database.clone(), old.smtp.clone());
    drop(old);
    let rotation = [("JWT_SECRET", NEXT), ("JWT_SECRET_PREVIOUS", JWT_SECRET)];
    let rotated = TestApp::spawn_on(database.clone(), smtp.clone(), &rotation).await;
    rotated.get_as(&user, "/me").await.expect(200);
    let fresh =
        User::of(&rotated.login("ann@example.com", crate::support::PASSWORD).await.expect(200));
    assert_ne!(parts(&fresh.token).0["kid"], parts(&user.token).0["kid"]);
    drop(rotated);
    let finished = TestApp::spawn_on(database, smtp, &[("JWT_SECRET", NEXT)]).await;
    finished.get_as(&fresh, "/me").await.expect(200);
    finished.get_as(&user, "/me").await.expect_error(401, "invalid_access_token");
}
