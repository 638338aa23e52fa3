//! FIT files as they occur in practice: chained, cut off, or with sensor data in separate messages.

use serde_json::json;

use super::{MORNING, activities, import, outcomes, zip};
use crate::support::{
    TestApp,
    fit::{self, Messages, Value},
};

#[actix_rt::test]
async fn what_is_whole_of_a_file_that_was_cut_off_is_imported() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let file = fit::run(MORNING, 600);
    // Cuts off the session and the last points.
    let import = import(&app, &ann, "a.fit", &file[..file.len() - 100]).await;
    assert_eq!(import["counts"]["imported"], 1, "{import}");
    let activity = &activities(&app, &ann, &import).await[0];
    assert_eq!(activity["started_at"], "2026-05-04T08:00:00Z");
    assert_eq!(activity["avg_heart_rate"], 140);
    assert!((590..600).contains(&activity["duration_secs"].as_i64().unwrap()), "{activity}");
}

#[actix_rt::test]
async fn files_behind_each_other_are_activities_of_their_own() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let settings = Messages::default().id(2).file();
    let ride = fit::activity(&[(2, MORNING + 7200, 600)]);
    let chain = [&fit::run(MORNING, 600)[..], &settings, &ride].concat();
    let import = import(&app, &ann, "a.fit", &chain).await;
    let activities = activities(&app, &ann, &import).await;
    let told: Vec<_> = activities
        .iter()
        .map(|activity| (&activity["activity_type"], &activity["distance_meters"]))
        .collect();
    assert_eq!(told, [(&json!("run"), &json!(1800.0)), (&json!("cycle"), &json!(1800.0))]);
}

#[actix_rt::test]
async fn sensors_in_messages_of_their_own_are_in_the_exports() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut messages = Messages::default();
    messages.id(4);
    for second in 0..60 {
        let time = (253, Value::time(MORNING + second));
        let north = Value::degrees(47.0 + second as f64 * 3.0 / 111_195.0);
        messages.add(20, &[time, (0, north), (1, Value::degrees(8.0))]);
        messages.add(20, &[time, (3, Value::U8(141)), (7, Value::U16(222))]);
    }
    let import = import(&app, &ann, "a.fit", &messages.file()).await;
    let activity = &activities(&app, &ann, &import).await[0];
    assert_eq!(activity["avg_power_watts"], 222);
    let path = format!("/activities/{}/export?format=gpx", activity["id"].as_str().unwrap());
    let gpx = String::from_utf8(app.get_as(&ann, &path).await.expect(200).body).unwrap();
    let count = |text: &str| gpx.matches(text).count();
    assert_eq!((count("<trkpt"), count(">141<"), count(">222<")), (60, 60, 60));
}

/// A watch also stores files that are not activities. Their type says so.
#[actix_rt::test]
async fn files_that_are_no_activities_are_told_apart() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let monitoring = Messages::default()
        .id(32)
        .add(55, &[(253, Value::time(MORNING)), (3, Value::U32(2000))])
        .file();
    let metrics = Messages::default().id(44).file();
    let plan = Messages::default().id(5).add(26, &[(8, Value::Text("Intervals", 16))]).file();
    let archive = zip(&[("a.fit", &monitoring), ("b.fit", &metrics), ("c.fit", &plan)]);
    let import = import(&app, &ann, "a.zip", &archive).await;
    for (name, outcome, code) in outcomes(&import) {
        assert_eq!((&*outcome, &*code), ("refused", "not_an_activity"), "{name}");
    }
}
