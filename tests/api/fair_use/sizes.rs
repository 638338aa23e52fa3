//! The size limits of an activity, and of an answer with many of them.

use serde_json::{Value, json};

use super::run;
use crate::support::{Answer, TestApp};

/// 511 KB as PostgreSQL writes it, and 10 KB in the request.
fn device_data() -> Value {
    serde_json::from_str(&format!("{{\"x\":[{}0]}}", "1e300,".repeat(1700))).unwrap()
}

fn laps(count: usize) -> Value {
    let lap = json!({"started_at": "2026-05-04T08:00:00Z", "duration_secs": 1.5, "distance_meters": 10.5});
    vec![lap; count].into()
}

fn fields(answer: &Answer) -> Vec<String> {
    let faults = answer.json()["fields"].as_array().unwrap().clone();
    let name = |fault: &Value| {
        assert_eq!(fault["code"], "too_long");
        fault["field"].as_str().unwrap().to_owned()
    };
    faults.iter().map(name).collect()
}

#[actix_rt::test]
async fn an_activity_has_a_mebibyte_of_text_at_most() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut body = run();
    body["laps"] = laps(1001);
    let refused = app.post_as(&ann, "/activities", &body).await;
    assert_eq!(fields(&refused.expect_error(422, "validation_failed")), ["laps"]);
    let exercise = "🏋".repeat(100);
    body["device_data"] = device_data();
    body["sets"] = vec![json!({"exercise": exercise, "reps": 8, "weight_kg": 62.5}); 1000].into();
    body["notes"] = "🏋".repeat(10_000).into();
    body["laps"] = laps(1000);
    let refused = app.post_as(&ann, "/activities", &body).await;
    let all = ["notes", "laps", "sets", "device_data"];
    assert_eq!(fields(&refused.expect_error(422, "validation_failed")), all);
    let batch = json!({"activities": [body.clone(), run()]});
    let outcomes = app.post_as(&ann, "/activities/batch", &batch).await.expect(200).json();
    let codes = outcomes["results"].as_array().unwrap().iter();
    let codes: Vec<_> = codes.map(|outcome| outcome["status"].clone()).collect();
    assert_eq!(codes, ["error", "created"], "{outcomes}");
    // The same limit applies if it is reached in two requests.
    body["laps"] = Value::Null;
    let created = app.post_as(&ann, "/activities", &body).await.expect(201);
    let path = created.header("location").to_owned();
    let refused = app.put_as(&ann, &path, &json!({"laps": laps(1000)})).await;
    assert_eq!(fields(&refused.expect_error(422, "validation_failed")), ["laps"]);
    let kept = app.get_as(&ann, &path).await.expect(200).json();
    assert_eq!((&kept["laps"], &kept["revision"]), (&Value::Null, &created.json()["revision"]));
    let less = json!({"laps": laps(1000), "notes": null, "sets": null});
    app.put_as(&ann, &path, &less).await.expect(200);
}

#[actix_rt::test]
async fn a_page_ends_where_it_becomes_too_long() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let long = format!(
        "INSERT INTO activities (user_id, activity_type, started_at, duration_secs, notes)
         SELECT '{}', 'run', timestamptz '2026-01-01' + n * interval '1 hour', n, repeat('🏋', 9999)
         FROM generate_series(1, 150) n",
        ann.id
    );
    app.database.execute(&long).await;
    let secs = |activity: &Value| activity["duration_secs"].as_u64().unwrap();
    let (mut seen, mut since) = (Vec::new(), String::new());
    loop {
        let answer = app.get_as(&ann, &format!("/activities/changes?limit=500{since}")).await;
        let page = answer.expect(200);
        assert!(page.body.len() < 1_200_000, "{}", page.body.len());
        let page = page.json();
        seen.extend(page["changes"].as_array().unwrap().iter().map(|one| secs(&one["activity"])));
        since = format!("&since={}", page["next"].as_str().unwrap());
        if page["has_more"] == false {
            break;
        }
    }
    assert_eq!(seen, (1..=150).collect::<Vec<_>>());
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app.get_as(&ann, &format!("/activities?limit=100{cursor}")).await.expect(200);
        assert!(page.body.len() < 1_200_000, "{}", page.body.len());
        let page = page.json();
        seen.extend(page["activities"].as_array().unwrap().iter().map(secs));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, (1..=150).rev().collect::<Vec<_>>());
    // A page with an offset is not shortened: the next offset would skip the rest.
    let page = app.get_as(&ann, "/activities?limit=100&offset=10").await.expect(200).json();
    assert_eq!(page["activities"].as_array().unwrap().len(), 100);
}
