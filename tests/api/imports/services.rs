//! JSON exports of services: Polar, Google Fit, Fitbit, and the app Health Auto Export as a file.

use serde_json::{Value, json};

use super::{activities, import, outcomes, zip};
use crate::support::TestApp;

fn assert_has(activity: &Value, expected: Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&activity[name], value, "{name}");
    }
}

#[actix_rt::test]
async fn a_training_session_of_polar_is_an_activity() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let sample = |second: u32, rest: &str| {
        format!("{{\"dateTime\": \"2024-05-04T10:00:{second:02}.000\", {rest}}}")
    };
    let list = |rest: &dyn Fn(u32) -> String| {
        (0..3).map(|n| sample(n * 10, &rest(n))).collect::<Vec<_>>().join(", ")
    };
    let route =
        list(&|n| format!("\"longitude\": 8.0, \"latitude\": 47.00{n}, \"altitude\": 400.0"));
    let rates = list(&|n| format!("\"value\": {}", 120 + n));
    let speeds = list(&|_| "\"value\": 10.8".to_owned());
    let session = format!(
        r#"{{"exportVersion": "1.6", "name": "Running", "note": "easy", "startTime": "2024-05-04T10:00:00.000", "stopTime": "2024-05-04T11:02:03.400",
            "timeZoneOffset": 120, "distance": 9000.0, "duration": "PT3723.400S", "maximumHeartRate": 171, "kiloCalories": 620,
            "exercises": [{{"startTime": "2024-05-04T10:00:00.000", "stopTime": "2024-05-04T11:02:03.400", "timezoneOffset": 120,
              "duration": "PT1H2M3.400S", "distance": 9000.0, "sport": "TRAIL_RUNNING", "ascent": 85.0, "kiloCalories": 620,
              "heartRate": {{"min": 80, "avg": 141, "max": 171}},
              "laps": [{{"lapNumber": 0, "splitTime": "PT600S", "duration": "PT600S", "distance": 1000.0, "heartRate": {{"avg": 130, "max": 150}}}},
                       {{"lapNumber": 1, "splitTime": "PT1500S", "duration": "PT900S", "distance": 2000.0}}],
              "samples": {{"recordedRoute": [{route}], "heartRate": [{rates}, {{"dateTime": "x", "value": 1}}], "speed": [{speeds}], "altitude": []}}}}]}}"#
    );
    let archive = zip(&[
        ("polar/training-session-2024-05-04-1-a.json", session.as_bytes()),
        (
            "polar/activity-2024-05-04-b.json",
            br#"{"exportVersion": "1.6", "samples": {"steps": []}}"#,
        ),
    ]);
    let first = import(&app, &ann, "polar.zip", &archive).await;
    assert_eq!(
        (&first["counts"]["imported"], &first["ignored"]),
        (&json!(1), &json!(1)),
        "{first}"
    );
    let run = activities(&app, &ann, &first).await.remove(0);
    assert_has(
        &run,
        json!({"activity_type": "trail_run", "started_at": "2024-05-04T08:00:00Z", "utc_offset_minutes": 120, "duration_secs": 3723,
               "distance_meters": 9000.0, "calories": 620, "avg_heart_rate": 141, "max_heart_rate": 171, "notes": "easy",
               "elevation_gain_meters": 85.0, "title": null}),
    );
    assert_eq!(run["laps"][1]["started_at"], "2024-05-04T08:10:00Z");
    assert_eq!(run["laps"].as_array().unwrap().len(), 2);
    let path = format!("/activities/{}", run["id"].as_str().unwrap());
    let streams = app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json();
    assert_eq!(streams["points"], 3);
    assert_eq!(app.get_as(&ann, &format!("{path}/original")).await.expect(200).text(), session);
    assert_eq!(import(&app, &ann, "polar.zip", &archive).await["counts"]["duplicate"], 1);
}

