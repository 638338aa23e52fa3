//! The best efforts within an activity.

use serde_json::{Value, json};

use super::log;
use crate::{
    imports::{MORNING, import},
    support::{TestApp, User, fit, until_selects},
};

async fn efforts(app: &TestApp, user: &User, path: &str) -> Value {
    app.get_as(user, &format!("{path}/efforts")).await.expect(200).json()
}

#[actix_rt::test]
async fn the_fastest_parts_are_found_when_a_file_is_imported() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    // 3 m/s for 25 minutes.
    let found = import(&app, &ann, "a.fit", &fit::run(MORNING, 1500)).await;
    let path = format!("/activities/{}", found["files"][0]["activity_ids"][0].as_str().unwrap());
    let answer = efforts(&app, &ann, &path).await;
    let kinds: Vec<_> = answer["efforts"].as_array().unwrap().iter().collect();
    let named: Vec<_> = kinds.iter().map(|effort| effort["kind"].as_str().unwrap()).collect();
    assert_eq!(named, ["fastest_400m", "fastest_1km", "fastest_mile"]);
    for (effort, metres) in kinds.iter().zip([400.0, 1000.0, 1609.344]) {
        let secs = effort["value"].as_f64().unwrap();
        assert!((secs - metres / 3.0).abs() < 0.05, "{effort}");
        assert_eq!(effort["unit"], "seconds");
        let length = effort["end_secs"].as_f64().unwrap() - effort["start_secs"].as_f64().unwrap();
        assert!((length - secs).abs() < 1e-6);
    }
    assert_eq!(answer["strength"], Value::Null);
    let bob = app.user("bob@example.com").await;
    app.get_as(&bob, &format!("{path}/efforts")).await.expect_error(404, "not_found");
}

#[actix_rt::test]
async fn a_record_that_stands_behind_another_lends_it_its_efforts() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = log(&app, &ann, "run", "2026-05-04T08:00:10Z", json!({"duration_secs": 600})).await;
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    let answer = efforts(&app, &ann, &path).await;
    assert_eq!(answer["efforts"].as_array().unwrap().len(), 3);
}

#[actix_rt::test]
async fn sets_add_up_and_tell_what_could_be_lifted_once() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let sets = json!([{"exercise": "Squat", "reps": 10, "weight_kg": 90}, {"exercise": "squat", "reps": 1, "weight_kg": 115}]);
    let path = log(&app, &ann, "lift", "2026-05-04T08:00:00Z", json!({"sets": sets})).await;
    let squat = json!({"exercise": "squat", "sets": 2, "volume_kg": 1015.0, "heaviest_kg": 115.0, "one_rep_max_kg": 120.0});
    let strength = json!({"sets": 2, "volume_kg": 1015.0, "exercises": [squat]});
    assert_eq!(efforts(&app, &ann, &path).await, json!({"efforts": [], "strength": strength}));
}

#[actix_rt::test]
async fn what_was_kept_before_is_searched_after_an_upgrade() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    let known = "SELECT string_agg(kind || value, ',' ORDER BY kind) FROM activity_efforts";
    let before = app.database.text(known).await;
    app.database.execute("DELETE FROM activity_efforts").await;
    app.database.execute("UPDATE activity_streams SET efforts_version = 0").await;
    let app = app.restarted(&[]).await;
    until_selects(&app.database, known, &before).await;

    // Streams that have killed servers are skipped, and do not delay the others.
    import(&app, &ann, "b.fit", &fit::run(MORNING + 7200, 600)).await;
    let died = "UPDATE activity_streams SET efforts_version = 0, efforts_attempts = 3
                WHERE activity_id = (SELECT id FROM activities ORDER BY started_at LIMIT 1)";
    app.database.execute(died).await;
    let other = "UPDATE activity_streams SET efforts_version = 0 WHERE efforts_attempts = 0";
    app.database.execute(other).await;
    let app = app.restarted(&[]).await;
    let searched = "SELECT string_agg(efforts_version || ' ' || efforts_attempts, ', ' ORDER BY 1)
                    FROM activity_streams";
    until_selects(&app.database, searched, "0 3, 2 0").await;
}
