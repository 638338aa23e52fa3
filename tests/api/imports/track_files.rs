//! Exporting activities as files, and importing them again.

use serde_json::{Value, json};

use super::{MORNING, activities, import};
use crate::support::{TestApp, User, fit};

/// The values that a round trip keeps, at the precision of the formats.
async fn essence(app: &TestApp, user: &User, activity: &Value) -> (Value, Value) {
    let path = format!("/activities/{}", activity["id"].as_str().unwrap());
    let streams = app.get_as(user, &format!("{path}/streams?resolution=full")).await.expect(200);
    let mut streams = streams.json();
    for altitude in streams["series"]["altitude"].as_array_mut().unwrap() {
        *altitude = json!(altitude.as_f64().unwrap().round());
    }
    let track = app.get_as(user, &format!("{path}/track.geojson")).await.expect(200).json();
    (streams["series"].clone(), track["geometry"].clone())
}

#[actix_rt::test]
async fn what_is_written_is_read_again() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let first = import(&app, &ann, "a.fit", &fit::run(MORNING, 300)).await;
    let run = activities(&app, &ann, &first).await.remove(0);
    let path = format!("/activities/{}", run["id"].as_str().unwrap());
    let named = json!({"title": "A & B <\u{1}>", "notes": "ü\n]]>"});
    app.put_as(&ann, &path, &named).await.expect(200);
    let before = essence(&app, &ann, &run).await;
    for format in ["gpx", "tcx"] {
        let file = app.get_as(&ann, &format!("{path}/export?format={format}")).await.expect(200);
        let name = format!("attachment; filename=\"2026-05-04T080000Z.{format}\"");
        assert_eq!(file.header("content-disposition"), name);
        // Imported into another log: in this one it would be the same activity.
        let bob = app.user(&format!("{format}@example.com")).await;
        let again = import(&app, &bob, "b", &file.body).await;
        let again = activities(&app, &bob, &again).await.remove(0);
        assert_eq!(essence(&app, &bob, &again).await, before, "{format}");
        for (name, value) in [
            ("activity_type", json!("run")),
            ("started_at", json!("2026-05-04T08:00:00Z")),
            ("avg_heart_rate", json!(140)),
            ("notes", json!("ü\n]]>")),
        ] {
            assert_eq!(again[name], value, "{format} {name}");
        }
        if format == "gpx" {
            assert_eq!(again["title"], "A & B <>");
        } else {
            assert_eq!(
                (&again["duration_secs"], &again["distance_meters"]),
                (&json!(300), &json!(900.0))
            );
        }
    }
    app.get_as(&ann, &format!("{path}/export?format=fit"))
        .await
        .expect_error(400, "invalid_parameter");
    app.get_as(&ann, &format!("{path}/export")).await.expect_error(400, "invalid_parameter");
    let bob = app.user("bob@example.com").await;
    app.get_as(&bob, &format!("{path}/export?format=gpx")).await.expect_error(404, "not_found");
}

#[actix_rt::test]
async fn without_positions_there_is_no_gpx() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let lift = json!({"activity_type": "lift", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800});
    let answer = app.post_as(&ann, "/activities", &lift).await.expect(201);
    let path = format!("{}/export?format=", answer.header("location"));
    app.get_as(&ann, &format!("{path}gpx")).await.expect_error(409, "no_track");
    let tcx = app.get_as(&ann, &format!("{path}tcx")).await.expect(200);
    let bob = app.user("bob@example.com").await;
    let again = import(&app, &bob, "a.tcx", &tcx.body).await;
    assert_eq!(activities(&app, &bob, &again).await[0]["duration_secs"], 1800);
}
