//! Workouts as phones really post them: with odd values, times and encodings, and the whole history
//! at once.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::health_auto_export::{PATH, post, workout};
use crate::support::TestApp;

/// A workout on a separate day, so that it is not merged with another one.
fn odd(day: usize, name: &str, value: &Value) -> Value {
    let text = workout().to_string().replace("2026-05-04", &format!("2026-03-{day:02}"));
    let mut workout: Value = serde_json::from_str(&text).unwrap();
    workout["id"] = json!(format!("odd-{day}"));
    workout["route"] = json!([]);
    workout[name] = value.clone();
    workout
}

#[actix_rt::test]
async fn an_odd_value_is_left_out_and_its_workout_kept() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let km = |qty: Value| json!({"qty": qty, "units": "km"});
    // The field that is posted, its value, the field of the activity, and the expected value.
    let cases = [
        ("distance", km(json!("5.0")), "distance_meters", json!(5000.0)),
        ("distance", km(json!(null)), "distance_meters", json!(null)),
        ("distance", json!({"qty": 5}), "distance_meters", json!(null)),
        ("distance", json!(5), "distance_meters", json!(null)),
        ("distance", json!({"qty": 5, "units": "KM"}), "distance_meters", json!(5000.0)),
        ("distance", json!({"qty": 1000, "units": "yd"}), "distance_meters", json!(914.4)),
        ("distance", json!({"qty": -5, "units": "km"}), "distance_meters", json!(null)),
        ("activeEnergyBurned", json!([{"qty": 1, "units": "kcal"}]), "calories", json!(null)),
        ("activeEnergyBurned", json!({"qty": 300, "units": "kCal"}), "calories", json!(300)),
        ("elevationUp", json!({}), "activity_type", json!("run")),
        ("duration", json!("590"), "duration_secs", json!(590)),
        ("duration", json!(null), "duration_secs", json!(600)),
        ("duration", json!(-1), "duration_secs", json!(600)),
        ("location", json!(null), "activity_type", json!("run")),
        ("isIndoor", json!("true"), "activity_type", json!("treadmill_run")),
        ("name", json!(7), "activity_type", json!("other")),
        ("heartRateData", json!(null), "avg_heart_rate", json!(null)),
        ("heartRateData", json!("none"), "avg_heart_rate", json!(null)),
        ("route", json!([null, {"latitude": null}, 7]), "distance_meters", json!(1800.0)),
    ];
    let posted: Vec<_> =
        cases.iter().enumerate().map(|(at, case)| odd(at + 1, case.0, &case.1)).collect();
    let results = post(&app, &ann, json!(posted)).await;
    assert_eq!(results.len(), cases.len());
    for ((field, value, name, expected), result) in cases.iter().zip(&results) {
        assert_eq!(result["outcome"], "imported", "{field} {value}: {result}");
        let path = format!("/activities/{}", result["activity_id"].as_str().unwrap());
        let kept = app.get_as(&ann, &path).await.expect(200).json();
        let found = (kept[*name].as_f64(), expected.as_f64());
        match found {
            (Some(found), Some(expected)) => assert!((found - expected).abs() < 0.01, "{field}"),
            _ => assert_eq!(kept[*name], *expected, "{field} {value}"),
        }
    }
    assert_eq!(results[0]["message"], Value::Null);
    assert!(results[3]["message"].as_str().unwrap().contains("distance"), "{}", results[3]);
    assert!(results[18]["message"].as_str().unwrap().contains("route"), "{}", results[18]);
}

