//! The external ids that apps give activities: separate for each app, searchable, and not
//! overwritten if they exist.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{listed, run, send};
use crate::support::{Answer, TestApp, User};

fn of(source: &str, external_id: &str, duration_secs: i64) -> Value {
    let mut body = run();
    body["source"] = source.into();
    body["external_id"] = external_id.into();
    body["duration_secs"] = duration_secs.into();
    body
}

async fn found(app: &TestApp, user: &User, query: &str) -> Vec<i64> {
    let page = app.get_as(user, &format!("/activities?{query}")).await.expect(200).json();
    let secs = |activity: &Value| activity["duration_secs"].as_i64().unwrap();
    page["activities"].as_array().unwrap().iter().map(secs).collect()
}

#[actix_rt::test]
async fn each_app_has_names_of_its_own() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let longest = "a".repeat(32);
    let sources = ["my-app", "sync.py", "0", "other_app.2", &longest, "garmin", "apple", "manual"];
    for (secs, source) in sources.into_iter().enumerate() {
        let body = of(source, "1", 100 * secs as i64);
        let kept = app.post_as(&ann, "/activities", &body).await.expect(201).json();
        assert_eq!(kept["source"], source);
    }
    assert_eq!(listed(&app, &ann).await.len(), sources.len());
    // Filters by external id, by source, and by both.
    assert_eq!(found(&app, &ann, "source=sync.py&external_id=1").await, [100]);
    assert_eq!(found(&app, &ann, "source=sync.py&external_id=2").await, [0; 0]);
    assert_eq!(found(&app, &ann, "source=my-app,0").await.len(), 2);
    assert_eq!(found(&app, &ann, "external_id=1").await.len(), sources.len());
    for bad in ["source=", "source=App", "source=a,,b", "external_id=%00"] {
        let refused = app.get_as(&ann, &format!("/activities?{bad}")).await;
        refused.expect_error(400, "invalid_parameter");
    }
    // The export has the same filters.
    let path =
        "/activities/export?format=json&source=sync.py,other_app.2&from=2026-05-04T08:00:00Z";
    let exported = app.get_as(&ann, path).await.expect(200).json();
    assert_eq!(exported["activities"].as_array().unwrap().len(), 2);
    let path = "/activities/export?to=2026-05-04T07:00:00Z";
    assert_eq!(app.get_as(&ann, path).await.expect(200).text(), "");
    let too_long = "a".repeat(33);
    for bad in ["App", "", ".app", &too_long, "import", "strava", "health_auto_export"] {
        let mut body = run();
        body["source"] = bad.into();
        let path = "/activities";
        let refused = app.post_as(&ann, path, &body).await.expect_error(422, "validation_failed");
        let fault = refused.json()["fields"][0].clone();
        assert_eq!((&fault["field"], &fault["code"]), (&json!("source"), &json!("invalid_value")));
    }
}

/// After a lost answer, a client looks for its activity, which may have been merged into another
/// one.
#[actix_rt::test]
async fn a_name_leads_to_what_is_shown_for_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let id = async |source: &str, secs: i64| -> String {
        let kept = app.post_as(&ann, "/activities", &of(source, "1", secs)).await.json();
        kept["id"].as_str().unwrap().to_owned()
    };
    let (shown, behind) = (id("my-app", 60).await, id("other-app", 6000).await);
    let merge = format!("UPDATE activities SET merged_into = '{shown}' WHERE id = '{behind}'");
    app.database.execute(&merge).await;
    let page = app.get_as(&ann, "/activities?source=other-app&external_id=1").await.json();
    assert_eq!(page["activities"][0]["id"], shown);
    assert_eq!(found(&app, &ann, "source=other-app").await, [0; 0]);
}

async fn create(app: &TestApp, user: &User, body: &Value) -> Answer {
    send(app, user, (Method::POST, "/activities"), &[("if-none-match", "*")], Some(body)).await
}

