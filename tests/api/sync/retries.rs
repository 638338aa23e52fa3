//! A request that is repeated because its answer was lost takes effect only once.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{listed, named, run, send};
use crate::support::{Answer, TestApp, User, raw};

async fn post(app: &TestApp, user: &User, key: &str, body: &Value) -> Answer {
    app.post_with_key(user, "/activities", key, body).await
}

#[actix_rt::test]
async fn the_same_request_gets_the_same_answer_and_is_carried_out_once() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let first = post(&app, &ann, "k1", &run()).await.expect(201);
    // Even if the activity was changed in the meantime.
    app.put_as(&ann, first.header("location"), &json!({"notes": "later"})).await.expect(200);
    for _ in 0..2 {
        let again = post(&app, &ann, "k1", &run()).await.expect(201);
        assert_eq!(again.body, first.body);
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.header("etag"), first.header("etag"));
    }
    // The quoted form of the draft.
    assert_eq!(post(&app, &ann, "\"k1\"", &run()).await.expect(201).body, first.body);
    assert_eq!(listed(&app, &ann).await.len(), 1);
    assert_ne!(post(&app, &ann, "k2", &run()).await.expect(201).json()["id"], first.json()["id"]);
}

#[actix_rt::test]
async fn a_key_stands_for_one_request_of_one_user() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    post(&app, &ann, "k", &run()).await.expect(201);
    let mut other = run();
    other["notes"] = "another".into();
    let refused = post(&app, &ann, "k", &other).await.expect_error(422, "idempotency_key_reused");
    // With another key the client would create another activity.
    let advice = refused.json()["error"].as_str().unwrap().to_owned();
    assert!(advice.contains("repeat that request unchanged"), "{advice}");
    assert!(!advice.contains("another key"), "{advice}");
    let batch = json!({"activities": [run()]});
    send(
        &app,
        &ann,
        (Method::POST, "/activities/batch"),
        &[("idempotency-key", "k")],
        Some(&batch),
    )
    .await
    .expect_error(422, "idempotency_key_reused");
    post(&app, &bob, "k", &other).await.expect(201);
    for bad in ["", "   ", "a b", &"k".repeat(256), "ключ"] {
        post(&app, &ann, bad, &run()).await.expect_error(400, "invalid_parameter");
    }
    assert_eq!((listed(&app, &ann).await.len(), listed(&app, &bob).await.len()), (1, 1));
}

#[actix_rt::test]
async fn what_failed_may_be_tried_again_with_the_same_key() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    post(&app, &ann, "k", &json!({})).await.expect_error(422, "validation_failed");
    post(&app, &ann, "k", &run()).await.expect(201);
}

#[actix_rt::test]
async fn of_many_at_once_on_two_replicas_one_is_carried_out() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let replica = app.replica().await;
    let replicas = [&app, &replica];
    let body = run();
    let answers = join_all((0..16).map(|n| post(replicas[n % 2], &ann, "k", &body))).await;
    let bodies: Vec<_> = answers.into_iter().map(|answer| answer.expect(201).body).collect();
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(listed(&app, &ann).await.len(), 1);
}

#[actix_rt::test]
async fn after_thirty_days_a_key_is_free_again() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    post(&app, &ann, "k", &run()).await.expect(201);
    let age = async |age: &str| {
        let age = format!("UPDATE idempotent_answers SET created_at = now() - interval '{age}'");
        assert_eq!(app.database.execute(&age).await, 1);
    };
    age("29 days 23 hours").await;
    post(&app, &ann, "k", &named("x", 1)).await.expect_error(422, "idempotency_key_reused");
    age("30 days 1 second").await;
    post(&app, &ann, "k", &named("x", 1)).await.expect(201);
    assert_eq!(listed(&app, &ann).await.len(), 2);
}

#[actix_rt::test]
async fn an_ended_session_uses_no_key() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    post(&app, &ann, "k", &run()).await.expect(201);
    app.request(&ann, Method::POST, "/auth/logout", None).await.expect(204);
    post(&app, &ann, "k", &run()).await.expect_error(401, "invalid_access_token");
    post(&app, &ann, "new", &run()).await.expect_error(401, "invalid_access_token");
}

#[actix_rt::test]
async fn what_another_system_named_is_replaced_and_not_doubled() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let mut body = named("11868304219", 1800);
    body["notes"] = "first".into();
    let first = app.post_as(&ann, "/activities", &body).await.expect(201).json();
    let again = app.post_as(&ann, "/activities", &body).await.expect(200);
    assert_eq!((again.header("location"), &again.json()), ("", &first));
    let second =
        app.post_as(&ann, "/activities", &named("11868304219", 1900)).await.expect(200).json();
    assert_eq!(second["id"], first["id"]);
    assert_eq!((&second["duration_secs"], &second["notes"]), (&json!(1900), &Value::Null));
    assert!(second["revision"].as_i64() > first["revision"].as_i64());
    assert_eq!(second["created_at"], first["created_at"]);
    // With another source, another user, or no external id, it is another activity.
    let mut apple = named("11868304219", 1800);
    apple["source"] = "apple".into();
    let apple = app.post_as(&ann, "/activities", &apple).await.expect(201);
    app.post_as(&bob, "/activities", &body).await.expect(201);
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    assert_eq!(listed(&app, &ann).await.len(), 4);
    let taken = json!({"source": "garmin"});
    let path = apple.header("location").to_owned();
    app.put_as(&ann, &path, &taken).await.expect_error(409, "external_id_taken");
    app.put_as(&ann, &path, &json!({"external_id": null})).await.expect(200);
    app.put_as(&ann, &path, &taken).await.expect(200);
    for bad in [json!(""), json!("x".repeat(201)), json!("\0"), json!(7)] {
        let mut body = run();
        body["external_id"] = bad;
        app.post_as(&ann, "/activities", &body).await.expect_error(422, "validation_failed");
    }
}

