//! The refresh token of a browser, in a cookie that scripts and other origins cannot use.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::{
    sessions::ANN,
    support::{Answer, PASSWORD, TestApp, User},
};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The value and the attributes that an answer sets for the cookie `name`.
fn cookie(answer: &Answer, name: &str) -> Option<(String, String)> {
    let set = answer.headers.get_all("set-cookie").map(|value| value.to_str().unwrap());
    let mut pairs = set.filter_map(|text| text.split_once('='));
    let (_, rest) = pairs.find(|(found, _)| *found == name)?;
    let (value, attributes) = rest.split_once("; ")?;
    Some((value.to_owned(), attributes.to_owned()))
}

const NAME: &str = "__Host-sports-log-refresh";

async fn refresh_with(app: &TestApp, headers: &[(&str, &str)], body: &Value) -> Answer {
    app.send(Method::POST, "/auth/refresh", headers, Some(body.to_string().into_bytes())).await
}

async fn login(app: &TestApp) -> (Answer, String) {
    let body = json!({"email": ANN, "password": PASSWORD, "cookie": true});
    let answer = app.post("/auth/login", &body).await.expect(200);
    let (value, _) = cookie(&answer, NAME).unwrap();
    (answer, format!("{NAME}={value}"))
}

#[actix_rt::test]
async fn a_browser_gets_it_as_a_cookie_and_nowhere_else() {
    let app = TestApp::spawn().await;
    app.user(ANN).await;
    let (answer, held) = login(&app).await;
    assert_eq!(answer.json()["refresh_token"], Value::Null);
    let (_, attributes) = cookie(&answer, NAME).unwrap();
    for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    assert!(!attributes.contains("Domain"), "{attributes}");
    let days: i64 =
        attributes.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    assert!((29 * 86_400..=30 * 86_400).contains(&days), "{attributes}");

    let refreshed =
        refresh_with(&app, &[JSON, ("cookie", held.as_str())], &json!({"cookie": true})).await;
    let refreshed = refreshed.expect(200);
    assert_eq!(refreshed.json()["refresh_token"], Value::Null);
    let (next, _) = cookie(&refreshed, NAME).unwrap();
    assert!(!held.ends_with(&next));
    // Clients that do not ask for it get the token in the body.
    let plain = app.login(ANN, PASSWORD).await.expect(200);
    assert!(plain.json()["refresh_token"].is_string() && cookie(&plain, NAME).is_none());
    let said_no = json!({"email": ANN, "password": PASSWORD, "cookie": false});
    assert!(cookie(&app.post("/auth/login", &said_no).await.expect(200), NAME).is_none());
    let wrong = json!({"email": ANN, "password": PASSWORD, "cookie": "yes"});
    app.post("/auth/login", &wrong).await.expect_error(422, "validation_failed");
}

#[actix_rt::test]
async fn without_tls_it_has_a_name_that_browsers_take_there() {
    let app = TestApp::spawn_with(&[("APP_BASE_URL", "http://localhost:3000")]).await;
    app.user(ANN).await;
    let body = json!({"email": ANN, "password": PASSWORD, "cookie": true});
    let answer = app.post("/auth/login", &body).await.expect(200);
    let (_, attributes) = cookie(&answer, "sports-log-refresh").unwrap();
    assert!(attributes.contains("HttpOnly") && !attributes.contains("Secure"), "{attributes}");
}

#[actix_rt::test]
async fn no_other_page_can_use_it() {
    let app = TestApp::spawn_with(&[("CORS_ALLOWED_ORIGINS", "https://app.example")]).await;
    app.user(ANN).await;
    let (_, held) = login(&app).await;
    let asked = json!({"cookie": true});
    let with_cookie = ("cookie", held.as_str());
    // Forms cannot send JSON, and scripts of other origins need a preflight.
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let sent = refresh_with(&app, &[("content-type", kind), with_cookie], &asked).await;
        sent.expect_error(415, "unsupported_media_type");
    }
    let preflight = [
        ("origin", "https://other.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let told = app.send(Method::OPTIONS, "/auth/refresh", &preflight, None).await;
    assert_eq!(told.header("access-control-allow-origin"), "");
    // The cookie is ignored for origins that may use the API, too.
    for site in ["cross-site", "same-site", "none"] {
        let from = ("sec-fetch-site", site);
        let sent = refresh_with(&app, &[JSON, with_cookie, from], &asked).await;
        sent.expect_error(401, "invalid_refresh_token");
    }
    let allowed = [JSON, with_cookie, ("origin", "https://app.example")];
    let answer = refresh_with(&app, &allowed, &asked).await;
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    // The cookie does not count unless the body asks for it.
    let silent = refresh_with(&app, &[JSON, with_cookie], &json!({})).await;
    silent.expect_error(422, "validation_failed");
    let own = [JSON, with_cookie, ("sec-fetch-site", "same-origin")];
    refresh_with(&app, &own, &asked).await.expect(200);
}

#[actix_rt::test]
async fn who_has_none_is_told_so_and_is_no_attempt() {
    let app = TestApp::spawn_with(&[("AUTH_LIMIT_ADDRESS", "2/15m")]).await;
    for _ in 0..5 {
        let answer = refresh_with(&app, &[JSON], &json!({"cookie": true})).await;
        answer.expect_error(401, "invalid_refresh_token");
    }
}

#[actix_rt::test]
async fn a_token_from_elsewhere_can_move_into_it() {
    let app = TestApp::spawn().await;
    let user = app.user(ANN).await;
    let body = json!({"cookie": true, "refresh_token": user.refresh_token});
    let moved = app.post("/auth/refresh", &body).await.expect(200);
    let (value, _) = cookie(&moved, NAME).unwrap();
    let held = format!("{NAME}={value}");
    let again =
        refresh_with(&app, &[JSON, ("cookie", held.as_str())], &json!({"cookie": true})).await;
    again.expect(200);
}

#[actix_rt::test]
async fn logging_out_takes_it_back() {
    let app = TestApp::spawn().await;
    app.user(ANN).await;
    let (answer, held) = login(&app).await;
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("cookie", held.as_str())];
    let out = app.send(Method::POST, "/auth/logout", &headers, None).await.expect(204);
    let (value, attributes) = cookie(&out, NAME).unwrap();
    assert!(value.is_empty() && attributes.contains("Max-Age=0"), "{attributes}");
    let late =
        refresh_with(&app, &[JSON, ("cookie", held.as_str())], &json!({"cookie": true})).await;
    late.expect_error(401, "invalid_refresh_token");
    // Clients without the cookie get no `Set-Cookie`.
    let other = User::of(&app.login(ANN, PASSWORD).await.expect(200));
    let out = app.request(&other, Method::POST, "/auth/logout", None).await.expect(204);
    assert!(cookie(&out, NAME).is_none());
}

#[actix_rt::test]
async fn a_code_and_a_mailed_link_can_set_it() {
    let app = TestApp::spawn().await;
    let mail = app.register(ANN, PASSWORD).await;
    let body = json!({"token": mail.token(), "cookie": true});
    let confirmed = app.post("/auth/verify-email", &body).await.expect(200);
    assert!(cookie(&confirmed, NAME).is_some());
    assert_eq!(confirmed.json()["refresh_token"], Value::Null);
}
