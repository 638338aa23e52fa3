//! Many activities in one request.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{listed, named, run, send};
use crate::support::{Scrape, TestApp};

fn statuses(answer: &Value) -> Vec<&str> {
    answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["status"].as_str().unwrap())
        .collect()
}

#[actix_rt::test]
async fn each_activity_has_an_outcome_of_its_own() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    app.post_as(&ann, "/activities", &named("same", 5)).await.expect(201);
    app.post_as(&ann, "/activities", &named("other", 5)).await.expect(201);
    let batch = json!({"activities": [
        run(), named("same", 5), {"activity_type": "Run!", "duration_secs": -1}, named("other", 6),
        named("new", 7), named("new", 8), "no object", run(),
    ]});
    let answer = app.post_as(&ann, "/activities/batch", &batch).await.expect(200).json();
    assert_eq!(
        statuses(&answer),
        ["created", "unchanged", "error", "updated", "created", "error", "error", "created"]
    );
    let results = &answer["results"];
    assert_eq!(results[2]["code"], "validation_failed");
    let fields: Vec<_> =
        results[2]["fields"].as_array().unwrap().iter().map(|f| &f["field"]).collect();
    assert_eq!(fields, ["activity_type", "started_at", "duration_secs"]);
    assert_eq!(results[5]["fields"][0]["code"], "duplicate");
    for index in [0, 1, 3, 4, 7] {
        let path = format!("/activities/{}", results[index]["id"].as_str().unwrap());
        let found = app.get_as(&ann, &path).await.expect(200).json();
        assert_eq!(found["revision"], results[index]["revision"]);
        assert_eq!(found["external_id"], batch["activities"][index]["external_id"]);
        assert_eq!(found["duration_secs"], batch["activities"][index]["duration_secs"]);
    }
    assert_eq!(listed(&app, &ann).await.len(), 5);
    assert_eq!(Scrape::of(&app).await.count("sports_log_activities_created_total"), 5.0);
}

#[actix_rt::test]
async fn atomic_means_all_or_nothing() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut late = run();
    late["started_at"] = "yesterday".into();
    let batch = json!({"activities": [run(), late, {"duration_secs": 1.5}]});
    let answer = app.post_as(&ann, "/activities/batch?atomic=true", &batch).await;
    let faults = answer.expect_error(422, "validation_failed").json()["fields"].clone();
    let fields: Vec<_> =
        faults.as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!(
        fields,
        [
            "activities[1].started_at",
            "activities[2].activity_type",
            "activities[2].started_at",
            "activities[2].duration_secs"
        ]
    );
    // Values deep inside that cannot be represented.
    for broken in [r#""duration_secs":1e400"#, r#""notes":"\ud800""#] {
        let batch = format!(r#"{{"activities":[{},{{"activity_type":"run",{broken}}}]}}"#, run());
        let authorization = format!("Bearer {}", ann.token);
        let headers =
            [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let path = "/activities/batch?atomic=true";
        let answer = app.send(Method::POST, path, &headers, Some(batch.into_bytes())).await;
        let fault = answer.expect_error(422, "validation_failed").json()["fields"][0].clone();
        assert_eq!(
            (&fault["field"], &fault["code"]),
            (&json!("activities[1]"), &json!("invalid_format"))
        );
    }
    assert_eq!(listed(&app, &ann).await.len(), 0);
    let batch = json!({"activities": [run(), run()]});
    app.post_as(&ann, "/activities/batch?atomic=true", &batch).await.expect(200);
    app.post_as(&ann, "/activities/batch?atomic=yes", &batch)
        .await
        .expect_error(400, "invalid_parameter");
    assert_eq!(listed(&app, &ann).await.len(), 2);
}

#[actix_rt::test]
async fn a_thousand_are_allowed_and_no_more_and_all_fields_are_kept() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let whole = |n: i64| {
        json!({
            "activity_type": "trail_run", "started_at": "2026-05-04T08:00:00.123456Z", "duration_secs": n,
            "distance_meters": 5000.5, "calories": 320, "notes": "Höhenweg 🏔\r\n{},\"\\", "source": "apple",
            "title": "a \"b\"", "elapsed_secs": 1, "moving_secs": 2, "elevation_gain_meters": 3.25,
            "elevation_loss_meters": 524288.0, "avg_heart_rate": 5, "max_heart_rate": 6, "avg_power_watts": 7,
            "avg_cadence": 8.1, "utc_offset_minutes": -9, "device": "a\\", "sport_raw": "{b,c}",
            "laps": [{"duration_secs": 1.5}], "sets": [{"exercise": "squat", "reps": 3}],
            "external_id": format!("n{n}"), "device_data": {"hr": [120, 121.5, null], "a": {"b": "{}"}},
        })
    };
    let batch = json!({"activities": (0..1000).map(whole).collect::<Vec<_>>()});
    let answer = app.post_as(&ann, "/activities/batch", &batch).await.expect(200).json();
    assert_eq!(statuses(&answer), ["created"; 1000]);
    let path = format!("/activities/{}", answer["results"][777]["id"].as_str().unwrap());
    let found = app.get_as(&ann, &path).await.expect(200).json();
    for (name, value) in whole(777).as_object().unwrap() {
        assert_eq!(&found[name], value, "{name}");
    }
    let again = app.post_as(&ann, "/activities/batch", &batch).await.expect(200).json();
    assert_eq!(statuses(&again), ["unchanged"; 1000]);
    assert_eq!(again["results"][777]["id"], answer["results"][777]["id"]);
    for wrong in [0, 1001] {
        let batch = json!({"activities": (0..wrong).map(whole).collect::<Vec<_>>()});
        app.post_as(&ann, "/activities/batch", &batch).await.expect_error(422, "validation_failed");
    }
    for wrong in [json!({}), json!({"activities": {}}), json!({"activities": null})] {
        app.post_as(&ann, "/activities/batch", &wrong).await.expect_error(422, "validation_failed");
    }
}

#[actix_rt::test]
async fn a_batch_is_sent_again_without_harm() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let batch = json!({"activities": [run(), {}, run()]});
    let path = (Method::POST, "/activities/batch");
    let headers = [("idempotency-key", "b")];
    let first = send(&app, &ann, path.clone(), &headers, Some(&batch)).await.expect(200);
    let again = send(&app, &ann, path, &headers, Some(&batch)).await.expect(200);
    assert_eq!(first.json(), again.json());
    assert_eq!(listed(&app, &ann).await.len(), 2);
    assert_eq!(Scrape::of(&app).await.count("sports_log_activities_created_total"), 2.0);
    app.request(&ann, Method::POST, "/auth/logout", None).await.expect(204);
    app.post_as(&ann, "/activities/batch", &batch).await.expect_error(401, "invalid_access_token");
}
