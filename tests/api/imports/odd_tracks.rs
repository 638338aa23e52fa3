//! Tracks as various programs write them. `tests/fixtures/tracks` has an example of each, which
//! starts at 08:00 and leads straight north at 3 m/s.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{activities, import, outcomes, zip};
use crate::support::{TestApp, User};

pub fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tracks");
    fs::read(folder.join(name)).unwrap()
}

/// Imports each file into a new log, and compares its activities with the expected values.
async fn expect(app: &TestApp, cases: &[(&str, Value)]) {
    for (name, expected) in cases {
        let ann = app.user(&format!("{name}@example.com")).await;
        let import = import(app, &ann, name, &fixture(name)).await;
        assert_eq!(outcomes(&import)[0].1, "imported", "{name}: {import}");
        let found = activities(app, &ann, &import).await;
        let expected = match expected {
            Value::Array(several) => several.as_slice(),
            one => std::slice::from_ref(one),
        };
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
        for (activity, expected) in found.iter().zip(expected) {
            for (field, value) in expected.as_object().unwrap() {
                assert!(is_like(&activity[field], value), "{name}: {field} is {}", activity[field]);
            }
        }
    }
}

/// Whether two values are the same. Computed numbers may differ by 0.2 %.
fn is_like(found: &Value, expected: &Value) -> bool {
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 0.002 * expected.abs(),
        _ => found == expected,
    }
}

async fn series(app: &TestApp, user: &User, name: &str, of: &str) -> Vec<f64> {
    let import = import(app, user, name, &fixture(name)).await;
    let id = import["files"][0]["activity_ids"][0].as_str().unwrap().to_owned();
    let path = format!("/activities/{id}/streams?resolution=full");
    let streams = app.get_as(user, &path).await.expect(200).json();
    let values = streams["series"][of].as_array().unwrap().iter();
    values.map(|value| value.as_f64().unwrap()).collect()
}

#[actix_rt::test]
async fn gpx_is_read_however_it_is_written() {
    let app = TestApp::spawn().await;
    let whole = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z",
                       "duration_secs": 600, "distance_meters": 1800});
    let cases = [
        ("cut-off.gpx", json!({"title": "Cut", "duration_secs": 500, "distance_meters": 1500})),
        ("closed-twice.gpx", whole.clone()),
        (
            "ampersand.gpx",
            json!({"title": "Tom & Jerry, Zürich – B&B", "notes": "AT&T & co; 5 < 6"}),
        ),
        ("forms-of-time.gpx", json!({"started_at": "2026-05-04T08:00:00Z", "duration_secs": 720})),
        (
            "offset.gpx",
            json!({"started_at": "2026-05-04T08:00:00Z", "utc_offset_minutes": 120, "duration_secs": 600}),
        ),
        ("decimal-comma.gpx", whole.clone()),
        ("values-of-extensions.gpx", whole.clone()),
        (
            "sensors.gpx",
            json!({"avg_heart_rate": 140, "max_heart_rate": 140, "avg_cadence": 80, "avg_power_watts": 200}),
        ),
        ("some-points-without-time.gpx", json!({"duration_secs": 600, "distance_meters": 1800})),
        (
            "clock-never-set.gpx",
            json!({"started_at": "2026-05-04T08:01:40Z", "duration_secs": 500}),
        ),
        ("wrong-end-tag.gpx", json!({"title": "Odd", "duration_secs": 600})),
    ];
    expect(&app, &cases).await;
    let ann = app.user("ann@example.com").await;
    assert_eq!(series(&app, &ann, "sensors.gpx", "temperature").await, [21.0; 6]);
}

#[actix_rt::test]
async fn gpx_tells_more_than_its_points() {
    let app = TestApp::spawn().await;
    let cases = [
        (
            "track-stats.gpx",
            json!({"duration_secs": 580, "moving_secs": 560, "distance_meters": 2010,
                   "elevation_gain_meters": 37, "elevation_loss_meters": 12}),
        ),
        ("track-stats-of-zero.gpx", json!({"duration_secs": 600, "distance_meters": 1800})),
        (
            "fitotrack.gpx",
            json!({"activity_type": "walk", "title": null, "notes": "Walked to the market, and back",
                   "duration_secs": 590, "distance_meters": 845.5, "calories": 62}),
        ),
        (
            "osmand.gpx",
            json!({"activity_type": "cycle", "title": "Loop around the lake",
                   "notes": "Easy spin,\ncoffee halfway."}),
        ),
        ("strava-number.gpx", json!({"activity_type": "hike", "sport_raw": "4"})),
        ("type-in-french.gpx", json!({"activity_type": "run", "sport_raw": "Course à pied"})),
    ];
    expect(&app, &cases).await;
}

