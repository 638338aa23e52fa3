//! The picture of an activity's route.

use serde_json::json;

use super::{Fix, Picture, activity, gpx, northward, picture, points};
use crate::support::{Scrape, TestApp};

#[actix_rt::test]
async fn a_route_is_drawn_and_said_in_words() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(1001)])).await;
    let route = picture(&app, &ann, &format!("{path}/route.svg")).await;
    assert_eq!(route.title, "Route of Run");
    assert!(route.desc.starts_with("Run: 4 May 2026, 3.00 km, 17 min, "), "{}", route.desc);
    assert!(route.desc.contains("It ends 3.00 km from where it begins."), "{}", route.desc);
    assert!(route.desc.contains("Its elevation is between 400 m and 450 m."), "{}", route.desc);
    // Straight north: a vertical line in the middle.
    let line = points(route.paths("route")[0]);
    assert_eq!(line.len(), 1);
    let (first, last) = (line[0][0], line[0].last().unwrap());
    assert!((first.0 - 400.0).abs() < 0.2 && (last.0 - 400.0).abs() < 0.2, "{line:?}");
    assert!(first.1 > last.1 + 300.0, "{line:?}");
    assert_eq!(route.paths("start mark").len() + route.paths("finish mark").len(), 4);
    assert_eq!(route.paths("curve elevation").len(), 1);

    app.put_as(&ann, "/me/profile", &json!({"preferred_units": "imperial"})).await.expect(200);
    let imperial = picture(&app, &ann, &format!("{path}/route.svg")).await;
    assert!(
        imperial.desc.contains("1.86 mi") && imperial.desc.contains("1\u{202f}312 ft"),
        "{}",
        imperial.desc
    );
    let metric = picture(&app, &ann, &format!("{path}/route.svg?units=metric")).await;
    assert_eq!(metric, route);
    for wrong in ["theme=pink", "units=nautical"] {
        let wrong = format!("{path}/route.svg?{wrong}");
        app.get_as(&ann, &wrong).await.expect_error(400, "invalid_parameter");
    }
}

#[actix_rt::test]
async fn pauses_are_gaps_and_what_was_not_recorded_is_said() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let whole = northward(900);
    let pieces = [whole[..300].to_vec(), whole[400..600].to_vec(), whole[700..].to_vec()];
    let path = activity(&app, &ann, &gpx(&pieces)).await;
    let route = picture(&app, &ann, &format!("{path}/route.svg")).await;
    assert_eq!(points(route.paths("route")[0]).len(), 3);
    assert!(route.desc.contains("in 3 pieces"), "{}", route.desc);

    let one = activity(&app, &ann, &gpx(&[vec![(10.0, 10.0, 5.0)]])).await;
    let one = picture(&app, &ann, &format!("{one}/route.svg")).await;
    assert_eq!(points(one.paths("route")[0]), [[(400.0, 268.0)]]);

    let lift =
        json!({"activity_type": "lift", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60});
    let lift = app.post_as(&ann, "/activities", &lift).await.expect(201);
    let lift = picture(&app, &ann, &format!("{}/route.svg", lift.header("location"))).await;
    assert!(lift.says("No positions were recorded") && lift.desc.contains("No positions"));
    assert_eq!(lift.paths("route"), [""; 0]);
}

