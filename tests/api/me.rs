//! The account of the client: `/me`, its profile and its preferences.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, User};

async fn me(app: &TestApp, user: &User) -> Value {
    app.get_as(user, "/me").await.expect(200).json()
}

async fn patch(app: &TestApp, user: &User, patch: Value) -> Answer {
    app.put_as(user, "/me/preferences", &patch).await
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[actix_rt::test]
async fn a_new_account_looks_as_the_contract_says() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let me = me(&app, &user).await;
    assert_eq!(
        keys(&me),
        ["created_at", "email", "email_problem", "id", "phone_problem", "profile"]
    );
    assert_eq!((&me["email_problem"], &me["phone_problem"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (me["id"].as_str(), me["email"].as_str()),
        (Some(&*user.id), Some("ann@example.com"))
    );
    let mut profile = me["profile"].clone();
    for time in [&me["created_at"], &profile["updated_at"]] {
        let time = time.as_str().unwrap();
        assert!(
            time.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(time).is_ok(),
            "{time}"
        );
    }
    profile.as_object_mut().unwrap().remove("updated_at");
    let expected = json!({"display_name": null, "preferred_units": "metric", "time_zone": "UTC", "phone_number": null,
                          "phone_verified": false, "preferences": {}});
    assert_eq!(profile, expected);
}

#[actix_rt::test]
async fn a_profile_keeps_what_is_absent_and_clears_what_is_null() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let set = json!({"display_name": "  Änn 🏃 ", "preferred_units": "imperial"});
    app.put_as(&user, "/me/profile", &set).await.expect(200);
    let mut expected = me(&app, &user).await;
    assert_eq!(expected["profile"]["display_name"], "Änn 🏃");
    for (change, field, value) in [
        (json!({}), "display_name", json!("Änn 🏃")),
        (json!({"display_name": "B"}), "display_name", json!("B")),
        (json!({"display_name": null}), "display_name", json!(null)),
        (json!({"preferred_units": null}), "preferred_units", json!("metric")),
        (json!({"time_zone": "Europe/Rome"}), "time_zone", json!("Europe/Rome")),
        (json!({"time_zone": null}), "time_zone", json!("UTC")),
    ] {
        let changed = app.put_as(&user, "/me/profile", &change).await.expect(200).json();
        expected["profile"][field] = value;
        expected["profile"]["updated_at"] = changed["profile"]["updated_at"].clone();
        assert_eq!(changed, expected, "{change}");
        assert_eq!(me(&app, &user).await, expected, "{change}");
    }
}

#[actix_rt::test]
async fn a_faulty_profile_changes_nothing_and_names_every_fault() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let before = me(&app, &user).await;
    let faulty = json!({"display_name": " ", "preferred_units": "nautical", "time_zone": "Rome"});
    let answer =
        app.put_as(&user, "/me/profile", &faulty).await.expect_error(422, "validation_failed");
    let faults = answer.json();
    let faults: Vec<&str> =
        faults["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!(faults, ["display_name", "preferred_units", "time_zone"]);
    let one_fault = json!({"display_name": "B", "time_zone": "x"});
    app.put_as(&user, "/me/profile", &one_fault).await.expect_error(422, "validation_failed");
    assert_eq!(me(&app, &user).await, before);
}

#[actix_rt::test]
async fn preferences_are_merged_as_rfc_7396_says() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (change, merged) in [
        (
            json!({"theme": "dark", "map": {"zoom": 3, "layers": ["a", {"b": null}]}}),
            json!({"theme": "dark", "map": {"zoom": 3, "layers": ["a", {"b": null}]}}),
        ),
        (json!({}), json!({"theme": "dark", "map": {"zoom": 3, "layers": ["a", {"b": null}]}})),
        (
            json!({"map": {"zoom": null, "layers": ["c"]}, "absent": null}),
            json!({"theme": "dark", "map": {"layers": ["c"]}}),
        ),
        (
            json!({"theme": {"night": {"on": true, "off": null}}, "map": "none"}),
            json!({"theme": {"night": {"on": true}}, "map": "none"}),
        ),
        (
            json!({"map": null, "theme": {"night": null}, "": 0, "a.b": false}),
            json!({"theme": {}, "": 0, "a.b": false}),
        ),
    ] {
        assert_eq!(patch(&app, &user, change.clone()).await.expect(200).json(), merged, "{change}");
        assert_eq!(me(&app, &user).await["profile"]["preferences"], merged, "{change}");
    }
}

#[actix_rt::test]
async fn a_patch_may_come_under_its_own_media_type() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let authorization = format!("Bearer {}", user.token);
    for media_type in [
        "application/merge-patch+json",
        "application/json; charset=utf-8",
        "application/json",
        "APPLICATION/JSON",
        "Application/Merge-Patch+JSON",
    ] {
        let headers = [("authorization", &*authorization), ("content-type", media_type)];
        let body = json!({"type": media_type});
        let sent = Some(body.to_string().into_bytes());
        let answer = app.send(Method::PUT, "/me/preferences", &headers, sent).await;
        assert_eq!(answer.expect(200).json(), body);
    }
}

#[actix_rt::test]
async fn a_patch_that_is_no_object_or_holds_nul_is_refused() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    patch(&app, &user, json!({"kept": 1})).await.expect(200);
    for bad in [json!(null), json!([]), json!([{"a": 1}]), json!("x"), json!(7), json!(true)] {
        patch(&app, &user, bad).await.expect_error(422, "validation_failed");
    }
    for bad in [
        json!({"a": "\0"}),
        json!({"a\0": 1}),
        json!({"a": [{"b": ["\0"]}]}),
        json!({"a": {"\0": {}}}),
    ] {
        let answer = patch(&app, &user, bad).await.expect_error(422, "validation_failed");
        assert_eq!(answer.json()["fields"][0]["field"], "preferences");
    }
    assert_eq!(me(&app, &user).await["profile"]["preferences"], json!({"kept": 1}));
}

#[actix_rt::test]
async fn preferences_hold_16_kib_in_all() {
    const FULL: usize = 16 * 1024;
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let half = "x".repeat(FULL / 2);
    patch(&app, &user, json!({"a": half})).await.expect(200);
    let rest = FULL - json!({"a": half, "b": ""}).to_string().len();
    patch(&app, &user, json!({"b": "x".repeat(rest + 1)}))
        .await
        .expect_error(422, "validation_failed");
    let full = patch(&app, &user, json!({"b": "x".repeat(rest)})).await.expect(200);
    assert_eq!(full.body.len(), FULL);
    patch(&app, &user, json!({"c": 1})).await.expect_error(422, "validation_failed");
    assert_eq!(me(&app, &user).await["profile"]["preferences"], full.json());
    patch(&app, &user, json!({"a": null, "c": 1})).await.expect(200);
}

#[actix_rt::test]
async fn patches_at_once_lose_nothing() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let patches = (0..16).map(|n| patch(&app, &user, json!({"all": {format!("p{n}"): n}})));
    for answer in futures_util::future::join_all(patches).await {
        answer.expect(200);
    }
    assert_eq!(keys(&me(&app, &user).await["profile"]["preferences"]["all"]).len(), 16);
}
