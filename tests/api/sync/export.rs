//! Exports of the whole log.

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
    // More than two chunks, and some activities that start at the same time.
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
                Value::Array(words) if name == "has" => {
                    words.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
                }
                // The white space within JSON is PostgreSQL's.
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

/// A spreadsheet must not evaluate a title that an app or a file contains.
#[actix_rt::test]
async fn no_cell_of_a_csv_is_a_formula() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let texts = [
        "=HYPERLINK(\"https://evil.example\")",
        "@SUM(A1)",
        "+1",
        "-3.5",
        "\t=1",
        "\r=1",
        "\n=1",
        "\u{ff1d}1",
    ];
    for text in texts {
        let mut activity = run();
        for name in ["title", "notes", "device", "sport_raw", "external_id"] {
            activity[name] = text.into();
        }
        activity["utc_offset_minutes"] = json!(-330);
        app.post_as(&ann, "/activities", &activity).await.expect(201);
    }
    app.post_as(
        &ann,
        "/activities",
        &json!({"title": "1=1", "activity_type": "run",
        "started_at": "2020-01-01T00:00:00Z", "duration_secs": 1}),
    )
    .await
    .expect(201);
    let cells = async |query: &str, name: &str| -> Vec<String> {
        let answer = app.get_as(&ann, &format!("/activities/export?{query}")).await.expect(200);
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"activities.csv\"");
        let mut reader = csv::Reader::from_reader(&*answer.body);
        let at = reader.headers().unwrap().iter().position(|header| header == name).unwrap();
        let mut cells: Vec<_> = reader.records().map(|row| row.unwrap()[at].to_owned()).collect();
        cells.sort();
        cells
    };
    let sorted = |texts: &mut dyn Iterator<Item = String>| {
        let mut texts: Vec<_> = texts.collect();
        texts.sort();
        texts
    };
    for name in ["title", "notes", "device", "sport_raw", "external_id"] {
        let last = if name == "title" { "1=1" } else { "" };
        let guarded = texts.iter().map(|text| format!("'{text}")).chain([last.to_owned()]);
        assert_eq!(cells("format=csv", name).await, sorted(&mut guarded.into_iter()), "{name}");
        let plain = texts.iter().map(|text| (*text).to_owned()).chain([last.to_owned()]);
        assert_eq!(cells("format=csv&raw=true", name).await, sorted(&mut plain.into_iter()));
    }
    let offsets = cells("format=csv", "utc_offset_minutes").await;
    assert_eq!(offsets.iter().filter(|offset| *offset == "-330").count(), texts.len());
}