#[actix_rt::test]
async fn a_session_that_has_only_totals_is_one_too() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let polar = r#"{"exportVersion": "1.6", "startTime": "2024-05-04T10:00:00.000", "stopTime": "2024-05-04T10:10:00.000", "timeZoneOffset": 120,
        "distance": 1800, "duration": "PT600S", "kiloCalories": 120, "exercises": [{"sport": "RUNNING"}]}"#;
    let first = import(&app, &ann, "training-session.json", polar.as_bytes()).await;
    let run = activities(&app, &ann, &first).await.remove(0);
    assert_has(
        &run,
        json!({"activity_type": "run", "started_at": "2024-05-04T08:00:00Z", "duration_secs": 600, "distance_meters": 1800.0, "calories": 120}),
    );
    let fit = r#"{"fitnessActivity": "running.treadmill", "startTime": "2024-05-06T20:57:39.686Z", "endTime": "2024-05-06T21:08:53.872Z",
        "duration": "674.186s", "segment": [{"fitnessActivity": "running"}],
        "aggregate": [{"metricName": "com.google.calories.expended", "floatValue": 144.38}, {"metricName": "com.google.step_count.delta", "intValue": 1550},
                      {"metricName": "com.google.distance.delta", "floatValue": 1558.48}]}"#;
    let archive = zip(&[
        ("Takeout/Fit/All Sessions/2024-05-06_RUNNING.json", fit.as_bytes()),
        ("Takeout/Fit/All Sessions/2024-05-06_SLEEP.json", br#"{"fitnessActivity": "sleep", "startTime": "2024-05-06T00:00:00Z"}"#),
        ("Takeout/Fit/Daily activity metrics/Daily activity metrics.csv", b"Date,Move Minutes count,Calories (kcal),Distance (m),Walking duration (ms)\n2024-05-06,1,2,3,4\n"),
        ("Takeout/Fit/Daily activity metrics/2024-05-06.csv", b"Start time,End time,Move Minutes count,Calories (kcal),Distance (m)\n00:00:00,00:15:00,1,2,3\n"),
    ]);
    let second = import(&app, &ann, "takeout.zip", &archive).await;
    assert_eq!(
        (&second["counts"]["imported"], &second["ignored"]),
        (&json!(1), &json!(3)),
        "{second}"
    );
    let run = activities(&app, &ann, &second).await.remove(0);
    assert_has(
        &run,
        json!({"activity_type": "treadmill_run", "duration_secs": 674, "calories": 144, "distance_meters": 1558.48}),
    );
    for (name, content, code) in [
        ("a.json", r#"{"fitnessActivity": "running", "startTime": "soon"}"#, "no_start_time"),
        ("b.json", r#"{"exportVersion": "1.6", "exercises": []}"#, "not_an_activity"),
        ("c.json", r#"{"exportVersion": "1.6", "exercises": [{"sport""#, "malformed"),
        ("d.json", r#"{"hello": 1}"#, "unknown_format"),
    ] {
        let refused = import(&app, &ann, name, content.as_bytes()).await;
        assert_eq!(outcomes(&refused)[0].2, code, "{refused}");
    }
}

#[actix_rt::test]
async fn fitbits_exercises_are_an_activity_each() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    app.put_as(&ann, "/me/profile", &json!({"time_zone": "America/New_York"})).await.expect(200);
    let exercises = json!([
        {"logId": 53025679511_i64, "activityName": "Run", "activityTypeId": 90009, "averageHeartRate": 155, "calories": 655, "distance": 2.7,
         "distanceUnit": "Mile", "duration": 2_767_000, "activeDuration": 2_707_000, "steps": 5324, "source": {"name": "Charge 5"},
         "startTime": "07/02/24 08:00:00"},
        {"logId": 2, "activityName": "Weights", "calories": 100, "duration": 1_800_000, "startTime": "07/13/24 18:00:00"},
        {"logId": 3, "activityName": "Walk", "duration": 1_800_000},
    ]);
    let first = import(&app, &ann, "exercise-0.json", exercises.to_string().as_bytes()).await;
    let text = |(a, b, c): (&str, &str, &str)| (a.to_owned(), b.to_owned(), c.to_owned());
    let expected = [
        ("exercise-0.json: 53025679511", "imported", ""),
        ("exercise-0.json: 2", "imported", ""),
        ("exercise-0.json: 3", "refused", "no_start_time"),
    ];
    assert_eq!(outcomes(&first), expected.map(text));
    let run = activities(&app, &ann, &first).await.remove(0);
    assert_has(
        &run,
        json!({"activity_type": "run", "started_at": "2024-07-02T12:00:00Z", "utc_offset_minutes": -240, "duration_secs": 2707, "elapsed_secs": 2767,
               "avg_heart_rate": 155, "calories": 655, "device": "Charge 5", "source": "fitbit", "external_id": "53025679511"}),
    );
    assert!((run["distance_meters"].as_f64().unwrap() - 4345.229).abs() < 0.01);
    let archive = zip(&[("Takeout/Fitbit/exercise-0.json", exercises.to_string().as_bytes())]);
    assert_eq!(import(&app, &ann, "takeout.zip", &archive).await["counts"]["duplicate"], 2);
}

#[actix_rt::test]
async fn a_file_of_health_auto_export_is_what_the_app_would_have_posted() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let workout = json!({"id": "0A", "name": "Outdoor Run", "start": "2024-08-02 8:00:00 am +0200", "end": "2024-08-02 8:30:00\u{202f}AM +0200",
        "duration": "1800", "distance": {"qty": "5", "units": "km"}, "route": null, "heartRateData": [
            {"date": "2024-08-02 08:10:00 +0200", "Avg": 140, "Max": 150}, {"date": "2024-08-02 08:30:00 +0200", "Avg": 90, "Max": 190}]});
    let version_1 = json!({"name": "Outdoor Run", "start": "2024-08-04 08:00:00 +0200", "end": "2024-08-04 08:30:00 +0200"});
    let export = json!({"data": {"metrics": [], "workouts": [workout.clone(), version_1]}});
    let first = import(&app, &ann, "export.json", export.to_string().as_bytes()).await;
    let text = |(a, b, c): (&str, &str, &str)| (a.to_owned(), b.to_owned(), c.to_owned());
    let expected = [
        ("export.json: Outdoor Run, 2024-08-02 8:00:00 am +0200", "imported", ""),
        ("export.json: Outdoor Run, 2024-08-04 08:00:00 +0200", "refused", "malformed"),
    ];
    assert_eq!(outcomes(&first), expected.map(text));
    assert!(first["files"][1]["message"].as_str().unwrap().contains("version 2"));
    let run = activities(&app, &ann, &first).await.remove(0);
    assert_has(
        &run,
        json!({"activity_type": "run", "started_at": "2024-08-02T06:00:00Z", "duration_secs": 1800, "distance_meters": 5000.0,
               "avg_heart_rate": 140, "max_heart_rate": 150, "source": "apple", "external_id": "0A"}),
    );
    let path = "/integrations/apple/health-auto-export";
    let posted =
        app.post_as(&ann, path, &json!({"data": {"workouts": [workout]}})).await.expect(200).json();
    assert_eq!(
        (&posted["results"][0]["outcome"], &posted["results"][0]["activity_id"]),
        (&json!("duplicate"), &run["id"])
    );
    let none =
        import(&app, &ann, "export.json", br#"{"data": {"metrics": [{"name": "steps"}]}}"#).await;
    assert_eq!(outcomes(&none)[0].2, "not_an_activity");
}
