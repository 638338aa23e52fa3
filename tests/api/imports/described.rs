//! Uploads with the client's own words, and uploads that are sent again.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{MORNING, activities, finished, outcomes};
use crate::{
    personal_tokens::made,
    support::{Answer, TestApp, User, fit},
};

/// A form: fields with their values, then files.
fn form(boundary: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |disposition: String, content: &[u8]| {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n");
        body.extend([head.as_bytes(), content, b"\r\n"].concat());
    };
    for (name, content) in files {
        part(format!("name=\"file\"; filename=\"{name}\""), content);
    }
    for (name, value) in fields {
        part(format!("name=\"{name}\""), value.as_bytes());
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    body
}

async fn send(
    app: &TestApp,
    user: &User,
    key: Option<&str>,
    boundary: &str,
    body: Vec<u8>,
) -> Answer {
    let authorization = format!("Bearer {}", user.token);
    let kind = format!("multipart/form-data; boundary={boundary}");
    let mut headers = vec![("authorization", &*authorization), ("content-type", &*kind)];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    app.send(Method::POST, "/imports", &headers, Some(body)).await
}

async fn uploaded(app: &TestApp, user: &User, fields: &[(&str, &str)], file: &[u8]) -> Value {
    let answer = send(app, user, None, "b", form("b", fields, &[("a.fit", file)])).await;
    finished(app, user, answer.expect(202).header("location")).await
}

#[actix_rt::test]
async fn a_form_describes_the_activity_in_its_file() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let fields = [
        ("title", "Along the river"),
        ("notes", "easy\nand long"),
        ("activity_type", "trail_run"),
        ("source", "my-app"),
        ("external_id", "7"),
    ];
    let file = fit::run(MORNING, 600);
    let import = uploaded(&app, &ann, &fields, &file).await;
    let activity = activities(&app, &ann, &import).await.remove(0);
    for (name, value) in fields {
        assert_eq!(activity[name], value, "{name}");
    }
    // The file is read again, and the client's words stay.
    let path = format!("/activities/{}/reprocess", activity["id"].as_str().unwrap());
    let again = app.request(&ann, Method::POST, &path, None).await.expect(200).json();
    assert_eq!(
        (&again["title"], &again["activity_type"]),
        (&json!("Along the river"), &json!("trail_run"))
    );
    // The same name once more, with another file.
    let other = uploaded(&app, &ann, &fields, &fit::run(MORNING, 601)).await;
    assert_eq!(outcomes(&other)[0].1, "duplicate");
    assert_eq!(other["files"][0]["activity_ids"], json!([activity["id"]]));
}

#[actix_rt::test]
async fn a_file_is_attached_to_the_activity_that_its_app_has_logged() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let logged = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 600,
                        "title": "As posted", "source": "my-app", "external_id": "7"});
    let logged = app.post_as(&ann, "/activities", &logged).await.expect(201).json();
    let fields = [("source", "my-app"), ("external_id", "7"), ("title", "")];
    let import = uploaded(&app, &ann, &fields, &fit::run(MORNING, 600)).await;
    let activity = activities(&app, &ann, &import).await.remove(0);
    assert_eq!((&activity["id"], &activity["title"]), (&logged["id"], &json!("As posted")));
    assert_eq!(activity["has"], json!(["track", "heart_rate", "original"]));
}

#[actix_rt::test]
async fn what_cannot_describe_a_file_is_refused_and_nothing_of_it_stays() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let file = fit::run(MORNING, 600);
    let one = [("a.fit", &*file)];
    let long = "x".repeat(201);
    let huge = "x".repeat(70_000);
    for (fields, fault) in [
        (vec![("title", &*long)], "title"),
        (vec![("notes", &huge)], "notes"),
        (vec![("activity_type", "Trail Run")], "activity_type"),
        (vec![("source", "strava"), ("external_id", "1")], "source"),
        (vec![("external_id", "1")], "source"),
    ] {
        let refused = send(&app, &ann, None, "b", form("b", &fields, &one)).await;
        let refused = refused.expect_error(422, "validation_failed").json();
        assert_eq!(refused["fields"][0]["field"], fault, "{refused}");
    }
    let two = [one[0], ("b.fit", &*file)];
    let refused = send(&app, &ann, None, "b", form("b", &[("title", "x")], &two)).await;
    let refused = refused.expect_error(422, "validation_failed").json();
    assert_eq!(refused["error"], "title describes one file, but 2 were sent");
    assert_eq!(app.database.text("SELECT count(*) FROM imports").await, "0");
}

#[actix_rt::test]
async fn an_upload_with_a_key_is_imported_once() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (writer, _) = made(&app, &ann, &["activities:write"]).await;
    let file = fit::run(MORNING, 600);
    let files = [("a.fit", &*file)];
    let first = form("b", &[("title", "One")], &files);
    let first = send(&app, &ann, Some("k"), "b", first).await.expect(202);
    let location = first.header("location").to_owned();
    finished(&app, &ann, &location).await;
    // With another boundary, by a token that may not read, after it is finished: the same answer.
    let again = form("other", &[("title", "One")], &files);
    let again = send(&app, &writer, Some("k"), "other", again).await.expect(202);
    assert_eq!((again.json(), again.header("location")), (first.json(), &*location));
    assert_eq!(app.database.text("SELECT count(*) FROM imports").await, "1");
    // Another title, another name and other bytes are other uploads.
    let longer = fit::run(MORNING, 601);
    for (title, files) in
        [("Two", files), ("One", [("b.fit", &*file)]), ("One", [("a.fit", &*longer)])]
    {
        let other = send(&app, &ann, Some("k"), "b", form("b", &[("title", title)], &files)).await;
        other.expect_error(422, "idempotency_key_reused");
    }
    assert_eq!(app.database.text("SELECT count(*) FROM imports").await, "1");
    // The key of somebody else is another key.
    let bob = app.user("bob@example.com").await;
    let theirs = send(&app, &bob, Some("k"), "b", form("b", &[("title", "One")], &files)).await;
    assert_ne!(theirs.expect(202).header("location"), location);
}
