//! Personal access tokens: what they permit and refuse, and when they end.

use actix_web::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use diesel_async::SimpleAsyncConnection;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestApp, User, contract, until_selects};

pub fn run() -> Value {
    json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800})
}

/// Creates a personal token. Returns a user who has it as access token, and the answer.
pub async fn made(app: &TestApp, user: &User, scopes: &[&str]) -> (User, Value) {
    let body = json!({"name": "watch upload", "scopes": scopes, "password": PASSWORD});
    let answer = app.post_as(user, "/me/tokens", &body).await.expect(201).json();
    let token = answer["token"].as_str().unwrap().to_owned();
    (User { token, ..user.clone() }, answer)
}

#[actix_rt::test]
async fn a_token_is_for_its_scopes_and_nothing_else() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201);
    let path = created.header("location");
    let (reader, _) = made(&app, &ann, &["activities:read"]).await;
    let (writer, _) = made(&app, &ann, &["activities:write"]).await;
    let (profile, _) = made(&app, &ann, &["profile"]).await;
    let (both, _) = made(&app, &ann, &["activities:read", "activities:write"]).await;
    let everything: [(Method, &str, Option<Value>, [bool; 4]); 9] = [
        (Method::GET, "/activities", None, [true, false, false, true]),
        (Method::GET, path, None, [true, false, false, true]),
        (Method::GET, "/activities/changes", None, [true, false, false, true]),
        (Method::GET, "/activities/export", None, [true, false, false, true]),
        (Method::POST, "/activities", Some(run()), [false, true, false, true]),
        (
            Method::POST,
            "/activities/batch",
            Some(json!({"activities": [run()]})),
            [false, true, false, true],
        ),
        (Method::PUT, path, Some(json!({"notes": "x"})), [false, true, false, true]),
        (Method::GET, "/me", None, [false, false, true, false]),
        (Method::PUT, "/me/preferences", Some(json!({})), [false, false, true, false]),
    ];
    for (method, path, body, allowed) in everything {
        for (user, is_allowed) in [&reader, &writer, &profile, &both].into_iter().zip(allowed) {
            let answer = app.request(user, method.clone(), path, body.as_ref()).await;
            if is_allowed {
                assert!(answer.status.is_success(), "{method} {path}: {}", answer.text());
            } else {
                answer.expect_error(403, "insufficient_scope");
            }
        }
    }
}

