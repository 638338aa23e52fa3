//! Changing and deleting activities.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{create, run, whole, with};
use crate::support::TestApp;

/// Whether `one` is the later time, or the greater number.
fn later(one: &Value, other: &Value) -> bool {
    one.as_str() > other.as_str() || one.as_i64() > other.as_i64()
}

#[actix_rt::test]
async fn a_change_leaves_what_is_absent_and_clears_what_is_null() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (field, new, cleared) in [
        ("activity_type", json!("ride"), None),
        ("started_at", json!("2026-06-01T06:00:00Z"), None),
        ("duration_secs", json!(60), None),
        ("distance_meters", json!(42.0), Some(Value::Null)),
        ("calories", json!(1), Some(Value::Null)),
        ("notes", json!("other"), Some(Value::Null)),
        ("source", json!("apple"), Some(json!("manual"))),
        ("external_id", json!("n-2"), Some(Value::Null)),
        ("device_data", json!({"other": true}), Some(Value::Null)),
    ] {
        let mut body = whole();
        body["external_id"] = field.into();
        let (path, created) = create(&app, &user, &body).await;
        let changed = app.put_as(&user, &path, &json!({field: new})).await.expect(200).json();
        let mut expected = with(created.clone(), field, new);
        for grown in ["updated_at", "revision"] {
            assert!(later(&changed[grown], &created[grown]), "{field}");
            expected[grown] = changed[grown].clone();
        }
        assert_eq!(changed, expected, "{field}");

        let answer = app.put_as(&user, &path, &json!({field: null})).await;
        if let Some(cleared) = cleared {
            let changed = answer.expect(200).json();
            expected["updated_at"] = changed["updated_at"].clone();
            expected["revision"] = changed["revision"].clone();
            expected[field] = cleared;
            assert_eq!(changed, expected, "{field}");
        } else {
            let fields = &answer.expect_error(422, "validation_failed").json()["fields"];
            assert_eq!((&fields[0]["field"], &fields[0]["code"]), (&json!(field), &json!("null")));
        }
        assert_eq!(app.get_as(&user, &path).await.expect(200).json(), expected, "{field}");
    }
}

#[actix_rt::test]
async fn a_refused_change_changes_nothing_and_names_every_fault() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (path, created) = create(&app, &user, &whole()).await;
    let faulty =
        json!({"notes": "new", "calories": -1, "activity_type": "Run", "started_at": null});
    let answer = app.put_as(&user, &path, &faulty).await.expect_error(422, "validation_failed");
    let body = answer.json();
    let mut faults: Vec<(&str, &str)> = Vec::new();
    for fault in body["fields"].as_array().unwrap() {
        assert!(!fault["message"].as_str().unwrap().is_empty());
        faults.push((fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap()));
    }
    faults.sort_unstable();
    let expected =
        [("activity_type", "invalid_format"), ("calories", "out_of_range"), ("started_at", "null")];
    assert_eq!(faults, expected);
    assert_eq!(app.get_as(&user, &path).await.expect(200).json(), created);

    let answer = app.post_as(&user, "/activities", &json!({})).await;
    let body = answer.expect_error(422, "validation_failed").json();
    let missing: Vec<&str> = body["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|fault| fault["code"] == "missing")
        .map(|fault| fault["field"].as_str().unwrap())
        .collect();
    assert_eq!(missing, ["activity_type", "started_at", "duration_secs"]);
}

#[actix_rt::test]
async fn a_deleted_activity_is_gone() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (path, _) = create(&app, &user, &run()).await;
    let (other, _) = create(&app, &user, &run()).await;
    let answer = app.request(&user, Method::DELETE, &path, None).await.expect(204);
    assert!(answer.body.is_empty());
    for (method, body) in
        [(Method::GET, None), (Method::PUT, Some(&json!({"notes": "x"}))), (Method::DELETE, None)]
    {
        app.request(&user, method, &path, body).await.expect_error(404, "not_found");
    }
    app.get_as(&user, &other).await.expect(200);
}

