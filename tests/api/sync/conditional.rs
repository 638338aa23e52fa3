//! Conditional requests: unchanged content is not sent again, and nobody overwrites changes that
//! they have not seen.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{run, send};
use crate::support::{Answer, TestApp, User};

async fn get(app: &TestApp, user: &User, path: &str, tag: &str) -> Answer {
    send(app, user, (Method::GET, path), &[("if-none-match", tag)], None).await
}

async fn put(app: &TestApp, user: &User, path: &str, tag: &str, body: &Value) -> Answer {
    send(app, user, (Method::PUT, path), &[("if-match", tag)], Some(body)).await
}

#[actix_rt::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201);
    let path = created.header("location").to_owned();
    for (path, change) in [
        (path.as_str(), (path.as_str(), json!({"notes": "changed"}))),
        ("/activities?limit=5", (path.as_str(), json!({"notes": "changed again"}))),
        ("/me", ("/me/profile", json!({"display_name": "Ann"}))),
    ] {
        let tag = app.get_as(&ann, path).await.expect(200).header("etag").to_owned();
        assert!(tag.starts_with('"'), "{tag}");
        for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let answer = get(&app, &ann, path, &known).await.expect(304);
            assert_eq!((answer.body.len(), answer.header("etag")), (0, tag.as_str()));
        }
        get(&app, &ann, path, "\"other\"").await.expect(200);
        for malformed in ["garbage", "5", "\"5", ""] {
            let refused = get(&app, &ann, path, malformed).await;
            refused.expect_error(400, "invalid_parameter");
        }
        app.put_as(&ann, change.0, &change.1).await.expect(200);
        let changed = get(&app, &ann, path, &tag).await.expect(200);
        assert_ne!(changed.header("etag"), tag);
    }
    assert_eq!(app.get_as(&ann, &path).await.header("cache-control"), "private, no-cache");
}

#[actix_rt::test]
async fn a_change_is_for_what_was_seen() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201);
    let (path, first) = (created.header("location").to_owned(), created.header("etag").to_owned());
    let changed = put(&app, &ann, &path, &first, &json!({"notes": "mine"})).await.expect(200);
    let second = changed.header("etag").to_owned();
    assert_ne!(first, second);
    let theirs = json!({"notes": "theirs"});
    for stale in [first.as_str(), "\"nonsense\"", &format!("W/{second}"), "\"0\", \"99999999\""] {
        put(&app, &ann, &path, stale, &theirs).await.expect_error(412, "version_mismatch");
        send(&app, &ann, (Method::DELETE, &path), &[("if-match", stale)], None)
            .await
            .expect_error(412, "version_mismatch");
    }
    // A 400 instead of a 412, which would make a client read and retry again and again.
    for malformed in ["not quoted", "", "5", second.trim_matches('"'), "*, \"5\"", "\"5\" \"6\""] {
        for (method, body) in [(Method::PUT, Some(&theirs)), (Method::DELETE, None)] {
            let refused = send(&app, &ann, (method, &path), &[("if-match", malformed)], body).await;
            let refused = refused.expect_error(400, "invalid_parameter").json();
            assert_eq!(refused["fields"][0]["field"], "If-Match");
            assert!(refused["error"].as_str().unwrap().contains("double quotes"), "{refused}");
        }
        let name = json!({"display_name": "x"});
        let refused = put(&app, &ann, "/me/profile", malformed, &name).await;
        refused.expect_error(400, "invalid_parameter");
    }
    assert_eq!(app.get_as(&ann, &path).await.json()["notes"], "mine");
    put(&app, &ann, &path, &format!("{first}, {second}"), &theirs).await.expect(200);
    put(&app, &ann, &path, "*", &json!({"notes": "any"})).await.expect(200);
    let tag = app.get_as(&ann, &path).await.header("etag").to_owned();
    send(&app, &ann, (Method::DELETE, &path), &[("if-match", &tag)], None).await.expect(204);
    put(&app, &ann, &path, &tag, &theirs).await.expect_error(404, "not_found");
}