#[actix_rt::test]
async fn no_place_on_earth_is_special() {
    let app = TestApp::spawn().await;
    // The same loop of a kilometre: here, across the antimeridian, and around the pole.
    let loop_at = |latitude: f64, longitude: f64| -> Vec<Fix> {
        let fix = |at: u32| {
            let angle = f64::from(at).to_radians();
            let (north, east) = (160.0 * angle.sin() / 111_195.0, 160.0 * angle.cos() / 111_195.0);
            let east = longitude + east / latitude.to_radians().cos();
            (latitude + north, (east + 540.0).rem_euclid(360.0) - 180.0, 10.0)
        };
        (0..=360).map(fix).collect()
    };
    let around_the_pole: Vec<Fix> =
        (-180..=180).map(|at| (90.0 - 160.0 / 111_195.0, f64::from(at), 10.0)).collect();
    let mut sizes = Vec::new();
    for fixes in [loop_at(47.0, 8.0), loop_at(-17.0, 180.0), loop_at(89.0, -180.0), around_the_pole]
    {
        // For a single user, they would be the same activity.
        let ann = app.user(&format!("ann{}@example.com", sizes.len())).await;
        let path = activity(&app, &ann, &gpx(&[fixes])).await;
        let route = picture(&app, &ann, &format!("{path}/route.svg")).await;
        let line = points(route.paths("route")[0]);
        assert_eq!(line.len(), 1, "{line:?}");
        let range = |values: Vec<f64>| {
            let most = values.iter().copied().fold(f64::MIN, f64::max);
            most - values.iter().copied().fold(f64::MAX, f64::min)
        };
        sizes.push(range(line[0].iter().map(|point| point.0).collect()));
        sizes.push(range(line[0].iter().map(|point| point.1).collect()));
    }
    assert!(sizes.iter().all(|size| (size - 324.0).abs() < 2.0), "{sizes:?}");

    let ann = app.user("ann@example.com").await;
    let meridian = (-90..=90).map(|latitude| (f64::from(latitude), 8.0, 0.0)).collect();
    let path = activity(&app, &ann, &gpx(&[meridian])).await;
    let route = picture(&app, &ann, &format!("{path}/route.svg")).await;
    let line = points(route.paths("route")[0]);
    assert_eq!(line, [[(400.0, 430.0), (400.0, 106.0)]]);
}

#[actix_rt::test]
async fn what_people_write_is_only_text() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(10)])).await;
    let title = "</title><script>alert(1)</script> & \"\u{fffe}\u{1}日本語 🏃";
    app.put_as(&ann, &path, &json!({"title": title})).await.expect(200);
    for kind in ["route", "chart"] {
        let svg = app.get_as(&ann, &format!("{path}/{kind}.svg")).await.expect(200).text();
        assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "{svg}");
        let read = Picture::of(&svg);
        assert!(read.says("</title><script>alert(1)</script> & \"日本語 🏃"), "{:?}", read.texts);
    }
}

#[actix_rt::test]
async fn a_picture_is_for_its_owner_and_is_sent_once() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(100)])).await;
    for picture in ["route.svg", "route.png", "chart.svg", "chart.png"] {
        let path = format!("{path}/{picture}");
        app.get_as(&bob, &path).await.expect_error(404, "not_found");
        app.get(&path).await.expect_error(401, "missing_token");
        let answer = app.get_as(&ann, &path).await.expect(200);
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        let authorization = format!("Bearer {}", ann.token);
        let tag = answer.header("etag").to_owned();
        let headers = [("authorization", authorization.as_str()), ("if-none-match", &tag)];
        let again = app.send(actix_web::http::Method::GET, &path, &headers, None).await.expect(304);
        assert!(again.body.is_empty());
    }
    let scrape = Scrape::of(&app).await;
    let series = "sports_log_http_requests_total{endpoint=\"/activities/{id}/route.svg\",method=\"GET\",status=\"304\"}";
    assert_eq!(scrape.get(series), Some(1.0));
}

#[actix_rt::test]
async fn themes_differ_in_colours_and_nothing_else() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(100)])).await;
    let [auto, light, dark] =
        ["auto", "light", "dark"].map(|theme| format!("{path}/route.svg?theme={theme}"));
    let answer = app.get_as(&ann, &auto).await.expect(200);
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert_eq!(answer.text(), app.get_as(&ann, &format!("{path}/route.svg")).await.text());
    let (auto, light, dark) = (
        Picture::of(&answer.text()),
        picture(&app, &ann, &light).await,
        picture(&app, &ann, &dark).await,
    );
    assert!(auto.style.contains("prefers-color-scheme") && !light.style.contains("prefers"));
    assert_ne!(light.style, dark.style);
    assert_eq!(Picture { style: String::new(), ..light }, Picture { style: String::new(), ..dark });
}
