//! Creating, reading, changing and deleting a single activity.

mod bounds;
mod changes;
mod merging;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{TestApp, User};

fn run() -> Value {
    json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800})
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

/// An activity with every field that a client may set.
fn whole() -> Value {
    json!({
        "activity_type": "trail_run_2", "started_at": "2026-05-04T08:00:00.123456Z",
        "duration_secs": 1800, "distance_meters": 5000.5, "calories": 320,
        "external_id": "n-1", "notes": "Höhenweg 🏔\r\n'; DROP TABLE activities; --\t\u{202e}", "source": "garmin",
        "title": "Höhenweg", "elapsed_secs": 1920, "moving_secs": 1790, "elevation_gain_meters": 120.5,
        "elevation_loss_meters": 118.25, "avg_heart_rate": 142, "max_heart_rate": 171, "avg_power_watts": 210,
        "avg_cadence": 84.5, "utc_offset_minutes": -210, "device": "Forerunner 255", "sport_raw": "TRAIL_RUNNING_V2",
        "laps": [{"started_at": "2026-05-04T08:00:00Z", "duration_secs": 900.5, "distance_meters": 2500.0},
                 {"duration_secs": 899.5, "avg_heart_rate": 150}],
        "sets": [{"exercise": "bench press", "reps": 8, "weight_kg": 62.5, "rpe": 8.5, "rest_secs": 120.0},
                 {"exercise": "plank", "duration_secs": 60.0}],
        "device_data": {"hr": [120, 121.5, null], "gps": {"lat": -0.5, "n": 18446744073709551615_u64}},
    })
}

/// Creates an activity. Returns its path and the activity.
async fn create(app: &TestApp, user: &User, body: &Value) -> (String, Value) {
    let answer = app.post_as(user, "/activities", body).await.expect(201);
    (answer.header("location").to_owned(), answer.json())
}

#[track_caller]
fn assert_contains(activity: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&activity[name], value, "{name}");
    }
}

#[actix_rt::test]
async fn a_new_activity_is_answered_whole_and_found_where_location_says() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (path, created) = create(&app, &user, &whole()).await;
    assert_eq!(path, format!("/activities/{}", created["id"].as_str().unwrap()));
    assert_contains(&created, &whole());
    for name in ["created_at", "updated_at"] {
        let time = created[name].as_str().unwrap();
        assert!(time.ends_with('Z') && time.parse::<chrono::DateTime<chrono::Utc>>().is_ok());
    }
    assert_eq!(app.get_as(&user, &path).await.expect(200).json(), created);
}

#[actix_rt::test]
async fn what_is_left_out_has_its_default() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let nulls = json!({"distance_meters": null, "calories": null, "notes": null, "device_data": null,
                       "source": null});
    for body in [run(), {
        let mut body = run();
        body.as_object_mut().unwrap().extend(nulls.as_object().unwrap().clone());
        body
    }] {
        let (_, created) = create(&app, &user, &body).await;
        assert_contains(&created, &with(nulls.clone(), "source", json!("manual")));
        let mut names: Vec<&str> =
            created.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected = "activity_type avg_cadence avg_heart_rate avg_power_watts calories created_at \
                        device device_data distance_meters duration_secs elapsed_secs \
                        elevation_gain_meters elevation_loss_meters external_id has id laps \
                        max_heart_rate merged moving_secs notes parent_id revision sets source sport_raw \
                        started_at title updated_at utc_offset_minutes";
        assert_eq!(names.join(" "), expected);
    }
}

#[actix_rt::test]
async fn times_are_kept_in_utc_to_the_microsecond() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (given, kept) in [
        ("2026-05-04T08:00:00.000001Z", "2026-05-04T08:00:00.000001Z"),
        ("2026-05-04T08:00:00.5+05:30", "2026-05-04T02:30:00.5Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
        ("2026-05-04T08:00:00-00:00", "2026-05-04T08:00:00Z"),
        ("2026-05-04t08:00:00z", "2026-05-04T08:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ] {
        let body = with(run(), "started_at", json!(given));
        let (path, created) = create(&app, &user, &body).await;
        let instant = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let answered = created["started_at"].as_str().unwrap();
        assert!(answered.ends_with('Z'), "{answered}");
        assert_eq!(instant(answered), instant(kept), "{given}");
        assert_eq!(app.get_as(&user, &path).await.expect(200).json()["started_at"], answered);
    }
}

#[actix_rt::test]
async fn the_bulk_of_it_comes_with_one_activity_and_not_with_the_list() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (_, mut created) = create(&app, &user, &whole()).await;
    let list = app.get_as(&user, "/activities").await.expect(200).json();
    for bulk in ["laps", "sets", "device_data", "merged"] {
        created.as_object_mut().unwrap().remove(bulk).unwrap();
    }
    assert_eq!(list["activities"], json!([created]));
}

#[actix_rt::test]
async fn head_says_what_get_would_without_the_body() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (path, _) = create(&app, &user, &whole()).await;
    for path in [path.as_str(), "/activities", "/activities?limit=1", "/me"] {
        let get = app.get_as(&user, path).await.expect(200);
        let head = app.request(&user, Method::HEAD, path, None).await.expect(200);
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
        for name in ["content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
}

#[actix_rt::test]
async fn what_is_no_id_names_nothing() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    create(&app, &user, &run()).await;
    for id in
        ["1", "null", "%00", "%ff", "00000000-0000-0000-0000-00000000000g", "..", "%2e%2e%2fme"]
    {
        let path = format!("/activities/{id}");
        app.get_as(&user, &path).await.expect_error(404, "not_found");
        app.request(&user, Method::DELETE, &path, None).await.expect_error(404, "not_found");
    }
}
