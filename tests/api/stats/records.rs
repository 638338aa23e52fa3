//! Personal records.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::log;
use crate::{
    imports::{MORNING, import},
    support::{TestApp, User, fit},
};

async fn record(app: &TestApp, user: &User, sport: &str, kind: &str) -> Value {
    let found = app.get_as(user, "/stats/records").await.expect(200).json();
    let records = found["records"].as_array().unwrap().iter();
    let of = |record: &&Value| {
        record["kind"] == kind && (record["activity_type"] == sport || record["exercise"] == sport)
    };
    records.clone().find(of).cloned().unwrap_or_default()
}

fn values(record: &Value) -> Vec<f64> {
    let falls = record["history"].as_array().unwrap().iter();
    falls.map(|fall| fall["value"].as_f64().unwrap()).collect()
}

#[actix_rt::test]
async fn a_record_falls_and_comes_back_when_what_broke_it_goes() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut paths = Vec::new();
    for (day, metres) in [(3, 7000.1), (1, 5000.0), (2, 5000.0), (4, 6000.0)] {
        let started_at = format!("2026-05-0{day}T08:00:00Z");
        paths.push(log(&app, &ann, "run", &started_at, json!({"distance_meters": metres})).await);
    }
    log(&app, &ann, "cycle", "2026-05-01T08:00:00Z", json!({"distance_meters": 50_000})).await;
    let farthest = record(&app, &ann, "run", "farthest").await;
    assert_eq!((values(&farthest), &farthest["unit"]), (vec![5000.0, 7000.1], &json!("metres")));
    assert_eq!(farthest["activity_id"], paths[0].trim_start_matches("/activities/"));
    assert_eq!(farthest["started_at"], "2026-05-03T08:00:00Z");
    app.request(&ann, Method::DELETE, &paths[0], None).await.expect(204);
    assert_eq!(values(&record(&app, &ann, "run", "farthest").await), [5000.0, 6000.0]);
    app.put_as(&ann, &paths[1], &json!({"distance_meters": 9000})).await.expect(200);
    assert_eq!(values(&record(&app, &ann, "run", "farthest").await), [9000.0]);
    app.put_as(&ann, &paths[1], &json!({"activity_type": "walk"})).await.expect(200);
    assert_eq!(values(&record(&app, &ann, "run", "farthest").await), [5000.0, 6000.0]);
    let only = app.get_as(&ann, "/stats/records?activity_type=cycle").await.expect(200).json();
    let sports: Vec<_> =
        only["records"].as_array().unwrap().iter().map(|one| &one["activity_type"]).collect();
    assert_eq!(sports, ["cycle", "cycle"], "longest and farthest");
    let bob = app.user("bob@example.com").await;
    assert_eq!(app.get_as(&bob, "/stats/records").await.expect(200).json(), json!({"records": []}));
}

#[actix_rt::test]
async fn efforts_are_records_of_the_sport_that_the_activity_is_of() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let found = import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    let path = format!("/activities/{}", found["files"][0]["activity_ids"][0].as_str().unwrap());
    let fastest = record(&app, &ann, "run", "fastest_1km").await;
    assert!((fastest["value"].as_f64().unwrap() - 1000.0 / 3.0).abs() < 0.05, "{fastest}");
    assert_eq!(
        (&fastest["unit"], fastest["history"].as_array().unwrap().len()),
        (&json!("seconds"), 1)
    );
    app.put_as(&ann, &path, &json!({"activity_type": "trail_run"})).await.expect(200);
    assert_eq!(record(&app, &ann, "run", "fastest_1km").await, Value::Null);
    assert_ne!(record(&app, &ann, "trail_run", "fastest_1km").await, Value::Null);
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    assert_eq!(record(&app, &ann, "trail_run", "fastest_1km").await, Value::Null);
}

#[actix_rt::test]
async fn strength_has_records_by_exercise() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for (day, reps, kg) in [(1, 10, 90), (2, 1, 110), (3, 1, 125)] {
        let sets = json!([{"exercise": "Squat", "reps": reps, "weight_kg": kg}]);
        log(&app, &ann, "lift", &format!("2026-05-0{day}T08:00:00Z"), json!({"sets": sets})).await;
    }
    assert_eq!(values(&record(&app, &ann, "squat", "one_rep_max").await), [120.0, 125.0]);
    assert_eq!(values(&record(&app, &ann, "squat", "heaviest").await), [90.0, 110.0, 125.0]);
    assert_eq!(values(&record(&app, &ann, "squat", "most_volume").await), [900.0]);
}