#[actix_rt::test]
async fn what_one_moment_lacks_is_that_moments_loss() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut workout = workout();
    let rates = json!([
        {"date": "2026-05-04 10:01:00 +0200", "qty": 120, "units": "bpm"},
        {"date": "2026-05-04 10:02:00 +0200", "Avg": "130", "Max": "140"},
        {"Avg": 200}, {"date": "tomorrow", "Avg": 200}, {"date": "2026-05-04 10:03:00 +0200"}, 7,
        // Recovery after the workout.
        {"date": "2026-05-04 10:11:00 +0200", "Avg": 90, "Max": 190},
    ]);
    workout["heartRateData"] = rates;
    let route = workout["route"].as_array_mut().unwrap();
    route.push(json!({"latitude": 47.02, "longitude": 8.0, "timestamp": 7}));
    route.push(
        json!({"latitude": 47.02, "longitude": 8.0, "timestamp": "1970-01-01 00:00:00 +0000"}),
    );
    route.push(json!({"latitude": "47.02", "longitude": "8.0", "altitude": null, "timestamp": "2026-05-04T10:09:30+02:00"}));
    let result = post(&app, &ann, json!([workout])).await.remove(0);
    assert_eq!(result["outcome"], "imported");
    let message = result["message"].as_str().unwrap();
    assert!(message.contains("route") && message.contains("heartRateData"), "{message}");
    let path = format!("/activities/{}", result["activity_id"].as_str().unwrap());
    let run = app.get_as(&ann, &path).await.expect(200).json();
    assert_eq!((&run["avg_heart_rate"], &run["max_heart_rate"]), (&json!(125), &json!(140)));
    let streams = app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json();
    // The first heart rate falls into the minute of the first point.
    assert_eq!(streams["series"]["time"], json!([0.0, 120.0, 540.0, 570.0]));
}

#[actix_rt::test]
async fn clocks_of_all_kinds_are_read() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let ends = [
        ("2026-05-04 8:00:00 AM +0200", "2026-05-04 8:30:00 AM +0200"),
        ("2026-05-04 8:00:00\u{202f}AM +0200", "2026-05-04 8:30:00\u{202f}AM +0200"),
        ("2026-05-04 8:00:00 a.m. +0200", "2026-05-04 8:30:00 a.m. +0200"),
        ("2026-05-04T08:00:00+02:00", "2026-05-04T06:30:00Z"),
    ];
    for (start, end) in ends {
        let text = workout().to_string();
        let mut workout: Value = serde_json::from_str(&text).unwrap();
        (workout["start"], workout["end"]) = (json!(start), json!(end));
        (workout["route"], workout["heartRateData"]) = (json!([]), json!([]));
        let result = post(&app, &ann, json!([workout])).await.remove(0);
        let path = format!("/activities/{}", result["activity_id"].as_str().expect(start));
        let run = app.get_as(&ann, &path).await.expect(200).json();
        assert_eq!(
            (&run["started_at"], &run["elapsed_secs"]),
            (&json!("2026-05-04T06:00:00Z"), &json!(1800))
        );
    }
}

/// The app does not show the answer to anybody, so refusals are listed among the imports.
#[actix_rt::test]
async fn refusals_are_listed_once_among_the_imports() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let old = json!({"name": "Outdoor Run", "start": "2024-08-04 08:00:00 +0200", "end": "2024-08-04 08:30:00 +0200",
                     "totalEnergy": {"qty": 300, "units": "kcal"}});
    let mut backwards = odd(1, "end", &json!("2026-03-01 09:00:00 +0200"));
    backwards["name"] = json!("Yo\u{0}ga");
    let late = odd(2, "start", &json!("2036-05-04 08:00:00 +0200"));
    for _ in 0..3 {
        let results = post(&app, &ann, json!([old, backwards, late, workout(), 7])).await;
        let outcomes: Vec<_> = results.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
        assert_eq!((&outcomes[..3], outcomes[4]), (&["refused"; 3][..], "refused"));
        assert!(results[0]["message"].as_str().unwrap().contains("version 2"), "{results:?}");
    }
    let list = app.get_as(&ann, "/imports").await.expect(200).json();
    let imports = list["imports"].as_array().unwrap();
    assert_eq!(imports.len(), 1);
    assert_eq!(
        (&imports[0]["status"], &imports[0]["code"]),
        (&json!("done"), &json!("health_auto_export"))
    );
    assert_eq!(
        (&imports[0]["counts"]["refused"], &imports[0]["progress"]),
        (&json!(4), &json!(1.0))
    );
    let message = imports[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("Health Auto Export: 4 refused, the last one because"),
        "{message}"
    );
    let path = format!("/imports/{}", imports[0]["id"].as_str().unwrap());
    let files = app.get_as(&ann, &path).await.expect(200).json()["files"].clone();
    let names: Vec<_> =
        files.as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names[0], "Outdoor Run, 2024-08-04 08:00:00 +0200");
    assert_eq!(names[1], "Yoga, 2026-03-01 10:00:00 +0200");
    assert_eq!(files[1]["message"], "the workout ends before it starts");

    // However many there are, they make one import with a limited list.
    let many: Vec<_> = (0..300).map(|n| json!({"name": format!("Run {n}")})).collect();
    post(&app, &ann, json!(many)).await;
    post(&app, &ann, json!(many)).await;
    assert_eq!(app.database.text("SELECT count(*) FROM import_files").await, "100");
    assert_eq!(app.database.text("SELECT count(*) FROM imports").await, "1");
}