#[actix_rt::test]
async fn no_token_gets_at_the_ways_in() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let scopes = ["activities:read", "activities:write", "profile"];
    let (token, details) = made(&app, &ann, &scopes).await;
    let mut refused = 0;
    for (path, item) in contract::DOCUMENT["paths"].as_object().unwrap() {
        let is_open = ["/me/profile", "/me/preferences", "/me/goals", "/me/goals/{id}"];
        let is_way_in = path.starts_with("/me/") && !is_open.contains(&path.as_str());
        for method in item.as_object().unwrap().keys() {
            if !(is_way_in || path == "/auth/logout" || (path == "/me" && method == "delete")) {
                continue;
            }
            let path = path
                .replace("{id}", details["id"].as_str().unwrap())
                .replace("{provider}", "google");
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer =
                app.request(&token, method, &path, Some(&json!({"password": PASSWORD}))).await;
            answer.expect_error(403, "insufficient_scope");
            refused += 1;
        }
    }
    assert!(refused > 15, "{refused}");
    // It is not listed as a session either, and cannot be ended as one.
    assert_eq!(
        app.get_as(&ann, "/me/sessions").await.json()["sessions"].as_array().unwrap().len(),
        1
    );
    let path = format!("/me/sessions/{}", details["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &path, None).await.expect_error(404, "not_found");
    app.request(&ann, Method::DELETE, "/me/sessions", None).await.expect(204);
    app.get_as(&token, "/me").await.expect(200);
}

#[actix_rt::test]
async fn a_token_is_made_by_its_owner_and_kept_as_a_digest() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let body = json!({"name": "x", "scopes": ["profile"]});
    app.post_as(&ann, "/me/tokens", &body).await.expect_error(403, "reauthentication_required");
    let wrong = json!({"name": "x", "scopes": ["profile"], "password": "wrong"});
    app.post_as(&ann, "/me/tokens", &wrong).await.expect_error(401, "invalid_credentials");
    let (token, details) = made(&app, &ann, &["profile", "profile", "activities:read"]).await;
    assert!(token.token.starts_with("slog_") && token.token.len() == 48, "{}", token.token);
    assert_eq!(details["scopes"], json!(["activities:read", "profile"]));
    let notice = app.smtp.notice_to("ann@example.com").await;
    assert!(notice.subject.contains("A personal access token was created"), "{}", notice.subject);
    for table in ["personal_tokens", "sessions", "idempotent_answers", "outbox", "auth_events"] {
        let dump = app
            .database
            .text(&format!("SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"))
            .await;
        assert!(!dump.contains(&token.token[5..]), "{table}");
    }
    let listed = app.get_as(&ann, "/me/tokens").await.expect(200).json();
    let mut expected = details.clone();
    expected.as_object_mut().unwrap().remove("token");
    assert_eq!(listed["tokens"], json!([expected]));
    app.get_as(&token, "/me").await.expect(200);
    until_selects(
        &app.database,
        "SELECT count(*) FROM personal_tokens WHERE last_used_at IS NOT NULL",
        "1",
    )
    .await;
    for wrong in [
        json!({}),
        json!({"name": "", "scopes": ["profile"]}),
        json!({"name": "x", "scopes": []}),
        json!({"name": "x", "scopes": ["admin"]}),
        json!({"name": "x", "scopes": "profile"}),
        json!({"name": "x", "scopes": ["profile"], "expires_in_days": 0}),
        json!({"name": "x", "scopes": ["profile"], "expires_in_days": 3651}),
    ] {
        app.post_as(&ann, "/me/tokens", &wrong).await.expect_error(422, "validation_failed");
    }
}

#[actix_rt::test]
async fn a_lost_answer_is_given_again_with_the_same_secret() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    // The first request uses up the code, and its answer is lost.
    app.post_as(&ann, "/me/otp", &json!({"channel": "email"})).await.expect(202);
    let code: String = app.smtp.mail_to(&ann.email).await.subject.chars().take(6).collect();
    let body = json!({"name": "x", "scopes": ["profile"], "code": code}).to_string();
    let authorization = format!("Bearer {}", ann.token);
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let mut answers = Vec::new();
    for _ in 0..2 {
        let sent = Some(body.clone().into_bytes());
        answers.push(app.send(Method::POST, "/me/tokens", &headers, sent).await.expect(201).json());
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(app.get_as(&ann, "/me/tokens").await.json()["tokens"].as_array().unwrap().len(), 1);
}

#[actix_rt::test]
async fn a_token_ends_when_deleted_or_expired_and_with_all_sessions() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let (deleted, details) = made(&app, &ann, &["profile"]).await;
    let path = format!("/me/tokens/{}", details["id"].as_str().unwrap());
    app.request(&bob, Method::DELETE, &path, None).await.expect_error(404, "not_found");
    app.get_as(&deleted, "/me").await.expect(200);
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    app.get_as(&deleted, "/me").await.expect_error(401, "invalid_access_token");
    app.request(&ann, Method::DELETE, &path, None).await.expect_error(404, "not_found");

    let (expired, _) = made(&app, &ann, &["profile"]).await;
    app.database.execute("UPDATE sessions SET expires_at = now() WHERE method = 'token'").await;
    app.get_as(&expired, "/me").await.expect_error(401, "invalid_access_token");

    let (ended, _) = made(&app, &ann, &["activities:read"]).await;
    let change = json!({"password": PASSWORD, "new_password": "eight olive otters"});
    app.put_as(&ann, "/me/password", &change).await.expect(200);
    app.get_as(&ended, "/activities").await.expect_error(401, "invalid_access_token");

    for wrong in ["slog_", "slog_AAAA", &format!("slog_{}", "A".repeat(43)), "slog_%"] {
        let user = User { token: wrong.to_owned(), ..ann.clone() };
        app.get_as(&user, "/me").await.expect_error(401, "invalid_access_token");
    }
}

