//! Fields that lists and the feed omit unless a client includes them, for a complete copy.

use serde_json::{Value, json};

use super::{named, run};
use crate::support::TestApp;

const ALL: &str = "include=laps,sets,device_data";

#[actix_rt::test]
async fn a_copy_can_be_whole() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut body = run();
    body["laps"] = json!([{"duration_secs": 60.0}]);
    body["sets"] = json!([{"exercise": "squat", "reps": 5}]);
    body["device_data"] = json!({"n": 1});
    let whole = app.post_as(&ann, "/activities", &body).await.expect(201).json();
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    let fields = ["laps", "sets", "device_data"];
    for (path, list) in [("/activities", "activities"), ("/activities/changes", "changes")] {
        let get = async |query: &str| {
            let page = app.get_as(&ann, &format!("{path}?{query}")).await.expect(200).json();
            let items = page[list].as_array().unwrap().iter();
            let mut activities = items.map(|item| item.get("activity").unwrap_or(item).clone());
            activities.find(|activity| activity["id"] == whole["id"]).unwrap()
        };
        let plain = get("").await;
        let included = get(ALL).await;
        let laps = get("include=laps").await;
        for name in fields {
            assert_eq!(plain.get(name), None, "{path} {name}");
            assert_eq!(included[name], whole[name], "{path} {name}");
            assert_eq!(laps.get(name).is_some(), name == "laps", "{path} {name}");
        }
        assert_eq!(included["notes"], whole["notes"]);
        for bad in ["include=", "include=lap", "include=laps,,sets", "include=merged"] {
            let refused = app.get_as(&ann, &format!("{path}?{bad}")).await;
            refused.expect_error(400, "invalid_parameter");
        }
    }
    // A missing value is null, not absent.
    let page = app.get_as(&ann, &format!("/activities/changes?{ALL}")).await.json();
    for name in fields {
        assert_eq!(page["changes"][1]["activity"].get(name), Some(&Value::Null));
    }
}

/// Five hundred activities can be larger than the memory of any client or server.
#[actix_rt::test]
async fn an_answer_ends_where_it_is_large_enough() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for n in 0..5 {
        let mut body = named(&n.to_string(), n);
        body["device_data"] = json!({"x": "x".repeat(400 * 1024)});
        app.post_as(&ann, "/activities", &body).await.expect(201);
    }
    let (mut cursor, mut pages) = (String::new(), Vec::new());
    loop {
        let path = format!("/activities?include=device_data&limit=100{cursor}");
        let answer = app.get_as(&ann, &path).await.expect(200);
        assert!(answer.body.len() < 1100 * 1024, "{}", answer.body.len());
        let page = answer.json();
        pages.push(page["activities"].as_array().unwrap().len());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(pages, [2, 2, 1]);
    let (mut since, mut seen) = (String::new(), Vec::new());
    loop {
        let path = format!("/activities/changes?include=device_data{since}");
        let page = app.get_as(&ann, &path).await.expect(200).json();
        for change in page["changes"].as_array().unwrap() {
            assert!(change["activity"]["device_data"].is_object());
            seen.push(change["activity"]["external_id"].as_str().unwrap().to_owned());
        }
        since = format!("&since={}", page["next"].as_str().unwrap());
        if page["has_more"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4"]);
}