#[actix_rt::test]
async fn tracks_of_one_outing_stay_together_and_others_do_not() {
    let app = TestApp::spawn().await;
    let day = |day: u8| {
        let started_at = format!("2026-05-{day:02}T08:00:00Z");
        json!({"started_at": started_at, "duration_secs": 600, "distance_meters": 1800, "parent_id": null})
    };
    let of = |title: &str, activity_type: &str, metres: u32| {
        json!({"title": title, "activity_type": activity_type, "duration_secs": 600,
               "distance_meters": metres, "parent_id": null})
    };
    let cases = [
        (
            "days.gpx",
            json!([
                of("Monday run", "run", 1800),
                of("Tuesday ride", "cycle", 3600),
                of("Wednesday walk", "walk", 900)
            ]),
        ),
        (
            "pieces.gpx",
            json!({"title": "ACTIVE LOG", "duration_secs": 3000, "distance_meters": 5400}),
        ),
        ("week-in-one-track.gpx", json!([day(4), day(5), day(6)])),
        ("drawn-and-recorded.gpx", json!({"title": "Done", "distance_meters": 3600})),
        ("days.kml", json!([of("Lauf", "run", 1800), of("Tour", "cycle", 1800)])),
        ("history.tcx", json!([day(4), day(5), day(6)])),
    ];
    expect(&app, &cases).await;
    let ann = app.user("ann@example.com").await;
    let import = import(&app, &ann, "a.tcx", &fixture("multisport.tcx")).await;
    let parts = activities(&app, &ann, &import).await;
    assert_eq!((parts.len(), &parts[1]["parent_id"]), (2, &parts[0]["id"]));
}

#[actix_rt::test]
async fn tcx_is_read_however_it_is_written() {
    let app = TestApp::spawn().await;
    let whole = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z",
                       "duration_secs": 600, "distance_meters": 1800});
    let cases = [
        ("cut-off.tcx", whole.clone()),
        ("closed-twice.tcx", whole.clone()),
        ("ampersand.tcx", json!({"notes": "Tom & Jerry été"})),
        (
            "lap-of-zero.tcx",
            json!({"duration_secs": 600, "distance_meters": 1800, "calories": null}),
        ),
        ("lap-of-zero-by-place.tcx", whole.clone()),
        ("rest-lap.tcx", json!({"duration_secs": 700, "distance_meters": 1800, "calories": 100})),
        ("leg-of-multisport.tcx", whole.clone()),
        ("distance-of-each-lap.tcx", json!({"duration_secs": 1200, "distance_meters": 3600})),
        (
            "offset-and-sensors.tcx",
            json!({"started_at": "2026-05-04T08:00:00Z", "utc_offset_minutes": 330,
                   "avg_heart_rate": 140, "avg_cadence": 80, "avg_power_watts": 200}),
        ),
    ];
    expect(&app, &cases).await;
    let ann = app.user("ann@example.com").await;
    let leg = series(&app, &ann, "leg-of-multisport.tcx", "distance").await;
    assert!(leg[0] == 0.0 && is_like(&json!(leg[6]), &json!(1800)), "{leg:?}");
    let bob = app.user("bob@example.com").await;
    let laps = series(&app, &bob, "distance-of-each-lap.tcx", "distance").await;
    assert!(
        laps.is_sorted() && laps[0] == 0.0 && laps[6] == 1800.0 && laps[12] == 3600.0,
        "{laps:?}"
    );
}

#[actix_rt::test]
async fn kml_is_read_when_it_has_times() {
    let app = TestApp::spawn().await;
    let cases = [
        (
            "opentracks.kml",
            json!({"activity_type": "trail_run", "title": "Around the hill", "notes": "Muddy & steep",
                   "device": "OpenTracks", "started_at": "2026-05-04T08:00:00Z", "utc_offset_minutes": 120,
                   "duration_secs": 600, "distance_meters": 1500, "avg_heart_rate": 140,
                   "avg_cadence": 80, "avg_power_watts": 200}),
        ),
        ("lists.kml", json!({"title": "Lists", "duration_secs": 600, "distance_meters": 1800})),
        ("cut-off.kml", json!({"duration_secs": 500, "distance_meters": 1500})),
    ];
    expect(&app, &cases).await;
    let ann = app.user("ann@example.com").await;
    let drawn = import(&app, &ann, "a.kml", &fixture("lines.kml")).await;
    let text = |text: &str| text.to_owned();
    assert_eq!(outcomes(&drawn), [(text("a.kml"), text("refused"), text("no_start_time"))]);
    let kmz = zip(&[("doc.kml", &fixture("opentracks.kml")), ("images/a.png", b"\x89PNG")]);
    let packed = import(&app, &ann, "a.kmz", &kmz).await;
    assert_eq!(outcomes(&packed), [(text("doc.kml"), text("imported"), text(""))]);
    assert_eq!(packed["ignored"], 1);
}