#[actix_rt::test]
async fn a_user_has_a_hundred_tokens_at_most() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    made(&app, &ann, &["profile"]).await;
    app.database
        .execute(
            "INSERT INTO sessions (id, user_id, token_version, method, device, expires_at)
             SELECT gen_random_uuid(), user_id, token_version, method, device, expires_at
             FROM sessions, generate_series(1, 97) WHERE method = 'token'",
        )
        .await;
    let body = json!({"name": "x", "scopes": ["profile"], "password": PASSWORD});
    // The lock makes all requests count the tokens before the first is inserted.
    let mut gate = app.database.connect().await;
    gate.batch_execute("BEGIN; LOCK TABLE personal_tokens IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let waiting = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let opened = async {
        until_selects(&app.database, waiting, "4").await;
        gate.batch_execute("COMMIT").await.unwrap();
    };
    let at_once = join_all((0..4).map(|_| app.post_as(&ann, "/me/tokens", &body)));
    let (at_once, ()) = join(at_once, opened).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 201).count(), 2);
    app.post_as(&ann, "/me/tokens", &body).await.expect_error(409, "too_many_tokens");
}

#[actix_rt::test]
async fn sixty_of_one_request_are_one_attempt_to_prove_something() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let body = json!({"name": "script", "scopes": ["profile"], "password": PASSWORD});
    let all = (0..60).map(|_| app.post_with_key(&ann, "/me/tokens", "one", &body));
    let answers: Vec<Value> =
        join_all(all).await.into_iter().map(|answer| answer.expect(201).json()).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // With a code, which can be used once.
    app.post_as(&ann, "/me/otp", &json!({"channel": "email"})).await.expect(202);
    let code: String = app.smtp.mail_to("ann@example.com").await.subject.chars().take(6).collect();
    let body = json!({"name": "script", "scopes": ["profile"], "code": code});
    let all = (0..60).map(|_| app.post_with_key(&ann, "/me/tokens", "another", &body));
    for answer in join_all(all).await {
        answer.expect(201);
    }
    assert_eq!(app.get_as(&ann, "/me/tokens").await.json()["tokens"].as_array().unwrap().len(), 2);
    // Guesses count as usual, each with its own key or all with the same one.
    let wrong = json!({"name": "script", "scopes": ["profile"], "password": "a guess"});
    let guesses = (0..12).map(|_| app.post_with_key(&ann, "/me/tokens", "guess", &wrong));
    let guesses = join_all(guesses).await;
    let count = |status: u16| guesses.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(401), count(429)), (8, 4));
}

/// `Basic` credentials with this password.
fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

#[actix_rt::test]
async fn a_token_is_also_a_password_of_basic_authentication() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (reader, details) = made(&app, &ann, &["activities:read"]).await;
    let get = async |path: &str, authorization: &str| {
        app.send(Method::GET, path, &[("authorization", authorization)], None).await
    };
    for user in ["ann@example.com", "", "anything: at all", "ä"] {
        let (name, _) = user.split_once(':').unwrap_or((user, ""));
        get("/activities", &basic(name, &reader.token)).await.expect(200);
    }
    get("/activities", &basic("x", &reader.token).replace("Basic", "bAsIc")).await.expect(200);
    let right = basic("x", &reader.token);
    get("/me", &right).await.expect_error(403, "insufficient_scope");
    get("/me/tokens", &right).await.expect_error(403, "insufficient_scope");
    // The scope of every operation holds as with a bearer token. Other secrets are no passwords.
    for wrong in [
        basic("ann@example.com", PASSWORD),
        basic("x", &ann.token),
        basic("x", "slog_nonsense"),
        basic(&reader.token, ""),
        "Basic !".to_owned(),
        format!("Basic {}", STANDARD.encode("no colon")),
    ] {
        get("/activities", &wrong).await.expect_error(401, "invalid_access_token");
    }
    get("/activities", "Digest x").await.expect_error(401, "missing_token");
    let path = format!("/me/tokens/{}", details["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    get("/activities", &right).await.expect_error(401, "invalid_access_token");
}