#[actix_rt::test]
async fn what_is_there_or_was_deleted_is_left_alone() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let first = create(&app, &ann, &of("my-app", "1", 1)).await.expect(201);
    let gone = create(&app, &ann, &of("my-app", "2", 2)).await.expect(201);
    create(&app, &ann, &run()).await.expect(201);
    create(&app, &bob, &of("my-app", "1", 1)).await.expect(201);
    app.request(&ann, Method::DELETE, gone.header("location"), None).await.expect(204);
    create(&app, &ann, &of("my-app", "1", 9)).await.expect_error(412, "already_exists");
    create(&app, &ann, &of("my-app", "2", 9)).await.expect_error(412, "already_deleted");
    let tag = first.header("etag");
    let with_tag = [("if-none-match", tag)];
    send(&app, &ann, (Method::POST, "/activities"), &with_tag, Some(&run()))
        .await
        .expect_error(400, "invalid_parameter");

    let items =
        [of("my-app", "1", 9), of("my-app", "2", 9), of("my-app", "3", 9), run(), json!({})];
    let batch = json!({"activities": items});
    let path = "/activities/batch?on_existing=keep";
    let answer = app.post_with_key(&ann, path, "k", &batch).await.expect(200).json();
    let statuses: Vec<_> =
        answer["results"].as_array().unwrap().iter().map(|r| &r["status"]).collect();
    assert_eq!(statuses, ["kept", "deleted", "created", "created", "error"]);
    assert_eq!(answer["results"][0]["id"], first.json()["id"]);
    assert_eq!(answer["results"][0]["revision"], first.json()["revision"]);
    assert_eq!(answer["results"][1]["id"], gone.json()["id"]);
    assert_eq!(app.post_with_key(&ann, path, "k", &batch).await.expect(200).json(), answer);
    assert_eq!(found(&app, &ann, "source=my-app&external_id=1,2").await, [0; 0]);
    assert_eq!(found(&app, &ann, "source=my-app&external_id=1").await, [1]);
    assert_eq!(found(&app, &ann, "source=my-app&external_id=2").await, [0; 0]);
    assert_eq!(listed(&app, &ann).await.len(), 4);

    // Deleting an activity also deletes those that were merged into it.
    let merge = "UPDATE activities a SET merged_into = b.id FROM activities b
                 WHERE a.external_id = '3' AND b.external_id = '1' AND a.user_id = b.user_id";
    assert_eq!(app.database.execute(merge).await, 1);
    app.request(&ann, Method::DELETE, first.header("location"), None).await.expect(204);
    for name in ["1", "3"] {
        create(&app, &ann, &of("my-app", name, 9)).await.expect_error(412, "already_deleted");
    }
    // A request without the condition restores it.
    app.post_as(&ann, "/activities", &of("my-app", "2", 7)).await.expect(201);
    create(&app, &ann, &of("my-app", "2", 9)).await.expect_error(412, "already_exists");
    app.get_as(&ann, "/activities?on_existing=keep").await.expect_error(400, "invalid_parameter");
    app.post_as(&ann, "/activities/batch?on_existing=x", &batch)
        .await
        .expect_error(400, "invalid_parameter");
}

/// The local time of a run is part of it.
#[actix_rt::test]
async fn an_explicit_offset_is_kept() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut body = run();
    for (started_at, given, expected) in [
        ("2026-05-04T08:00:00+02:00", None, json!(120)),
        ("2026-05-04T08:00:00-09:30", None, json!(-570)),
        ("2026-05-04T08:00:00+00:00", None, json!(0)),
        ("2026-05-04T08:00:00Z", None, Value::Null),
        ("2026-05-04T08:00:00-00:00", None, Value::Null),
        ("2026-05-04T08:00:00+02:00", Some(json!(60)), json!(60)),
        ("2026-05-04T08:00:00+02:00", Some(Value::Null), Value::Null),
    ] {
        body["started_at"] = started_at.into();
        body.as_object_mut().unwrap().remove("utc_offset_minutes");
        if let Some(given) = given {
            body["utc_offset_minutes"] = given;
        }
        let kept = app.post_as(&ann, "/activities", &body).await.expect(201);
        assert_eq!(kept.json()["utc_offset_minutes"], expected, "{body}");
        let batch = json!({"activities": [body]});
        let batch = app.post_as(&ann, "/activities/batch", &batch).await.expect(200).json();
        let path = format!("/activities/{}", batch["results"][0]["id"].as_str().unwrap());
        let kept = app.get_as(&ann, &path).await.json();
        assert_eq!(kept["utc_offset_minutes"], expected, "{body}");
        let mut change = body.clone();
        change["duration_secs"] = json!(1);
        let changed = app.put_as(&ann, &path, &change).await.expect(200).json();
        assert_eq!(changed["utc_offset_minutes"], expected, "{body}");
    }
    let path = app.post_as(&ann, "/activities", &run()).await.header("location").to_owned();
    let moved = json!({"started_at": "2026-05-04T08:00:00+05:30"});
    let moved = app.put_as(&ann, &path, &moved).await.expect(200).json();
    assert_eq!(moved["utc_offset_minutes"], 330);
    let title = app.put_as(&ann, &path, &json!({"title": "x"})).await.expect(200).json();
    assert_eq!(title["utc_offset_minutes"], 330);
}
