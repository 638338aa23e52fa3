//! Goals.

use actix_web::http::Method;
use chrono::{Datelike, Utc};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::log;
use crate::support::TestApp;

#[actix_rt::test]
async fn a_goal_says_how_far_it_is_in_the_present_period() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let year = Utc::now().year();
    let run = json!({"distance_meters": 4000, "elevation_gain_meters": 50});
    log(&app, &ann, "run", &format!("{year}-01-01T00:00:00Z"), run.clone()).await;
    log(&app, &ann, "swim", &format!("{year}-12-31T23:00:00Z"), json!({"distance_meters": 500}))
        .await;
    log(&app, &ann, "run", &format!("{}-12-31T23:00:00Z", year - 1), run).await;
    let goal = async |metric: &str, target: i32, sport: Value| {
        let body =
            json!({"metric": metric, "period": "year", "target": target, "activity_type": sport});
        app.post_as(&ann, "/me/goals", &body).await.expect(201)
    };
    for (metric, target, sport, progress, is_reached) in [
        ("distance", 10_000, Value::Null, 4500.0, false),
        ("distance", 4000, json!("run"), 4000.0, true),
        ("activities", 1, Value::Null, 2.0, true),
        ("duration", 3600, Value::Null, 1200.0, false),
        ("elevation", 100, Value::Null, 50.0, false),
    ] {
        let answer = goal(metric, target, sport).await;
        let goal = answer.json();
        assert_eq!(
            (&goal["progress"], &goal["is_reached"]),
            (&json!(progress), &json!(is_reached)),
            "{metric}"
        );
        assert_eq!(goal["part"], progress / f64::from(target));
        assert_eq!(
            (&goal["from"], &goal["to"]),
            (&json!(format!("{year}-01-01")), &json!(format!("{year}-12-31")))
        );
        let same = app.get_as(&ann, answer.header("location")).await.expect(200).json();
        assert_eq!(same["progress"], goal["progress"]);
    }
    let goals = app.get_as(&ann, "/me/goals").await.expect(200).json();
    assert_eq!(goals["goals"].as_array().unwrap().len(), 5);
}

#[actix_rt::test]
async fn a_goal_is_its_owners_to_change_and_to_give_up() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let body = json!({"metric": "activities", "period": "week", "target": 3});
    let answer = app.post_as(&ann, "/me/goals", &body).await.expect(201);
    let path = answer.header("location");
    let higher = json!({"target": 5});
    for (method, body) in
        [(Method::GET, None), (Method::PUT, Some(&higher)), (Method::DELETE, None)]
    {
        app.request(&bob, method, path, body).await.expect_error(404, "not_found");
    }
    assert_eq!(app.put_as(&ann, path, &higher).await.expect(200).json()["target"], 5.0);
    assert_eq!(app.put_as(&ann, path, &json!({})).await.expect(200).json()["target"], 5.0);
    app.put_as(&ann, path, &json!({"target": null})).await.expect_error(422, "validation_failed");
    app.put_as(&ann, &format!("{path}?tz=Nowhere"), &json!({"target": 7}))
        .await
        .expect_error(400, "invalid_parameter");
    assert_eq!(app.get_as(&ann, path).await.expect(200).json()["target"], 5.0);
    app.request(&ann, Method::DELETE, path, None).await.expect(204);
    app.get_as(&ann, path).await.expect_error(404, "not_found");
    let at_once = join_all((0..60).map(|_| app.post_as(&ann, "/me/goals", &body))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 201).count(), 50);
    app.post_as(&ann, "/me/goals", &body).await.expect_error(409, "too_many_goals");
}

#[actix_rt::test]
async fn a_faulty_goal_is_refused_with_every_fault() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let faulty = json!({"metric": "joy", "period": "decade", "target": 0, "activity_type": "Run!"});
    let answer =
        app.post_as(&ann, "/me/goals", &faulty).await.expect_error(422, "validation_failed");
    let answer = answer.json();
    let faults: Vec<_> =
        answer["fields"].as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(faults, ["metric", "period", "target", "activity_type"]);
    for target in ["1e13", "-1", "\"5\"", "null"] {
        let body = format!(r#"{{"metric": "distance", "period": "week", "target": {target}}}"#);
        let headers = [
            ("authorization", format!("Bearer {}", ann.token)),
            ("content-type", "application/json".into()),
        ];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = app.send(Method::POST, "/me/goals", &headers, Some(body.into_bytes())).await;
        answer.expect_error(422, "validation_failed");
    }
}
