//! Workouts that the app Health Auto Export posts, repeatedly.

use serde_json::{Value, json};

use super::{MORNING, import};
use crate::support::{PASSWORD, TestApp, User, fit};

pub const PATH: &str = "/integrations/apple/health-auto-export";

pub fn workout() -> Value {
    json!({
        "id": "9D1F6B5E-1111-4222-8333-000000000001", "name": "Outdoor Run", "location": "Outdoor",
        "start": "2026-05-04 10:00:00 +0200", "end": "2026-05-04 10:10:00 +0200", "duration": 590.4,
        "activeEnergyBurned": {"qty": 418.4, "units": "kJ"}, "distance": {"qty": 1.8, "units": "km"},
        "elevationUp": {"qty": 100, "units": "ft"},
        "heartRateData": [{"date": "2026-05-04 10:00:10 +0200", "Min": 110, "Avg": 120, "Max": 130, "units": "bpm"},
                          {"date": "2026-05-04 10:05:00 +0200", "Min": 140, "Avg": 150, "Max": 171, "units": "bpm"}],
        "route": [{"latitude": 47.0, "longitude": 8.0, "altitude": 400.5, "speed": -1, "timestamp": "2026-05-04 10:00:00 +0200"},
                  {"latitude": 47.01, "longitude": 8.0, "altitude": 401, "timestamp": "2026-05-04 10:09:00 +0200"}],
        "temperature": {"qty": 20, "units": "degC"}, "metadata": {"a": 1}
    })
}

pub async fn post(app: &TestApp, user: &User, workouts: Value) -> Vec<Value> {
    let body = json!({"data": {"workouts": workouts, "metrics": [{"name": "step_count"}]}});
    let answer = app.post_as(user, PATH, &body).await.expect(200).json();
    answer["results"].as_array().unwrap().clone()
}

/// A user whose token may only write activities.
async fn app_token(app: &TestApp, user: &User) -> User {
    let body = json!({"name": "phone", "scopes": ["activities:write"], "password": PASSWORD});
    let token = app.post_as(user, "/me/tokens", &body).await.expect(201).json()["token"].clone();
    User { token: token.as_str().unwrap().to_owned(), ..user.clone() }
}

#[actix_rt::test]
async fn a_workout_is_kept_by_its_id_and_measured_anew_when_it_has_changed() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let phone = app_token(&app, &ann).await;
    let first = post(&app, &phone, json!([workout()])).await;
    assert_eq!(first[0]["outcome"], "imported");
    let path = format!("/activities/{}", first[0]["activity_id"].as_str().unwrap());
    let run = app.get_as(&ann, &path).await.expect(200).json();
    for (name, value) in [
        ("activity_type", json!("run")),
        ("sport_raw", json!("Outdoor Run")),
        ("source", json!("apple")),
        ("external_id", workout()["id"].clone()),
        ("started_at", json!("2026-05-04T08:00:00Z")),
        ("utc_offset_minutes", json!(120)),
        ("duration_secs", json!(590)),
        ("elapsed_secs", json!(600)),
        ("distance_meters", json!(1800.0)),
        ("calories", json!(100)),
        ("avg_heart_rate", json!(135)),
        ("max_heart_rate", json!(171)),
        ("elevation_gain_meters", json!(30.48)),
    ] {
        assert_eq!(run[name], value, "{name}");
    }
    let streams = app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json();
    // The first heart rate is assigned to the route's point that is ten seconds away.
    assert_eq!(streams["series"]["time"], json!([0.0, 300.0, 540.0]));
    assert_eq!(streams["series"]["heart_rate"], json!([120.0, 150.0, null]));

    // Posting the same workout again changes nothing. The owner's edits stay.
    let owned = app
        .put_as(&ann, &path, &json!({"notes": "mine", "title": "Before work"}))
        .await
        .expect(200)
        .json();
    let again = post(&app, &phone, json!([workout()])).await;
    assert_eq!((&again[0]["outcome"], &again[0]["activity_id"]), (&json!("duplicate"), &run["id"]));
    assert_eq!(app.get_as(&ann, &path).await.expect(200).json(), owned);

    let mut longer = workout();
    longer["distance"]["qty"] = json!(1.9);
    longer["route"].as_array_mut().unwrap().pop();
    longer.as_object_mut().unwrap().remove("elevationUp");
    let changed = post(&app, &phone, json!([longer.clone()])).await;
    assert_eq!(
        (&changed[0]["outcome"], &changed[0]["activity_id"]),
        (&json!("updated"), &run["id"])
    );
    let now = app.get_as(&ann, &path).await.expect(200).json();
    assert_eq!(
        (&now["distance_meters"], &now["notes"], &now["title"]),
        (&json!(1900.0), &json!("mine"), &json!("Before work"))
    );
    assert_eq!(app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json()["points"], 2);
    let original = app.get_as(&ann, &format!("{path}/original")).await.expect(200);
    assert_eq!(original.json(), longer);
    assert_eq!(app.database.text("SELECT count(*) FROM originals").await, "1");
    assert_eq!(app.database.text("SELECT count(*) FROM activities").await, "1");
}

#[actix_rt::test]
async fn each_workout_has_its_result() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let with = |name: &str, value: Value| {
        let mut workout = workout();
        workout[name] = value;
        workout
    };
    let results = post(
        &app,
        &ann,
        json!([
            with("start", json!("2026-05-04")),
            with("id", json!("")),
            {},
            [],
            7,
            workout(),
            with("id", json!("second")),
        ]),
    )
    .await;
    let found: Vec<_> = results
        .iter()
        .map(|r| (r["outcome"].as_str().unwrap(), r["code"].as_str().unwrap_or("")))
        .collect();
    let expected = [
        ("refused", "no_start_time"),
        ("refused", "malformed"),
        ("refused", "malformed"),
        ("refused", "malformed"),
        ("refused", "malformed"),
        ("imported", ""),
        // Within one app, another id is another workout.
        ("imported", ""),
    ];
    assert_eq!(found, expected);
    assert!(results[2]["message"].as_str().unwrap().contains("id"));
    assert_eq!(post(&app, &ann, json!([])).await, Vec::<Value>::new());
    app.post_as(&ann, PATH, &json!({"data": {"metrics": []}})).await.expect(200);
    for wrong in [json!({}), json!({"data": []}), json!({"data": {"workouts": {}}})] {
        app.post_as(&ann, PATH, &wrong).await.expect_error(422, "validation_failed");
    }
    let nothing = json!({"data": {"workouts": null}});
    app.post_as(&ann, PATH, &nothing).await.expect(200);
    let many = json!({"data": {"workouts": vec![json!({}); 20_001]}});
    app.post_as(&ann, PATH, &many).await.expect_error(422, "validation_failed");
    app.post(PATH, &json!({"data": {}})).await.expect_error(401, "missing_token");
}

/// The file of the watch and the workout of the app become one activity.
#[actix_rt::test]
async fn it_is_the_same_as_that_of_a_file() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let file = import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    let results = post(&app, &ann, json!([workout()])).await;
    assert_eq!(results[0]["outcome"], "merged");
    assert_eq!(results[0]["activity_id"], file["files"][0]["activity_ids"][0]);
    let list = app.get_as(&ann, "/activities").await.expect(200).json();
    assert_eq!(list["activities"].as_array().unwrap().len(), 1);
    assert_eq!(list["activities"][0]["calories"], 100);
}
