//! `has`: what was recorded of an activity, without reading it.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{MORNING, import};
use crate::support::{TestApp, User, fit, until_selects};

/// `has` of all activities, in the order of the list. The feed and the whole activities repeat it.
async fn all(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities").await.expect(200).json();
    let feed = app.get_as(user, "/activities/changes").await.expect(200).json();
    let listed = list["activities"].as_array().unwrap();
    for activity in listed {
        let path = format!("/activities/{}", activity["id"].as_str().unwrap());
        let whole = app.get_as(user, &path).await.expect(200).json();
        let mut changes = feed["changes"].as_array().unwrap().iter();
        let change = changes.find(|change| change["activity"]["id"] == activity["id"]).unwrap();
        assert_eq!((&whole["has"], &change["activity"]["has"]), (&activity["has"], &whole["has"]));
    }
    listed.iter().map(|activity| activity["has"].clone()).collect()
}

fn of_a_watch() -> Value {
    json!(["track", "heart_rate", "original"])
}

#[actix_rt::test]
async fn a_list_says_what_was_recorded() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    // The row is written once.
    let feed = app.get_as(&ann, "/activities/changes").await.expect(200).json();
    assert_eq!(feed["changes"][0]["activity"]["revision"], 1);
    let by_hand = json!({"activity_type": "yoga", "started_at": "2026-05-01T08:00:00Z",
                         "duration_secs": 600, "avg_heart_rate": 90, "has": ["power"]});
    app.post_as(&ann, "/activities", &by_hand).await.expect(201);
    assert_eq!(all(&app, &ann).await, [of_a_watch(), json!([])]);
    let table = app.get_as(&ann, "/activities/export?format=csv").await.expect(200);
    assert!(table.text().contains(",track heart_rate original,"), "{}", table.text());
}

#[actix_rt::test]
async fn what_a_merged_record_has_counts_until_it_is_separated() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let by_hand = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:30Z",
                         "duration_secs": 590});
    let path = app.post_as(&ann, "/activities", &by_hand).await.expect(201);
    let path = path.header("location").to_owned();
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    assert_eq!(all(&app, &ann).await, [of_a_watch()]);
    app.request(&ann, Method::POST, &format!("{path}/unmerge"), None).await.expect(200);
    assert_eq!(all(&app, &ann).await, [json!([]), of_a_watch()]);
}

#[actix_rt::test]
async fn what_an_older_version_stored_is_found_after_an_upgrade() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let by_hand = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:30Z",
                         "duration_secs": 590});
    app.post_as(&ann, "/activities", &by_hand).await.expect(201);
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    import(&app, &ann, "b.fit", &fit::run(MORNING + 7200, 600)).await;
    let since = app.get_as(&ann, "/activities/changes").await.expect(200).json()["next"].clone();
    for older in [
        "UPDATE activity_streams SET series = NULL, efforts_version = 1",
        "UPDATE activities SET has = '{}'",
    ] {
        app.database.execute(older).await;
    }
    let app = app.restarted(&[]).await;
    let incomplete = "SELECT count(*) FROM activities WHERE cardinality(has) < 3";
    until_selects(&app.database, incomplete, "0").await;
    assert_eq!(all(&app, &ann).await, [of_a_watch(), of_a_watch()]);
    // Copies get it, too.
    let feed = format!("/activities/changes?since={}", since.as_str().unwrap());
    let feed = app.get_as(&ann, &feed).await.expect(200).json();
    assert_eq!(feed["changes"].as_array().unwrap().len(), 2);
}
