//! The same values in an item of a batch: the other item is created, unless the body as a whole is
//! refused.

use serde_json::json;

use super::{texts, values};
use crate::support::TestApp;

#[actix_rt::test]
async fn no_value_of_any_field_breaks_a_batch() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let authorization = format!("Bearer {}", ann.token);
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    let good = r#"{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1}"#;
    let (mut sent, mut kept) = (0, 0);
    for (field, mut values) in [
        ("activity_type", texts::activity_type()),
        ("started_at", texts::started_at()),
        ("duration_secs", values::whole_number(31_622_400)),
        ("distance_meters", values::number(100_000_000)),
        ("notes", texts::notes()),
        ("source", texts::source()),
        ("external_id", texts::notes()),
        ("device_data", values::device_data()),
        ("unknown", values::unknown()),
    ] {
        values.extend(values::no_json());
        for (raw, _) in values {
            let item = format!(
                r#"{{"activity_type":"run","started_at":"2026-05-04T08:00:00Z","duration_secs":1,"{field}":{raw}}}"#
            );
            let body = format!(r#"{{"activities":[{good},{item}]}}"#).into_bytes();
            let answer = app
                .send(actix_web::http::Method::POST, "/activities/batch", &headers, Some(body))
                .await;
            assert!(
                matches!(answer.status.as_u16(), 200 | 400 | 413 | 422),
                "{field}: {raw:.80}: {}",
                answer.text()
            );
            if answer.status == 200 {
                assert_eq!(answer.json()["results"][0]["status"], "created", "{field}: {raw:.80}");
                kept += 1;
            }
            sent += 1;
        }
    }
    assert!(sent > 300 && kept > 100, "{sent} {kept}");
    let count = app.database.text("SELECT count(*) FROM activities WHERE duration_secs = 1").await;
    assert!(count.parse::<i64>().unwrap() >= kept, "{}", json!([count, kept]));
}

#[actix_rt::test]
async fn an_item_that_is_no_object_is_named_in_words() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for item in [json!(5), json!("x"), json!(["run"]), json!(null)] {
        let answer = app.post_as(&ann, "/activities/batch", &json!({"activities": [item]})).await;
        let result = &answer.expect(200).json()["results"][0];
        assert_eq!(result["error"], "the activity must be a JSON object", "{result}");
        assert_eq!(result["fields"], json!(null), "{result}");
    }
    let laps = json!({"activities": [{"activity_type": "run", "started_at": "2026-05-04T08:00:00Z",
        "duration_secs": 1, "laps": [5]}]});
    let answer = app.post_as(&ann, "/activities/batch", &laps).await.expect(200).json();
    assert_eq!(answer["results"][0]["fields"][0]["message"], "must be a JSON object", "{answer}");
}