/// The first export posts everything that Apple Health has.
#[actix_rt::test]
async fn a_first_export_is_taken_whole() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bare = |n: usize| {
        let day = format!("20{:02}-{:02}-{:02}", 10 + n / 336, 1 + n / 28 % 12, 1 + n % 28);
        json!({"id": format!("w{n}"), "name": "Walking", "start": format!("{day} 08:00:00 +0200"),
               "end": format!("{day} 08:20:00 +0200")})
    };
    let all: Vec<_> = (0..1200).map(bare).collect();
    let results = post(&app, &ann, json!(all)).await;
    assert!(results.iter().all(|one| one["outcome"] == "imported"));
    let again = post(&app, &ann, json!(all)).await;
    for (first, again) in results.iter().zip(&again) {
        assert_eq!(
            (&again["outcome"], &again["activity_id"]),
            (&json!("duplicate"), &first["activity_id"])
        );
    }
    assert_eq!(app.database.text("SELECT count(*) FROM activities").await, "1200");
}

/// Duplicate names, and text and numbers that cannot be represented.
#[actix_rt::test]
async fn the_text_itself_may_be_odd() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bearer = format!("Bearer {}", ann.token);
    let headers = [("authorization", &*bearer), ("content-type", "application/json")];
    let body = "{\"data\": {\"workouts\": [{\"id\": \"x\", \"id\": \"y\", \"name\": \"\\ud800\", \"start\": \"2026-05-04 08:00:00 +0200\", \"end\": \"2026-05-04 08:30:00 +0200\", \"distance\": {\"qty\": 1e999, \"units\": \"km\"}}]}}";
    let answer = app
        .send(Method::POST, PATH, &headers, Some(body.as_bytes().to_vec()))
        .await
        .expect(200)
        .json();
    assert_eq!(answer["results"][0]["outcome"], "imported", "{answer}");
    let names = "SELECT external_id FROM activities";
    assert_eq!(app.database.text(names).await, "y");
    app.post_as(&ann, PATH, &json!({"data": "workouts"}))
        .await
        .expect_error(422, "validation_failed");
}

#[actix_rt::test]
async fn what_was_left_out_of_a_workout_is_listed_once_among_the_imports() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut odd = odd(1, "distance", &json!({"qty": "far", "units": "km"}));
    let activity = post(&app, &ann, json!([odd])).await[0]["activity_id"].clone();
    // It has changed, and is posted again.
    odd["activeEnergyBurned"] = json!({"qty": 1, "units": "kcal"});
    post(&app, &ann, json!([odd, workout()])).await;
    let list = app.get_as(&ann, "/imports").await.expect(200).json();
    let [import] = list["imports"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(
        (&import["code"], &import["message"], &import["warnings"]),
        (
            &json!("health_auto_export"),
            &json!("Health Auto Export: 1 read with a warning"),
            &json!(1)
        )
    );
    let path = format!("/imports/{}", import["id"].as_str().unwrap());
    let files = app.get_as(&ann, &path).await.expect(200).json()["files"].clone();
    assert_eq!(
        (&files[0]["outcome"], &files[0]["activity_ids"]),
        (&json!("imported"), &json!([activity]))
    );
    assert!(files[0]["warning"].as_str().unwrap().contains("distance"), "{files}");
}