/// A request with a condition that the server does not check is refused.
#[actix_rt::test]
async fn a_change_that_compares_no_tags_is_not_made_on_a_condition() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = app.post_as(&ann, "/activities", &run()).await.expect(201);
    let path = path.header("location").to_owned();
    let goal = json!({"metric": "distance", "period": "year", "target": 1000});
    let goal_path = app.post_as(&ann, "/me/goals", &goal).await.expect(201);
    let goal_path = format!("/me/goals/{}", goal_path.json()["id"].as_str().unwrap());
    let unmerge = format!("{path}/unmerge");
    for (method, path, body) in [
        (Method::PUT, goal_path.as_str(), Some(json!({"target": 2000}))),
        (Method::DELETE, &goal_path, None),
        (Method::POST, &unmerge, None),
        (Method::POST, "/activities", Some(run())),
        (Method::PUT, "/me/privacy-zones", Some(json!({"zones": []}))),
    ] {
        let header = [("if-match", "\"5\"")];
        let refused = send(&app, &ann, (method, path), &header, body.as_ref()).await;
        let refused = refused.expect_error(400, "invalid_parameter").json();
        assert_eq!(refused["fields"][0]["field"], "If-Match", "{path}");
    }
    let now = app.get_as(&ann, &goal_path).await.expect(200).json();
    assert_eq!(now["target"], 1000.0);
    // Any revision is accepted with `*`, and a read has no effect.
    put(&app, &ann, &goal_path, "*", &json!({"target": 3000})).await.expect(200);
    send(&app, &ann, (Method::GET, &goal_path), &[("if-match", "\"5\"")], None).await.expect(200);
}

/// A proxy that compresses adds a suffix to the tag, or makes it weak.
#[actix_rt::test]
async fn a_tag_is_known_as_proxies_change_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201);
    let path = created.header("location").to_owned();
    let marked = |tag: &str, mark: &str| format!("{}{mark}\"", tag.trim_end_matches('"'));
    for path in [path.as_str(), "/me"] {
        for mark in ["-gzip", "--gzip", ";gzip", "-br", "-zstd", "+gzip", ":deflate", "-df"] {
            let tag = app.get_as(&ann, path).await.header("etag").to_owned();
            let theirs = marked(&tag, mark);
            get(&app, &ann, path, &theirs).await.expect(304);
            get(&app, &ann, path, &format!("\"x\", W/{theirs}")).await.expect(304);
            let target = if path == "/me" { "/me/profile" } else { path };
            let change = json!({if path == "/me" { "display_name" } else { "notes" }: mark});
            put(&app, &ann, target, &theirs, &change).await.expect(200);
            for stale in [theirs.clone(), format!("\"x\", {theirs}, W/\"y\"")] {
                let refused = put(&app, &ann, target, &stale, &change).await;
                let refused = refused.expect_error(412, "version_mismatch").json();
                assert_eq!(refused["error"], "it was changed in the meantime; read it again");
            }
        }
        let tag = app.get_as(&ann, path).await.header("etag").to_owned();
        let target = if path == "/me" { "/me/profile" } else { path };
        for weak in [format!("W/{tag}"), format!("W/\"x\", W/{}", marked(&tag, "-gzip"))] {
            let refused = put(&app, &ann, target, &weak, &json!({})).await;
            let refused = refused.expect_error(412, "version_mismatch").json();
            assert!(refused["error"].as_str().unwrap().contains("without W/"), "{refused}");
        }
        // One valid tag among several is enough.
        put(&app, &ann, target, &format!("W/\"x\", {tag}"), &json!({})).await.expect(200);
        for other in ["gzip", "-gzip", "x-gzip"] {
            put(&app, &ann, target, &format!("\"{other}\""), &json!({})).await.expect(412);
        }
    }
}

#[actix_rt::test]
async fn of_many_that_saw_the_same_one_changes_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201);
    let (path, tag) = (created.header("location").to_owned(), created.header("etag").to_owned());
    let bodies: Vec<Value> = (0..12).map(|n| json!({"duration_secs": n})).collect();
    let answers = join_all(bodies.iter().map(|body| put(&app, &ann, &path, &tag, body))).await;
    let winners = answers.iter().filter(|answer| answer.status == 200).count();
    let losers = answers.iter().filter(|answer| answer.status == 412).count();
    assert_eq!((winners, losers), (1, 11));
}

#[actix_rt::test]
async fn a_profile_is_changed_as_it_was_seen() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let tag = app.get_as(&ann, "/me").await.header("etag").to_owned();
    let names: Vec<Value> = (0..6).map(|n| json!({"display_name": n.to_string()})).collect();
    let answers =
        join_all(names.iter().map(|body| put(&app, &ann, "/me/profile", &tag, body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    put(&app, &ann, "/me/preferences", &tag, &json!({"a": 1}))
        .await
        .expect_error(412, "version_mismatch");
    let tag = app.get_as(&ann, "/me").await.header("etag").to_owned();
    put(&app, &ann, "/me/preferences", &tag, &json!({"a": 1})).await.expect(200);
    put(&app, &ann, "/me/profile", &tag, &json!({"display_name": "late"}))
        .await
        .expect_error(412, "version_mismatch");
}
