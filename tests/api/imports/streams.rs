//! The recorded series, as the API answers them.

use serde_json::{Value, json};

use super::{MORNING, import};
use crate::support::{TestApp, User, fit};

async fn run(app: &TestApp, user: &User, secs: u32) -> String {
    let import = import(app, user, "a.fit", &fit::run(MORNING, secs)).await;
    format!("/activities/{}", import["files"][0]["activity_ids"][0].as_str().unwrap())
}

#[actix_rt::test]
async fn streams_are_what_was_recorded_in_the_resolution_that_is_asked_for() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = run(&app, &ann, 1500).await;
    for (resolution, points) in [("low", 100), ("medium", 1000), ("full", 1500)] {
        let path = format!("{path}/streams?resolution={resolution}");
        let streams = app.get_as(&ann, &path).await.expect(200).json();
        assert_eq!(
            (&streams["points"], &streams["resolution"]),
            (&json!(points), &json!(resolution))
        );
        let series = streams["series"].as_object().unwrap();
        let names: Vec<_> = series.keys().map(String::as_str).collect();
        assert_eq!(names, ["altitude", "heart_rate", "latitude", "longitude", "time"]);
        for (name, values) in series {
            let values = values.as_array().unwrap();
            assert_eq!(values.len(), points, "{name}");
            let (first, last) = (values[0].as_f64().unwrap(), values[points - 1].as_f64().unwrap());
            let expected = match name.as_str() {
                "time" => (0.0, 1499.0),
                "altitude" => (400.0, 400.0),
                "heart_rate" => (140.0, 140.0),
                "latitude" => (47.0, 47.0 + 1499.0 * 3.0 / 111_195.0),
                _ => (8.0, 8.0),
            };
            assert!(
                (first - expected.0).abs() < 1e-6 && (last - expected.1).abs() < 1e-6,
                "{name}"
            );
        }
    }
    let some = app.get_as(&ann, &format!("{path}/streams?series=heart_rate,time,power")).await;
    let names =
        some.expect(200).json()["series"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names, ["heart_rate", "time"]);
    for wrong in ["series=pulse", "series=", "resolution=all"] {
        let path = format!("{path}/streams?{wrong}");
        app.get_as(&ann, &path).await.expect_error(400, "invalid_parameter");
    }
    let bob = app.user("bob@example.com").await;
    app.get_as(&bob, &format!("{path}/streams")).await.expect_error(404, "not_found");
    app.get_as(&bob, &format!("{path}/track.geojson")).await.expect_error(404, "not_found");
}

#[actix_rt::test]
async fn a_track_is_geojson_with_a_line_for_each_piece() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = format!("{}/track.geojson?resolution=full", run(&app, &ann, 50).await);
    let answer = app.get_as(&ann, &path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let track = answer.json();
    assert_eq!(
        (&track["type"], &track["geometry"]["type"]),
        (&json!("Feature"), &json!("LineString"))
    );
    let line = track["geometry"]["coordinates"].as_array().unwrap();
    assert_eq!((line.len(), &line[0]), (50, &json!([8.0, 47.0, 400.0])));

    let segment = |lat: f64| {
        format!(
            r#"<trkseg><trkpt lat="{lat}" lon="8"><time>2026-05-04T09:00:00Z</time></trkpt>
                   <trkpt lat="{}" lon="8"><time>2026-05-04T09:00:09Z</time></trkpt></trkseg>"#,
            lat + 0.1
        )
    };
    let gpx = format!("<gpx><trk>{}{}</trk></gpx>", segment(1.0), segment(2.0));
    let import = import(&app, &ann, "b.gpx", gpx.as_bytes()).await;
    let path = format!("/activities/{}", import["files"][0]["activity_ids"][0].as_str().unwrap());
    let track = app.get_as(&ann, &format!("{path}/track.geojson")).await.expect(200).json();
    let expected = json!([[[8.0, 1.0], [8.0, 1.1]], [[8.0, 2.0], [8.0, 2.1]]]);
    assert_eq!(track["geometry"], json!({"type": "MultiLineString", "coordinates": expected}));
    let streams = app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json();
    assert_eq!(streams["breaks"], json!([2]));
}

/// RFC 7946, section 3.1.9.
#[actix_rt::test]
async fn a_track_is_cut_at_the_antimeridian() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let points = [(10.0, 179.0), (20.0, -179.0), (20.0, -180.0), (20.0, 179.0), (20.0, 179.0)];
    let points: String = (0..)
        .zip(points)
        .map(|(n, (lat, lon))| {
            format!(r#"<trkpt lat="{lat}" lon="{lon}"><ele>{n}0</ele><time>2026-05-04T09:00:0{n}Z</time></trkpt>"#)
        })
        .collect();
    let gpx = format!("<gpx><trk><trkseg>{points}</trkseg></trk></gpx>");
    let import = import(&app, &ann, "a.gpx", gpx.as_bytes()).await;
    let path = format!("/activities/{}", import["files"][0]["activity_ids"][0].as_str().unwrap());
    let track = app.get_as(&ann, &format!("{path}/track.geojson")).await.expect(200).json();
    let expected = json!([
        [[179.0, 10.0, 0.0], [180.0, 15.0, 5.0]],
        [[-180.0, 15.0, 5.0], [-179.0, 20.0, 10.0], [-180.0, 20.0, 20.0]],
        [[180.0, 20.0, 20.0], [179.0, 20.0, 30.0], [179.0, 20.0, 40.0]],
    ]);
    assert_eq!(track["geometry"], json!({"type": "MultiLineString", "coordinates": expected}));
}

#[actix_rt::test]
async fn an_activity_without_any_has_none() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let body = json!({"activity_type": "lift", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800});
    let answer = app.post_as(&ann, "/activities", &body).await.expect(201);
    let path = answer.header("location");
    let streams = app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json();
    assert_eq!((&streams["points"], &streams["series"]), (&json!(0), &json!({})));
    let track = app.get_as(&ann, &format!("{path}/track.geojson")).await.expect(200).json();
    assert_eq!(track["geometry"], Value::Null);
    app.get_as(&ann, &format!("{path}/original")).await.expect_error(409, "no_original");
}

#[actix_rt::test]
async fn they_are_kept_in_little_more_than_what_they_say() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = run(&app, &ann, 3600).await;
    let answered = app.get_as(&ann, &format!("{path}/streams?resolution=full")).await.expect(200);
    let kept: usize =
        app.database.text("SELECT octet_length(data) FROM activity_streams").await.parse().unwrap();
    // Five series with a value per second.
    assert!(kept < 5 * 3600, "{kept}");
    assert!(kept * 10 < answered.body.len(), "{kept} of {}", answered.body.len());
}

#[actix_rt::test]
async fn kinds_of_sport_are_told_with_what_others_call_them() {
    let app = TestApp::spawn().await;
    let kinds = app.get("/activity-types").await.expect(200).json()["activity_types"].clone();
    let of = |name: &str| {
        let mut kinds = kinds.as_array().unwrap().iter();
        kinds.find(|kind| kind["activity_type"] == name).unwrap_or_else(|| panic!("{name}"))
    };
    for (name, also) in [
        ("run", "running"),
        ("trail_run", "running/trail"),
        ("open_water_swim", "open_water_swimming"),
        ("lift", "strength_training"),
    ] {
        assert!(of(name)["also"].as_array().unwrap().contains(&json!(also)), "{name}");
    }
    assert_eq!(of("other")["name"], "Other");
}
