//! The whole log at once.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{listed, named, run};
use crate::support::TestApp;

#[actix_rt::test]
async fn every_form_has_every_activity_once_and_whole() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    app.post_as(&bob, "/activities", &run()).await.expect(201);
    // More than two pieces, and some at the same time.
    let mut batch: Vec<Value> = (0..130).map(|n| named(&n.to_string(), n)).collect();
    batch[7]["notes"] = "a \"quoted\", comma\r\nand a line — ü".into();
    batch[8]["device_data"] = json!({"hr": [1, 2]});
    app.post_as(&ann, "/activities/batch", &json!({"activities": batch})).await.expect(200);
    let expected: Vec<String> = listed(&app, &ann)
        .await
        .iter()
        .map(|activity| activity["id"].as_str().unwrap().to_owned())
        .collect();

    let answer = app.get_as(&ann, "/activities/export").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"activities.ndjson\"");
    let lines: Vec<Value> =
        answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids = |activities: &[Value]| -> Vec<String> {
        activities.iter().map(|activity| activity["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&lines), expected);
    let with_data = lines.iter().find(|activity| activity["external_id"] == "8").unwrap();
    assert_eq!(with_data["device_data"], json!({"hr": [1, 2]}));

    let answer = app.get_as(&ann, "/activities/export?format=json").await.expect(200).json();
    assert_eq!(answer["activities"], Value::from(lines.clone()));

    let answer = app.get_as(&ann, "/activities/export?format=csv").await.expect(200);
    let text = answer.text();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), expected.len());
    for (row, activity) in rows.iter().zip(&lines) {
        for (name, text) in names.iter().zip(row) {
            let expected = match &activity[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                // Spaces between its parts are PostgreSQL's own.
                other => {
                    assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), other, "{name}");
                    continue;
                }
            };
            assert_eq!(text, expected, "{name}");
        }
    }
}

#[actix_rt::test]
async fn an_export_of_nothing_is_empty_and_a_wrong_one_refused() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    assert_eq!(app.get_as(&ann, "/activities/export").await.expect(200).text(), "");
    let json = app.get_as(&ann, "/activities/export?format=json").await.expect(200).json();
    assert_eq!(json, json!({"activities": []}));
    let csv = app.get_as(&ann, "/activities/export?format=csv").await.expect(200).text();
    assert!(csv.starts_with("id,") && csv.ends_with("device_data\r\n"), "{csv}");
    app.get_as(&ann, "/activities/export?format=xml").await.expect_error(400, "invalid_parameter");
    app.request(&ann, Method::POST, "/auth/logout", None).await.expect(204);
    app.get_as(&ann, "/activities/export").await.expect_error(401, "invalid_access_token");
}
