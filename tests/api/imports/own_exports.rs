//! The server's own exports, imported again. In the same log they are recognised. In another log
//! they create the same activity.

use serde_json::{Value, json};

use super::{
    MORNING, activities, health_auto_export as app_posts, import,
    measured::{gpx, tcx, with_a_rest},
    outcomes,
};
use crate::support::{TestApp, User, fit};

async fn listed(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities?limit=100").await.expect(200).json();
    list["activities"].as_array().unwrap().clone()
}

/// Files of many kinds. Each is imported into a new log.
fn shapes() -> Vec<(&'static str, Vec<u8>)> {
    let times = with_a_rest();
    let indoors = String::from_utf8(tcx(&[0], 1800, 0.0)).unwrap();
    let (track, end) = (indoors.find("<Track>").unwrap(), indoors.find("</Track>").unwrap());
    let indoors = format!("{}{}", &indoors[..track], &indoors[end + "</Track>".len()..]);
    let late: Vec<i64> = (200..=2400).step_by(20).collect();
    let late = String::from_utf8(tcx(&late, 600, 1850.0)).unwrap();
    // The timer started long before the first fix.
    let late = late.replace("08:03:20Z'>", "08:00:00Z'>");
    let waypoints = |name: &str| {
        let text = String::from_utf8(gpx(&times)).unwrap();
        text.replace("<trk>", &format!("<trk><name>{name}</name><desc>a &lt; b\n\nand c</desc>"))
    };
    vec![
        ("run.fit", fit::run(MORNING, 300)),
        (
            "triathlon.fit",
            fit::activity(&[(5, MORNING, 300), (2, MORNING + 400, 600), (1, MORNING + 1100, 300)]),
        ),
        ("paused.tcx", tcx(&times, 600, 1850.0)),
        // The distance of a foot pod.
        ("longer.tcx", tcx(&times, 600, 2400.0)),
        ("indoors.tcx", indoors.into_bytes()),
        ("late.tcx", late.into_bytes()),
        ("paused.gpx", gpx(&times)),
        ("named.gpx", waypoints("Tom &amp; Jerry").into_bytes()),
        ("point.gpx", gpx(&[0])),
    ]
}

/// Saves an export where CI validates it against the schema.
fn show(name: &str, file: &[u8]) {
    if let Ok(folder) = std::env::var("SPORTS_LOG_EXPORTS") {
        std::fs::write(std::path::Path::new(&folder).join(name), file).unwrap();
    }
}

#[actix_rt::test]
async fn in_the_same_log_nothing_is_doubled() {
    let app = TestApp::spawn().await;
    for (number, (name, file)) in shapes().into_iter().enumerate() {
        let ann = app.user(&format!("ann{number}@example.com")).await;
        import(&app, &ann, name, &file).await;
        let before = listed(&app, &ann).await;
        let mut exports = 0;
        for activity in &before {
            let path = format!("/activities/{}", activity["id"].as_str().unwrap());
            // Values that the owner has set are exported, too.
            let own = json!({"title": "Own", "started_at": "2026-05-04T06:30:00+02:00"});
            if name == "paused.tcx" {
                app.put_as(&ann, &path, &own).await.expect(200);
            }
            for format in ["gpx", "tcx"] {
                let file = app.get_as(&ann, &format!("{path}/export?format={format}")).await;
                if file.status == 409 {
                    continue;
                }
                show(&format!("{number}-{name}.{format}"), &file.body);
                let again = import(&app, &ann, "again", &file.body).await;
                assert_eq!(outcomes(&again)[0].1, "merged", "{name} {format}: {again}");
                assert_eq!(again["files"][0]["activity_ids"], json!([activity["id"]]));
                exports += 1;
            }
        }
        assert!(exports > 0, "{name}");
        let after = listed(&app, &ann).await;
        assert_eq!(after.len(), before.len(), "{name}");
        for (was, is) in before.iter().zip(&after).filter(|_| name != "paused.tcx") {
            for (field, value) in was.as_object().unwrap() {
                let is_own = ["revision", "updated_at"].contains(&field.as_str());
                assert!(is_own || is[field] == *value, "{name} {field}: {value} {}", is[field]);
            }
        }
    }
}

