//! The same activity from several apps, sent as activities instead of files, is counted once.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{TestApp, User};

/// A run as `source` recorded it, `minute` minutes after eight.
fn run(source: &str, minute: u32) -> Value {
    json!({"activity_type": "run", "started_at": format!("2026-05-04T08:{minute:02}:00Z"), "duration_secs": 600,
           "distance_meters": 2000, "source": source})
}

fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn listed(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities?limit=100").await.expect(200).json();
    list["activities"].as_array().unwrap().clone()
}

async fn batch(app: &TestApp, user: &User, activities: &[Value]) -> Vec<Value> {
    let body = json!({ "activities": activities });
    let answer = app.post_as(user, "/activities/batch", &body).await.expect(200).json();
    answer["results"].as_array().unwrap().clone()
}

#[actix_rt::test]
async fn what_another_source_has_brought_is_merged_and_nothing_is_lost() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let garmin = with(run("garmin", 0), json!({"external_id": "g-1", "avg_heart_rate": 140}));
    let shown = app.post_as(&ann, "/activities", &garmin).await.expect(201).json();
    let since = app.get_as(&ann, "/activities/changes").await.expect(200).json()["next"].clone();

    let apple = with(
        run("apple", 0),
        json!({"external_id": "a-1", "started_at": "2026-05-04T08:00:20Z", "duration_secs": 610, "calories": 150}),
    );
    let answer = app.post_as(&ann, "/activities", &apple).await.expect(200);
    let merged = answer.json();
    assert_eq!(answer.header("etag"), format!("\"{}\"", merged["revision"]));
    assert_eq!((&merged["id"], &merged["source"]), (&shown["id"], &json!("garmin")));
    assert_eq!((&merged["calories"], &merged["avg_heart_rate"]), (&json!(150), &json!(140)));
    let origin = &merged["merged"][0];
    assert_eq!((&origin["source"], &origin["fields"]), (&json!("apple"), &json!(["calories"])));
    // It counts once in lists, statistics and the change feed, which names the activity that is
    // shown.
    assert_eq!(listed(&app, &ann).await.len(), 1);
    let stats = app.get_as(&ann, "/stats/summary").await.expect(200).json();
    assert_eq!(stats["totals"]["distance_meters"], 2000.0);
    let feed = format!("/activities/changes?since={}", since.as_str().unwrap());
    let changes = app.get_as(&ann, &feed).await.expect(200).json()["changes"].clone();
    assert_eq!(changes.as_array().unwrap().len(), 1);
    assert_eq!(changes[0]["activity"]["id"], shown["id"]);

    // Sending it again changes nothing. Sending it changed also changes the values taken from it.
    let again = app.post_as(&ann, "/activities", &apple).await.expect(200).json();
    assert_eq!(again, merged);
    let changed = with(apple.clone(), json!({"calories": 160}));
    let changed = app.post_as(&ann, "/activities", &changed).await.expect(200).json();
    assert_eq!((&changed["id"], &changed["calories"]), (&shown["id"], &json!(160)));
    // Its external id is taken.
    let other = app.post_as(&ann, "/activities", &run("apple", 30)).await.expect(201);
    let path = other.header("location").to_owned();
    let taken = json!({"external_id": "a-1"});
    app.put_as(&ann, &path, &taken).await.expect_error(409, "external_id_taken");
    // Without an external id, but with an idempotency key.
    let own = with(run("my-app", 0), json!({"notes": "with Bob"}));
    for _ in 0..2 {
        let kept = app.post_with_key(&ann, "/activities", "k-1", &own).await.expect(200).json();
        assert_eq!((&kept["id"], &kept["notes"]), (&shown["id"], &json!("with Bob")));
        assert_eq!(kept["merged"].as_array().unwrap().len(), 2);
    }

    // The owner can unmerge them. Each is an activity again, and stays one.
    let unmerge = format!("/activities/{}/unmerge", shown["id"].as_str().unwrap());
    app.request(&ann, Method::POST, &unmerge, None).await.expect(200);
    assert_eq!(listed(&app, &ann).await.len(), 4);
    let apart = app.post_as(&ann, "/activities", &apple).await.expect(200).json();
    assert_eq!((&apart["id"], &apart["source"]), (&origin["activity_id"], &json!("apple")));
    assert_eq!(listed(&app, &ann).await.len(), 4);
}