#[actix_rt::test]
async fn posting_the_same_name_at_once_makes_one() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let replica = app.replica().await;
    let bodies: Vec<Value> = (0..12).map(|n| named("one", n)).collect();
    let replicas = [&app, &replica];
    let posts = bodies
        .iter()
        .enumerate()
        .map(|(n, body)| replicas[n % 2].post_as(&ann, "/activities", body));
    let created = join_all(posts).await.into_iter().filter(|answer| {
        assert!(answer.status.is_success(), "{}", answer.text());
        answer.status == 201
    });
    assert_eq!(created.count(), 1);
    assert_eq!(listed(&app, &ann).await.len(), 1);
}

#[actix_rt::test]
async fn a_goal_and_a_share_are_made_once_too() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let goal = json!({"metric": "activities", "period": "year", "target": 1});
    let share = json!({"picture": "weekly"});
    for (path, all, body) in [("/me/goals", "goals", goal), ("/shares", "shares", share)] {
        let made =
            join_all((0..4).map(|_| app.post_with_key(&ann, path, all, &body))).await.into_iter();
        let made: Vec<_> = made.map(|answer| answer.expect(201)).collect();
        assert!(made.windows(2).all(|pair| pair[0].body == pair[1].body), "{path}");
        let kept = app.get_as(&ann, path).await.expect(200).json();
        assert_eq!(kept[all].as_array().unwrap().len(), 1, "{path}");
        assert_eq!(kept[all][0]["id"], made[0].json()["id"], "{path}");
        let mut other = body.clone();
        other["activity_type"] = "run".into();
        let reused = app.post_with_key(&ann, path, all, &other).await;
        reused.expect_error(422, "idempotency_key_reused");
        // The answer is the stored one.
        post(&app, &ann, path, &run()).await.expect(201);
        assert_eq!(app.post_with_key(&ann, path, all, &body).await.body, made[0].body, "{path}");
    }
}

#[actix_rt::test]
async fn device_data_comes_back_as_it_was_whatever_a_parser_makes_of_it() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    // A name with a special meaning in the JSON library, and a number that no type can represent.
    let data = r#"{"n": 123456789012345678901234567890.5, "$serde_json::private::RawValue": "}"}"#;
    let body = format!(
        r#"{{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":60,"device_data":{data}}}"#
    );
    let bearer = format!("Bearer {}", user.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let send = async || {
        raw(Method::POST, &app.base, "/activities", &headers, Some(body.clone().into_bytes())).await
    };
    let (first, again) = (send().await, send().await);
    let (first, again) = (first.expect(201), again.expect(201));
    assert_eq!(first.text(), again.text());
    assert!(first.text().contains(data), "{}", first.text());
    let exported = raw(Method::GET, &app.base, "/activities/export", &headers, None).await;
    assert!(exported.text().contains(data), "{}", exported.text());
}

#[actix_rt::test]
async fn numbers_that_postgresql_writes_out_count_as_what_it_writes() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let activity = |count: usize| {
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60,
               "device_data": {"a": vec![1e308; count]}})
    };
    app.post_as(&user, "/activities", &activity(1000)).await.expect(201);
    let refused = app.post_as(&user, "/activities", &activity(2000)).await;
    assert_eq!(
        refused.expect_error(422, "validation_failed").json()["fields"][0]["code"],
        "too_long"
    );
}

/// A number of eight bytes, which PostgreSQL would store with sixteen thousand digits.
#[actix_rt::test]
async fn a_number_is_not_kept_with_more_digits_than_it_came_with() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let send = async |method: Method, path: &str, body: String| {
        let authorization = format!("Bearer {}", user.token);
        let headers = [("authorization", &*authorization), ("content-type", "application/json")];
        app.send(method, path, &headers, Some(body.into_bytes())).await
    };
    let activity = |members: &str| {
        format!(
            r#"{{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":60,{members}}}"#
        )
    };
    let kept = send(Method::POST, "/activities", activity(r#""notes":"x""#)).await.expect(201);
    let path = kept.header("location");
    for number in ["1e-16000", "1e-16384", "0e-20000", "-1e-16000", "1e20000"] {
        let data = format!(r#""device_data":{{"x":[{number}]}}"#);
        let batch = format!(r#"{{"activities":[{}]}}"#, activity(&data));
        for refused in [
            send(Method::POST, "/activities", activity(&data)).await,
            send(Method::PUT, path, format!("{{{data}}}")).await,
            send(Method::POST, "/activities/batch?atomic=true", batch).await,
        ] {
            let error = refused.expect_error(422, "validation_failed").json();
            let field = error["fields"][0]["field"].as_str().unwrap();
            assert!(field.ends_with("device_data"), "{error}");
            assert!(error["error"].as_str().unwrap().ends_with("of more than 1000 digits"));
        }
        // Preferences are read as doubles.
        send(Method::PUT, "/me/preferences", format!(r#"{{"x":{}}}"#, number.replace("e2", "e-2")))
            .await
            .expect(200);
        assert!(app.get_as(&user, "/me").await.expect(200).body.len() < 2000);
    }
    let lap = r#"{"duration_secs":60,"distance_meters":5e-324,"avg_cadence":1e-300}"#;
    let set = r#"{"exercise":"squat","weight_kg":1e-307,"rpe":2.5e-200}"#;
    let laps = format!(r#""laps":[{}],"sets":[{}]"#, [lap; 100].join(","), [set; 100].join(","));
    let sent = activity(&laps);
    let answer = send(Method::POST, "/activities", sent.clone()).await.expect(201);
    assert!(answer.body.len() < 2 * sent.len(), "{} for {}", answer.body.len(), sent.len());
}
