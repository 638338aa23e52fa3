//! One activity at a time: creating, reading, changing and deleting it.

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

/// Everything that a client may set.
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

/// The path of a new activity, and the activity.
async fn create(app: &TestApp, user: &User, body: &Value) -> (String, Value) {
    let answer = app.post_as(user, "/activities", body).await.expect(201);
    (answer.header("location").to_owned(), answer.json())
}

/// Of two times, or of two numbers.
fn later(one: &Value, other: &Value) -> bool {
    one.as_str() > other.as_str() || one.as_i64() > other.as_i64()
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
                        elevation_gain_meters elevation_loss_meters external_id id laps \
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
async fn a_whole_number_may_be_written_with_a_point_but_has_no_fraction() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let headers = [
        ("authorization", &*format!("Bearer {}", user.token)),
        ("content-type", "application/json"),
    ];
    for field in ["duration_secs", "calories"] {
        for written in ["1800.0", "18e2", "1.8E+3"] {
            let body = with(run(), field, json!("@")).to_string().replace("\"@\"", written);
            let answer =
                app.send(Method::POST, "/activities", &headers, Some(body.into_bytes())).await;
            assert_eq!(answer.expect(201).json()[field], json!(1800), "{written}");
        }
        let answer = app.post_as(&user, "/activities", &with(run(), field, json!(0.5))).await;
        let fields = &answer.expect_error(422, "validation_failed").json()["fields"];
        assert_eq!(fields[0]["field"], field);
    }
}