/// A source does not report an activity twice: two activities of one source are two activities.
#[actix_rt::test]
async fn two_of_one_source_are_two_and_a_doubtful_one_is_merged_with_none() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let mut shown = Vec::new();
    for (source, status) in [("garmin", 201), ("apple", 200), ("apple", 201), ("manual", 201)] {
        let answer = app.post_as(&bob, "/activities", &run(source, 0)).await.expect(status);
        shown.push(answer.json()["id"].clone());
    }
    assert_eq!(shown[0], shown[1]);
    assert_eq!(listed(&app, &bob).await.len(), 3);
    // An activity that a person logs by hand is never merged.
    app.post_as(&ann, "/activities", &run("garmin", 40)).await.expect(201);
    app.post_as(&ann, "/activities", &run("manual", 40)).await.expect(201);
    app.post_as(&ann, "/activities", &run("garmin", 0)).await.expect(201);
    // Another time, duration or distance makes it another activity.
    for (body, status) in [
        (with(run("apple", 0), json!({"started_at": "2026-05-04T08:01:01Z"})), 201),
        (with(run("apple", 0), json!({"duration_secs": 632})), 201),
        (with(run("apple", 0), json!({"distance_meters": 2200})), 201),
        // The smallest positive number.
        (with(run("apple", 0), json!({"distance_meters": 5e-324})), 201),
        (with(run("apple", 0), json!({"distance_meters": 1950, "duration_secs": 590})), 200),
    ] {
        app.post_as(&ann, "/activities", &body).await.expect(status);
    }
}

#[actix_rt::test]
async fn a_batch_merges_with_the_log_and_with_itself() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let first = app.post_as(&ann, "/activities", &run("manual", 0)).await.expect(201).json();
    let named = |source: &str, minute: u32| {
        with(run(source, minute), json!({"external_id": minute.to_string(), "title": source}))
    };
    let items = [
        named("garmin", 0),
        named("garmin", 10),
        named("apple", 10),
        run("my-app", 10),
        named("apple", 0),
        named("apple", 20),
    ];
    let results = batch(&app, &ann, &items).await;
    let status = |results: &[Value]| {
        let status = results.iter().map(|result| result["status"].as_str().unwrap().to_owned());
        status.collect::<Vec<_>>()
    };
    assert_eq!(status(&results), ["merged", "created", "merged", "merged", "merged", "created"]);
    let ids: Vec<_> = results.iter().map(|result| &result["id"]).collect();
    assert_eq!((ids[0], ids[4]), (&first["id"], &first["id"]));
    assert!(ids[2] == ids[1] && ids[3] == ids[1]);
    let list = listed(&app, &ann).await;
    assert_eq!(list.len(), 3);
    for result in &results {
        let shown = list.iter().find(|shown| shown["id"] == result["id"]).unwrap();
        assert!(shown["revision"].as_i64() >= result["revision"].as_i64());
    }
    // The retry leaves out the items without an external id: it creates nothing.
    let named: Vec<_> =
        items.iter().filter(|item| item["external_id"].is_string()).cloned().collect();
    let again = batch(&app, &ann, &named).await;
    assert!(again.iter().all(|result| result["status"] == "unchanged"), "{again:?}");
    assert_eq!((&again[0]["id"], &again[2]["id"]), (ids[0], ids[1]));
    let created =
        crate::support::Scrape::of(&app).await.count("sports_log_activities_created_total");
    assert_eq!(created, 3.0);
}

#[actix_rt::test]
async fn two_sources_at_the_same_time_are_one() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut bodies = Vec::new();
    for minute in (0..60).step_by(5) {
        bodies.extend(["garmin", "apple", "my-app"].map(|source| run(source, minute)));
        bodies[minute as usize / 5 * 3]["external_id"] = json!(minute.to_string());
    }
    let posts = bodies.iter().map(|body| app.post_as(&ann, "/activities", body));
    let answers = join_all(posts).await;
    assert!(answers.iter().all(|answer| [200, 201].contains(&answer.status.as_u16())));
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 12);
    assert_eq!(listed(&app, &ann).await.len(), 12);
    assert_eq!(app.database.text("SELECT count(*) FROM activities").await, "36");
}
