//! Limits of the values of a new activity.

use actix_web::http::Method;
use serde_json::json;

use super::{assert_contains, create, run, whole, with};
use crate::support::TestApp;

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
        ("sets", json!([{"reps": 8}]), ("sets[0].exercise", "missing")),
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

/// Single precision has seven digits, which are too few for a long ride in centimetres.
#[actix_rt::test]
async fn metres_are_what_was_sent() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let metres = [5000.1, 123_456.78, 1_234_567.891, 99_999_999.123_456, 0.000_123];
    let sent = |metres: f64| {
        let mut body = run();
        for name in ["distance_meters", "elevation_gain_meters", "elevation_loss_meters"] {
            let most = if name == "distance_meters" { 1e8 } else { 1e6 };
            body[name] = metres.min(most).into();
        }
        body["avg_cadence"] = 84.123_456_789.into();
        body
    };
    for metres in metres {
        let (path, created) = create(&app, &user, &sent(metres)).await;
        assert_contains(&created, &sent(metres));
        assert_contains(&app.get_as(&user, &path).await.expect(200).json(), &sent(metres));
        let query = format!("min_distance_meters={metres}&max_distance_meters={metres}");
        let found = app.get_as(&user, &format!("/activities?{query}")).await.expect(200).json();
        assert_eq!(found["activities"].as_array().unwrap().len(), 1, "{metres}");
    }
    let summary = app.get_as(&user, "/stats/summary").await.expect(200).json();
    assert_eq!(summary["totals"]["distance_meters"], 101_363_023.894);
    // Lists by distance, page by page.
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/activities?sort=distance_meters&limit=1{cursor}");
        let page = app.get_as(&user, &path).await.expect(200).json();
        walked.push(page["activities"][0]["distance_meters"].as_f64().unwrap());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut sorted = metres.to_vec();
    sorted.sort_by(f64::total_cmp);
    assert_eq!(walked, sorted);
}