#[actix_rt::test]
async fn the_bounds_themselves_are_allowed_and_nothing_beyond() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let data = |bytes: usize| json!({"d": "x".repeat(bytes - r#"{"d":""}"#.len())});
    let (path, _) = create(&app, &user, &run()).await;
    for (field, allowed, refused) in [
        ("duration_secs", vec![json!(0), json!(31_622_400)], vec![json!(-1), json!(31_622_401)]),
        ("distance_meters", vec![json!(0), json!(1e8)], vec![json!(-0.001), json!(1.000_000_01e8)]),
        ("calories", vec![json!(0), json!(1_000_000)], vec![json!(-1), json!(1_000_001)]),
        ("notes", vec![json!(""), json!("🏃".repeat(10_000))], vec![json!("n".repeat(10_001))]),
        (
            "activity_type",
            vec![json!("a"), json!("z_9".repeat(11)[..32])],
            vec![json!("a".repeat(33))],
        ),
        ("device_data", vec![json!({}), data(512 * 1024)], vec![data(512 * 1024 + 1)]),
    ] {
        for value in allowed {
            let changed = app.put_as(&user, &path, &json!({field: value})).await.expect(200).json();
            assert_eq!(changed[field].as_f64(), value.as_f64(), "{field}");
            assert!(value.is_number() || changed[field] == value, "{field}");
            create(&app, &user, &with(run(), field, value)).await;
        }
        for value in refused {
            for answer in [
                app.put_as(&user, &path, &json!({field: value})).await,
                app.post_as(&user, "/activities", &with(run(), field, value)).await,
            ] {
                let answer = answer.expect_error(422, "validation_failed");
                assert_eq!(answer.json()["fields"][0]["field"], field);
            }
        }
    }
}

#[actix_rt::test]
async fn a_change_leaves_what_is_absent_and_clears_what_is_null() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (field, new, cleared) in [
        ("activity_type", json!("ride"), None),
        ("started_at", json!("2026-06-01T06:00:00Z"), None),
        ("duration_secs", json!(60), None),
        ("distance_meters", json!(42.0), Some(Value::Null)),
        ("calories", json!(1), Some(Value::Null)),
        ("notes", json!("other"), Some(Value::Null)),
        ("source", json!("apple"), Some(json!("manual"))),
        ("external_id", json!("n-2"), Some(Value::Null)),
        ("device_data", json!({"other": true}), Some(Value::Null)),
    ] {
        let mut body = whole();
        body["external_id"] = field.into();
        let (path, created) = create(&app, &user, &body).await;
        let changed = app.put_as(&user, &path, &json!({field: new})).await.expect(200).json();
        let mut expected = with(created.clone(), field, new);
        for grown in ["updated_at", "revision"] {
            assert!(later(&changed[grown], &created[grown]), "{field}");
            expected[grown] = changed[grown].clone();
        }
        assert_eq!(changed, expected, "{field}");

        let answer = app.put_as(&user, &path, &json!({field: null})).await;
        if let Some(cleared) = cleared {
            let changed = answer.expect(200).json();
            expected["updated_at"] = changed["updated_at"].clone();
            expected["revision"] = changed["revision"].clone();
            expected[field] = cleared;
            assert_eq!(changed, expected, "{field}");
        } else {
            let fields = &answer.expect_error(422, "validation_failed").json()["fields"];
            assert_eq!((&fields[0]["field"], &fields[0]["code"]), (&json!(field), &json!("null")));
        }
        assert_eq!(app.get_as(&user, &path).await.expect(200).json(), expected, "{field}");
    }
}

#[actix_rt::test]
async fn a_refused_change_changes_nothing_and_names_every_fault() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (path, created) = create(&app, &user, &whole()).await;
    let faulty =
        json!({"notes": "new", "calories": -1, "activity_type": "Run", "started_at": null});
    let answer = app.put_as(&user, &path, &faulty).await.expect_error(422, "validation_failed");
    let body = answer.json();
    let mut faults: Vec<(&str, &str)> = Vec::new();
    for fault in body["fields"].as_array().unwrap() {
        assert!(!fault["message"].as_str().unwrap().is_empty());
        faults.push((fault["field"].as_str().unwrap(), fault["code"].as_str().unwrap()));
    }
    faults.sort_unstable();
    let expected =
        [("activity_type", "invalid_format"), ("calories", "out_of_range"), ("started_at", "null")];
    assert_eq!(faults, expected);
    assert_eq!(app.get_as(&user, &path).await.expect(200).json(), created);

    let answer = app.post_as(&user, "/activities", &json!({})).await;
    let body = answer.expect_error(422, "validation_failed").json();
    let missing: Vec<&str> = body["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|fault| fault["code"] == "missing")
        .map(|fault| fault["field"].as_str().unwrap())
        .collect();
    assert_eq!(missing, ["activity_type", "started_at", "duration_secs"]);
}

#[actix_rt::test]
async fn a_deleted_activity_is_gone() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (path, _) = create(&app, &user, &run()).await;
    let (other, _) = create(&app, &user, &run()).await;
    let answer = app.request(&user, Method::DELETE, &path, None).await.expect(204);
    assert!(answer.body.is_empty());
    for (method, body) in
        [(Method::GET, None), (Method::PUT, Some(&json!({"notes": "x"}))), (Method::DELETE, None)]
    {
        app.request(&user, method, &path, body).await.expect_error(404, "not_found");
    }
    app.get_as(&user, &other).await.expect(200);
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
async fn a_client_cannot_say_that_the_server_imported_it() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let (path, _) = create(&app, &user, &run()).await;
    for source in ["manual", "garmin", "apple"] {
        let changed = app.put_as(&user, &path, &json!({"source": source})).await.expect(200).json();
        assert_eq!(changed["source"], source);
    }
    for source in ["import", "Manual", " manual", "strava", ""] {
        for answer in [
            app.post_as(&user, "/activities", &with(run(), "source", json!(source))).await,
            app.put_as(&user, &path, &json!({"source": source})).await,
        ] {
            let answer = answer.expect_error(422, "validation_failed");
            assert_eq!(answer.json()["fields"][0]["field"], "source", "{source}");
        }
    }
    assert_eq!(app.database.text("SELECT string_agg(source, ' ') FROM activities").await, "apple");
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

#[actix_rt::test]
async fn laps_and_sets_are_checked_one_by_one() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (field, value, fault) in [
        ("laps", json!([{}, {"duration_secs": -1}]), ("laps[1].duration_secs", "out_of_range")),
        ("laps", json!([{"avg_heart_rate": 0}]), ("laps[0].avg_heart_rate", "out_of_range")),
        ("laps", json!([{"started_at": "today"}]), ("laps[0].started_at", "invalid_type")),
        (
            "laps",
            json!([{"started_at": "+12026-05-04T08:00:00Z"}]),
            ("laps[0].started_at", "out_of_range"),
        ),
        ("laps", json!(vec![json!({}); 10_001]), ("laps", "too_long")),
        ("laps", json!([[]]), ("laps[0]", "invalid_type")),
        ("sets", json!([["squat", 8]]), ("sets[0]", "invalid_type")),
        ("sets", json!([{"reps": 8}]), ("sets[0]", "invalid_type")),
        ("sets", json!([{"exercise": ""}]), ("sets[0].exercise", "too_short")),
        ("sets", json!([{"exercise": "a\0"}]), ("sets[0].exercise", "invalid_format")),
        ("sets", json!([{"exercise": "squat", "rpe": 10.5}]), ("sets[0].rpe", "out_of_range")),
        ("sets", json!([{"exercise": "squat", "reps": 1.5}]), ("sets[0].reps", "invalid_type")),
    ] {
        let answer = app.post_as(&user, "/activities", &with(run(), field, value)).await;
        let fields = &answer.expect_error(422, "validation_failed").json()["fields"];
        assert_eq!((&fields[0]["field"], &fields[0]["code"]), (&json!(fault.0), &json!(fault.1)));
    }
    let (path, _) = create(&app, &user, &whole()).await;
    let changed = app.put_as(&user, &path, &json!({"laps": null, "title": "x"})).await.expect(200);
    let changed = changed.json();
    assert_eq!((&changed["laps"], &changed["title"]), (&json!(null), &json!("x")));
    assert_eq!(changed["sets"], whole()["sets"]);
}