#[actix_rt::test]
async fn in_another_log_it_is_the_same() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let there = app.user("there@example.com").await;
    import(&app, &ann, "a.tcx", &tcx(&with_a_rest(), 600, 1850.0)).await;
    let id = listed(&app, &ann).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/activities/{id}");
    let said = json!({
        "activity_type": "trail_run", "title": "Hills & \"mud\"", "notes": "line\n\nline", "utc_offset_minutes": 345,
        "elevation_gain_meters": 120.5, "calories": 400, "device": "Watch", "moving_secs": 580,
        "laps": [{"started_at": "2026-05-04T08:00:00Z", "duration_secs": 250.5, "distance_meters": 900, "avg_heart_rate": 139},
                 {"started_at": "2026-05-04T08:04:00Z", "duration_secs": 349.5, "distance_meters": 950, "avg_power_watts": 200,
                  "elevation_gain_meters": 60.25}],
    });
    app.put_as(&ann, &path, &said).await.expect(200);
    let before = app.get_as(&ann, &path).await.expect(200).json();
    for format in ["gpx", "tcx"] {
        let file = app.get_as(&ann, &format!("{path}/export?format={format}")).await.expect(200);
        if format == "tcx" {
            assert_eq!(file.text().matches("<Lap ").count(), 2);
            assert!(file.text().contains("\n\nline\n\nline</Notes>"));
        }
        let again = import(&app, &there, "b", &file.body).await;
        let again = activities(&app, &there, &again).await.remove(0);
        for (field, value) in before.as_object().unwrap() {
            let own = ["id", "revision", "created_at", "updated_at", "merged", "sport_raw"];
            assert!(
                own.contains(&field.as_str()) || again[field] == *value,
                "{format} {field}: {}",
                again[field]
            );
        }
        let path = format!("/activities/{}", again["id"].as_str().unwrap());
        app.request(&there, actix_web::http::Method::DELETE, &path, None).await.expect(204);
    }
}

/// The names of all children of elements called `parent`, at any depth.
fn children(document: &str, parent: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(document);
    reader.config_mut().expand_empty_elements = true;
    let (mut path, mut found) = (Vec::<String>::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                if path.last().is_some_and(|last| last == parent) {
                    found.push(name.clone());
                }
                path.push(name);
            }
            quick_xml::events::Event::End(_) => drop(path.pop()),
            quick_xml::events::Event::Eof => return found,
            _ => {}
        }
    }
}

/// GPX 1.1 fixes the order of elements, and allows extensions only in their own namespaces.
#[actix_rt::test]
async fn a_gpx_file_keeps_to_the_schema_and_has_what_sensors_said() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut workout = app_posts::workout();
    workout["route"] = (0..=10)
        .map(|minute| json!({"latitude": 47.0 + f64::from(minute) / 1000.0, "longitude": 180.0, "altitude": 400,
                             "timestamp": format!("2026-05-04 10:{minute:02}:30 +0200")}))
        .take(10)
        .collect();
    app_posts::post(&app, &ann, json!([workout])).await;
    let id = listed(&app, &ann).await[0]["id"].as_str().unwrap().to_owned();
    let file = app.get_as(&ann, &format!("/activities/{id}/export?format=gpx")).await.expect(200);
    show("sensors.gpx", &file.body);
    let text = file.text();
    assert_eq!(text.matches("<trkpt ").count(), 10);
    // Two heart rates, each at the nearest point.
    assert_eq!(text.matches("<gpxtpx:hr>").count(), 2, "{text}");
    assert!(text.contains("lon=\"-180\"") && !text.contains("lon=\"180\""));
    for (parent, order) in [
        ("gpx", &["metadata", "trk"][..]),
        ("metadata", &["time", "extensions"]),
        ("trk", &["name", "desc", "type", "trkseg"]),
        ("trkpt", &["ele", "time", "extensions"]),
    ] {
        let found = children(&text, parent);
        let mut last = None;
        for name in &found {
            let place = order.iter().position(|known| known == name);
            assert!(place.is_some(), "{name} in {parent}");
            // Another parent starts the order again.
            assert!(place >= last || place == Some(0) || parent == "trkpt", "{name} in {parent}");
            last = place;
        }
    }
    for name in children(&text, "extensions") {
        let (prefix, _) = name.split_once(':').expect("a namespace of its own");
        assert!(text.contains(&format!("xmlns:{prefix}=")), "{prefix}");
    }
}
