//! What a personal access token cannot do indirectly, and the order in which a request is checked.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    personal_tokens::{made, run},
    support::{TestApp, User, contract},
};

/// Posts with an idempotency key. Another token may get the stored answer.
async fn keyed(app: &TestApp, user: &User, path: &str, body: &Value) -> Value {
    app.post_with_key(user, path, path, body).await.expect(201).json()
}

#[actix_rt::test]
async fn a_token_that_may_not_read_does_not_read_by_writing() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (writer, _) = made(&app, &ann, &["activities:write"]).await;
    let (both, _) = made(&app, &ann, &["activities:read", "activities:write"]).await;
    let mut named = run();
    (named["notes"], named["external_id"]) = (json!("a secret"), json!("x"));
    let whole = keyed(&app, &ann, "/activities", &named).await;
    assert_eq!(keyed(&app, &both, "/activities", &named).await, whole);
    let bare = json!({"id": whole["id"], "revision": whole["revision"]});
    // A retry with the same key, which replays the answer.
    assert_eq!(keyed(&app, &writer, "/activities", &named).await, bare);
    let path = format!("/activities/{}", whole["id"].as_str().unwrap());
    let tag = app.get_as(&ann, &path).await.expect(200).header("etag").to_owned();
    let answer = app.put_as(&writer, &path, &json!({})).await.expect(200);
    assert_eq!((answer.json(), answer.header("etag")), (bare.clone(), tag.as_str()));
    let unmerge = format!("{path}/unmerge");
    let answer = app.request(&writer, Method::POST, &unmerge, None).await.expect(200);
    assert_eq!(answer.json(), bare);
    // With a known external id, as a new activity, and in a batch.
    assert_eq!(app.post_as(&writer, "/activities", &named).await.expect(200).json(), bare);
    let new = app.post_as(&writer, "/activities", &run()).await.expect(201).json();
    assert_eq!(new.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "revision"]);
    let batch = json!({"activities": [named]});
    let answer = app.post_as(&writer, "/activities/batch", &batch).await.expect(200).json();
    assert_eq!(answer["results"][0]["id"], whole["id"]);
    assert!(!answer.to_string().contains("secret"), "{answer}");
    // Refusals reveal nothing either.
    let bearer = format!("Bearer {}", writer.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("if-match", "\"0\""),
    ];
    let stale = app.send(Method::PUT, &path, &headers, Some(b"{}".to_vec())).await;
    let taken = json!({"external_id": "x"});
    let other = format!("/activities/{}", new["id"].as_str().unwrap());
    for refused in [
        stale.expect_error(412, "version_mismatch"),
        app.put_as(&writer, &other, &taken).await.expect_error(409, "external_id_taken"),
    ] {
        assert!(!refused.text().contains("secret"), "{}", refused.text());
    }
    assert_eq!(app.put_as(&both, &path, &json!({})).await.expect(200).json(), whole);

    // A goal contains its progress.
    let goal = json!({"metric": "duration", "period": "year", "target": 3600});
    let whole = keyed(&app, &ann, "/me/goals", &goal).await;
    assert!(whole["progress"].is_number(), "{whole}");
    let bare = json!({"id": whole["id"]});
    assert_eq!(keyed(&app, &writer, "/me/goals", &goal).await, bare);
    let path = format!("/me/goals/{}", whole["id"].as_str().unwrap());
    assert_eq!(app.put_as(&writer, &path, &json!({})).await.expect(200).json(), bare);
}

#[actix_rt::test]
async fn who_asks_and_for_what_is_looked_at_before_what_they_sent() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (reader, _) = made(&app, &ann, &["activities:read"]).await;
    let (writer, _) = made(&app, &ann, &["activities:write"]).await;
    let (profile, _) = made(&app, &ann, &["profile"]).await;
    let nobody = User { token: format!("slog_{}", "A".repeat(43)), ..ann.clone() };
    let stranger = User { token: "eyJ.eyJ.x".to_owned(), ..ann.clone() };
    let broken =
        [("content-type", "application/json"), ("idempotency-key", "a b"), ("if-match", "x")];
    let (mut guarded, mut refused) = (0, 0);
    for (path, item) in contract::DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            // Operations without authentication.
            if operation["security"] == json!([]) {
                continue;
            }
            guarded += 1;
            let method: Method = method.to_uppercase().parse().unwrap();
            // None of it is valid, neither path nor query nor body.
            let path = path.replace("{id}", "x").replace("{provider}", "google");
            let path = format!("{path}?limit=x&from=x&cursor=x&since=x&name=%00&tz=x&width=x");
            let send = async |user: Option<&User>| {
                let bearer =
                    format!("Bearer {}", user.map(|user| &*user.token).unwrap_or_default());
                let mut headers = broken.to_vec();
                headers.extend(user.map(|_| ("authorization", bearer.as_str())));
                let body = (method != Method::GET).then(|| b"{\"".to_vec());
                app.send(method.clone(), &path, &headers, body).await
            };
            send(None).await.expect_error(401, "missing_token");
            send(Some(&nobody)).await.expect_error(401, "invalid_access_token");
            send(Some(&stranger)).await.expect_error(401, "invalid_access_token");
            let answers = [&reader, &writer, &profile].map(|user| send(Some(user)));
            let answers = join_all(answers).await;
            let without_scope =
                answers.iter().filter(|answer| answer.json()["code"] == "insufficient_scope");
            // Each operation requires one scope at most.
            let count = without_scope.inspect(|answer| assert_eq!(answer.status, 403)).count();
            assert!(count >= 2, "{method} {path}: {count}");
            refused += count;
        }
    }
    assert!(guarded > 60 && refused > 2 * guarded, "{guarded} {refused}");
}