#[actix_rt::test]
async fn a_change_that_changes_nothing_is_none() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (path, created) = create(&app, &user, &whole()).await;
    // `xmin` is unchanged: the row was not written, so no trigger ran, no notification and no
    // webhook.
    let row = async || app.database.text("SELECT xmin || ' ' || revision FROM activities").await;
    let before = row().await;
    let tag = format!("\"{}\"", created["revision"]);
    let authorization = format!("Bearer {}", user.token);
    let mut bodies: Vec<Value> = vec![json!({}), whole(), json!({"unknown": 1})];
    let fields = whole();
    bodies.extend(fields.as_object().unwrap().iter().map(|(name, value)| json!({name: value})));
    for body in &bodies {
        for expected in [None, Some(tag.as_str()), Some("*")] {
            let mut headers =
                vec![("authorization", &*authorization), ("content-type", "application/json")];
            headers.extend(expected.map(|tag| ("if-match", tag)));
            let body = Some(body.to_string().into_bytes());
            let answer = app.send(Method::PUT, &path, &headers, body).await.expect(200);
            assert_eq!((answer.header("etag"), answer.json()), (&*tag, created.clone()));
        }
        let stale = [
            ("authorization", &*authorization),
            ("content-type", "application/json"),
            ("if-match", "\"0\""),
        ];
        let body = Some(body.to_string().into_bytes());
        app.send(Method::PUT, &path, &stale, body).await.expect_error(412, "version_mismatch");
    }
    assert_eq!(row().await, before);
    let missing = "/activities/00000000-0000-4000-8000-000000000000";
    app.put_as(&user, missing, &json!({})).await.expect_error(404, "not_found");
    let bob = app.user("bob@example.com").await;
    app.put_as(&bob, &path, &json!({})).await.expect_error(404, "not_found");
    // Changing one field of many is enough, and so is clearing one with null.
    for name in fields.as_object().unwrap().keys() {
        let revision = app.get_as(&user, &path).await.json()["revision"].as_i64().unwrap();
        let change = match name.as_str() {
            "activity_type" => json!({name: "ride"}),
            "started_at" => json!({name: "2026-05-04T08:00:00.123457Z"}),
            "duration_secs" => json!({name: 1801}),
            "source" => json!({name: "apple"}),
            _ => json!({name: null}),
        };
        let changed = app.put_as(&user, &path, &change).await.expect(200).json();
        assert_eq!(changed["revision"], revision + 1, "{name}");
        let again = app.put_as(&user, &path, &change).await.expect(200).json();
        assert_eq!(again, changed, "{name}");
    }
}

#[actix_rt::test]
async fn the_accounts_tag_stays_when_nothing_changes() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let profile = json!({"display_name": "Ann", "preferred_units": "imperial", "time_zone": "Europe/Rome",
                         "phone_number": "+14155552671"});
    let preferences = json!({"theme": {"dark": true}, "n": 1.5});
    for (path, body) in [("/me/profile", &profile), ("/me/preferences", &preferences)] {
        let before = app.get_as(&ann, "/me").await.header("etag").to_owned();
        app.put_as(&ann, path, body).await.expect(200);
        let changed = app.get_as(&ann, "/me").await.header("etag").to_owned();
        assert_ne!(changed, before, "{path}");
        for body in [body, &json!({})] {
            app.put_as(&ann, path, body).await.expect(200);
            assert_eq!(app.get_as(&ann, "/me").await.header("etag"), changed, "{path} {body}");
        }
    }
    let goal = json!({"metric": "distance", "period": "month", "target": 100_000});
    let goal = app.post_as(&ann, "/me/goals", &goal).await.expect(201).json();
    let path = format!("/me/goals/{}", goal["id"].as_str().unwrap());
    let updated = async || app.database.text("SELECT updated_at FROM goals").await;
    let before = updated().await;
    app.put_as(&ann, &path, &json!({"target": 100_000})).await.expect(200);
    assert_eq!(updated().await, before);
    app.put_as(&ann, &path, &json!({"target": 90_000})).await.expect(200);
    assert_ne!(updated().await, before);
}
