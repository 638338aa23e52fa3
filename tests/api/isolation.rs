//! Users cannot reach the data of others: security.md row 26.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp, User};

/// Fields that a client might try to set, but must not.
fn forbidden(owner: &str) -> Value {
    json!({
        "id": "00000000-0000-0000-0000-000000000001", "user_id": owner, "owner": owner,
        "email_verified": true, "phone_verified": true, "token_version": 77, "role": "admin",
        "created_at": "2001-01-01T00:00:00Z", "updated_at": "2001-01-01T00:00:00Z",
        "password_hash": "$argon2id$", "verify_token": "x", "preferences": {"planted": true},
    })
}

fn merged(mut body: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("an object") };
    body.as_object_mut().unwrap().extend(more);
    body
}

fn run() -> Value {
    json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60})
}

/// The whole answer, without the headers that always differ.
fn comparable(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| !["date", "ratelimit", "x-request-id"].contains(&name.as_str()));
    let mut headers: Vec<(String, String)> = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    let id = answer.header("x-request-id");
    assert_eq!(answer.text().matches(id).count(), usize::from(!answer.body.is_empty()));
    (answer.status.as_u16(), headers, answer.text().replace(id, ""))
}

async fn activity_of(app: &TestApp, user: &User) -> String {
    let created = app.post_as(user, "/activities", &run()).await.expect(201);
    created.header("location").to_owned()
}

#[actix_rt::test]
async fn anothers_activity_is_as_absent_as_a_missing_one() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let of_ann = activity_of(&app, &ann).await;
    let missing = "/activities/00000000-0000-4000-8000-000000000000";
    let before = app.get_as(&ann, &of_ann).await.expect(200).json();
    let (change, faulty) = (json!({"notes": "Bob was here"}), json!({"calories": -1}));
    for (method, body, status) in [
        (Method::GET, None, 404),
        (Method::HEAD, None, 404),
        (Method::PUT, Some(&change), 404),
        (Method::PUT, Some(&faulty), 422),
        (Method::DELETE, None, 404),
        (Method::PATCH, Some(&change), 405),
    ] {
        let anothers = app.request(&bob, method.clone(), &of_ann, body).await.expect(status);
        let absent = app.request(&bob, method.clone(), missing, body).await;
        assert_eq!(comparable(&anothers), comparable(&absent), "{method}");
    }
    assert_eq!(app.get_as(&ann, &of_ann).await.expect(200).json(), before);
}

#[actix_rt::test]
async fn lists_and_accounts_hold_nothing_of_anothers() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    activity_of(&app, &ann).await;
    let of_bob = activity_of(&app, &bob).await;
    app.get_as(&bob, &format!("/activities?user_id={}&limit=100", ann.id))
        .await
        .expect_error(400, "invalid_parameter");
    let list = app.get_as(&bob, "/activities?limit=100").await.expect(200).json();
    assert_eq!(list["activities"].as_array().unwrap().len(), 1);
    assert!(of_bob.ends_with(list["activities"][0]["id"].as_str().unwrap()));
    app.put_as(&bob, "/me/profile", &json!({"display_name": "Bob"})).await.expect(200);
    app.put_as(&bob, "/me/preferences", &json!({"of": "Bob"})).await.expect(200);
    let of_ann = app.get_as(&ann, "/me").await.expect(200).json();
    assert_eq!(of_ann["id"], ann.id);
    assert_eq!(of_ann["profile"]["display_name"], json!(null));
    assert_eq!(of_ann["profile"]["preferences"], json!({}));
}

#[actix_rt::test]
async fn a_registration_sets_only_what_it_may() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let body =
        merged(json!({"email": "bob@example.com", "password": PASSWORD}), forbidden(&ann.id));
    app.post("/auth/register", &body).await.expect(202);
    app.login("bob@example.com", PASSWORD).await.expect_error(401, "invalid_credentials");
    let bob = app.smtp.mail_to("bob@example.com").await.token();
    let bob = User::of(&app.verify(&bob).await.expect(200));
    let me = app.get_as(&bob, "/me").await.expect(200).json();
    assert!(
        ![&ann.id, "00000000-0000-0000-0000-000000000001"].contains(&me["id"].as_str().unwrap())
    );
    assert!(me["created_at"].as_str() > Some("2026"), "{me}");
    assert_eq!(me["profile"]["preferences"], json!({}));
    assert_eq!(me["profile"]["phone_verified"], json!(false));
    let versions = "SELECT count(*) FROM users WHERE token_version >= 77";
    assert_eq!(app.database.text(versions).await, "0");
}

#[actix_rt::test]
async fn a_profile_takes_only_what_is_its_owners_to_set() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let before = app.get_as(&bob, "/me").await.expect(200).json();
    let body = merged(
        json!({"display_name": "Bob", "phone_number": "+390612345678", "email": ann.email}),
        forbidden(&ann.id),
    );
    let mut after = app.put_as(&bob, "/me/profile", &body).await.expect(200).json();
    assert!(after["profile"]["updated_at"].as_str() > before["profile"]["updated_at"].as_str());
    assert_eq!(after["profile"]["display_name"], "Bob");
    after["profile"]["updated_at"] = before["profile"]["updated_at"].clone();
    after["profile"]["display_name"] = Value::Null;
    assert_eq!(after, before);
    app.get_as(&bob, "/me").await.expect(200);
}

#[actix_rt::test]
async fn an_activity_stays_its_owners_whatever_the_body_says() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let body = merged(run(), forbidden(&ann.id));
    let created = app.post_as(&bob, "/activities", &body).await.expect(201);
    let path = created.header("location").to_owned();
    let created = created.json();
    // A client may choose the id of a new activity, and nothing else.
    assert_eq!(created["id"], "00000000-0000-0000-0000-000000000001");
    assert!(created["created_at"].as_str() > Some("2026"), "{created}");
    assert_eq!(created["updated_at"], created["created_at"]);
    // The owner may set none of these fields, so nothing changes, not even the revision.
    let changed = app.put_as(&bob, &path, &forbidden(&ann.id)).await.expect(200).json();
    assert_eq!(changed, created);
    app.get_as(&bob, &path).await.expect(200);
    app.get_as(&ann, &path).await.expect_error(404, "not_found");
}
