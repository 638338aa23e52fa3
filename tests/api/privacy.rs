//! Privacy zones, which hide parts of tracks in shared pictures.

use crate::{
    pictures::{Fix, Picture, activity, gpx},
    support::{TestApp, User},
};
use futures_util::future::join_all;
use serde_json::json;
use sports_log::sport::{Position, destination, metres_between};

const HOME: Position = Position { latitude: 47.0, longitude: 8.0 };

/// A track with a fix every three metres, through corners given in metres east and north of home.
fn walk(corners: &[(f64, f64)]) -> Vec<Fix> {
    let mut fixes = Vec::new();
    for leg in corners.windows(2) {
        let ((x, y), (to_x, to_y)) = (leg[0], leg[1]);
        let steps = ((to_x - x).hypot(to_y - y) / 3.0).ceil();
        for step in 0..steps as u32 {
            let part = f64::from(step) / steps;
            let (east, north) = (x + (to_x - x) * part, y + (to_y - y) * part);
            let at = destination(HOME, east.atan2(north), east.hypot(north));
            fixes.push((at.latitude, at.longitude, 400.0 + north / 20.0));
        }
    }
    fixes
}

/// Creates an activity on the given day of May; returns its path.
async fn walked(app: &TestApp, user: &User, day: usize, pieces: &[Vec<Fix>]) -> String {
    let file = String::from_utf8(gpx(pieces)).unwrap();
    activity(app, user, file.replace("2026-05-04", &format!("2026-05-{day:02}")).as_bytes()).await
}

/// Shares a picture; returns the path of its SVG.
async fn share(app: &TestApp, user: &User, path: &str, picture: &str) -> String {
    let id = path.strip_prefix("/activities/").unwrap();
    let body = json!({"picture": picture, "activity_id": id});
    let share = app.post_as(user, "/shares", &body).await.expect(201).json();
    share["svg_url"].as_str().unwrap().strip_prefix("https://log.example").unwrap().to_owned()
}

/// The centre and the radius of each disk that was drawn.
async fn disks(app: &TestApp) -> Vec<(Position, f64)> {
    let rows = "SELECT coalesce(jsonb_agg(jsonb_build_array(centre_latitude, centre_longitude, reach_meters)
                ORDER BY id), '[]')::text FROM privacy_places";
    let rows: Vec<(f64, f64, f64)> = serde_json::from_str(&app.database.text(rows).await).unwrap();
    let disk = |(latitude, longitude, reach)| (Position { latitude, longitude }, reach);
    rows.into_iter().map(disk).collect()
}

/// The pieces of a track outside the disks.
fn outside(fixes: &[Fix], disks: &[(Position, f64)]) -> Vec<Vec<Fix>> {
    let is_shown = |fix: &Fix| {
        let position = Position { latitude: fix.0, longitude: fix.1 };
        disks.iter().all(|(centre, reach)| metres_between(*centre, position) > *reach)
    };
    let pieces = fixes.chunk_by(|one, next| is_shown(one) == is_shown(next));
    pieces.filter(|piece| is_shown(&piece[0])).map(<[Fix]>::to_vec).collect()
}

#[actix_rt::test]
async fn a_zone_is_left_out_wherever_it_is_with_all_that_tells_of_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let block = [(0.0, 0.0), (1300.0, 0.0), (1300.0, 1300.0), (0.0, 1300.0)];
    let tracks = [
        walk(&[(0.0, 0.0), (1500.0, 200.0), (0.0, 0.0)]),
        walk(&[
            (0.0, 0.0),
            (1400.0, 0.0),
            (1400.0, 1000.0),
            (-1400.0, 1000.0),
            (-1400.0, 0.0),
            (0.0, 0.0),
        ]),
        walk(&[&block[..], &block[..], &block[..], &block[..1]].concat()),
    ];
    for (day, track) in tracks.iter().enumerate() {
        let path = walked(&app, &ann, 4 + day, std::slice::from_ref(track)).await;
        let links =
            [share(&app, &ann, &path, "route").await, share(&app, &ann, &path, "chart").await];
        let hidden = app.get(&links[0]).await.expect(200).text();
        let pieces = outside(track, &disks(&app).await);
        assert!(!pieces.is_empty() && pieces.iter().map(Vec::len).sum::<usize>() < track.len());
        // The picture equals that of a user who recorded only the visible pieces.
        let other = app.user(&format!("other{day}@example.com")).await;
        let cut = walked(&app, &other, 4, &pieces).await;
        let cut_of = async |kind: &str| {
            Picture::of(&app.get_as(&other, &format!("{cut}/{kind}.svg")).await.expect(200).text())
        };
        let (hidden, cut_route) = (Picture::of(&hidden), cut_of("route").await);
        for class in ["route", "casing", "scale", "curve elevation", "area elevation", "grid"] {
            assert_eq!(hidden.paths(class), cut_route.paths(class), "{class}");
        }
        let labels = |picture: &Picture| {
            let is_label = |text: &&String| !["start", "finish"].contains(&text.as_str());
            picture.texts.iter().skip(2).filter(is_label).cloned().collect::<Vec<_>>()
        };
        assert_eq!(labels(&hidden), labels(&cut_route));
        let chart = Picture::of(&app.get(&links[1]).await.expect(200).text());
        let cut_chart = cut_of("chart").await;
        assert_eq!(chart.shapes, cut_chart.shapes);
        // Averages may differ in length because of rounding; the axes are the same.
        assert_eq!(labels(&chart)[2..], labels(&cut_chart)[2..]);
        let length = |picture: &Picture| {
            picture.texts[1].split(" · ").find(|fact| fact.ends_with(" km")).unwrap().to_owned()
        };
        assert_eq!((length(&hidden), length(&chart)), (length(&cut_route), length(&cut_route)));
    }
    assert_eq!(disks(&app).await.len(), 1);
}

#[actix_rt::test]
async fn what_is_hidden_changes_not_a_byte() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let way = walk(&[(0.0, 0.0), (1500.0, 200.0), (0.0, 0.0)]);
    let around = walk(&[(0.0, 0.0), (30.0, 0.0), (0.0, 40.0), (-30.0, 0.0), (0.0, 0.0)]);
    let longer = [&around[..], &around[..], &way[..], &around[..]].concat();
    for picture in ["route", "chart"] {
        let mut bodies: Vec<[Vec<u8>; 2]> = Vec::new();
        for (day, track) in [&way, &longer].into_iter().enumerate() {
            let path = walked(&app, &ann, 4 + day, std::slice::from_ref(track)).await;
            let link = share(&app, &ann, &path, picture).await;
            let png = app.get(&link.replace(".svg", ".png")).await.expect(200).body;
            bodies.push([app.get(&link).await.expect(200).body, png]);
        }
        assert!(bodies[0] == bodies[1], "{picture}");
    }
}

#[actix_rt::test]
async fn a_disk_is_drawn_once_for_a_place() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut links = Vec::new();
    for day in 1..=6 {
        let from = (f64::from(day) * 6.0, f64::from(day) * -6.0);
        let track = walk(&[from, (f64::from(day) * 200.0, 1500.0), (from.1, from.0)]);
        let path = walked(&app, &ann, day as usize, &[track]).await;
        links.push(share(&app, &ann, &path, "route").await);
    }
    for answer in join_all(links.iter().map(|link| app.get(link))).await {
        answer.expect(200);
    }
    let drawn = disks(&app).await;
    assert_eq!(drawn.len(), 1);
    assert!(metres_between(drawn[0].0, HOME) > 200.0);
    app.database.execute("DELETE FROM shares").await;
    let path = walked(&app, &ann, 9, &[walk(&[(0.0, 0.0), (1500.0, 0.0), (0.0, 0.0)])]).await;
    app.get(&share(&app, &ann, &path, "chart").await).await.expect(200);
    assert_eq!(disks(&app).await, drawn);
    // From home to work, which is a second place.
    let path = walked(&app, &ann, 10, &[walk(&[(0.0, 0.0), (3000.0, 0.0)])]).await;
    app.get(&share(&app, &ann, &path, "route").await).await.expect(200);
    assert_eq!(disks(&app).await.len(), 2);
    // Another account has its own disks.
    let bob = app.user("bob@example.com").await;
    let path = walked(&app, &bob, 9, &[walk(&[(0.0, 0.0), (1500.0, 0.0), (0.0, 0.0)])]).await;
    app.get(&share(&app, &bob, &path, "route").await).await.expect(200);
    assert_eq!(disks(&app).await.len(), 3);
}

#[actix_rt::test]
async fn zones_that_were_asked_for_are_left_out_and_not_told() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let zones = "/me/privacy-zones";
    assert_eq!(app.get_as(&ann, zones).await.expect(200).json(), json!({"zones": []}));
    // A track past a friend's house, far from both ends.
    let path = walked(&app, &ann, 4, &[walk(&[(-5000.0, 0.0), (5000.0, 0.0)])]).await;
    let link = share(&app, &ann, &path, "route").await;
    let pieces = async || {
        let shown = Picture::of(&app.get(&link).await.expect(200).text());
        crate::pictures::points(shown.paths("route")[0]).len()
    };
    assert_eq!(pieces().await, 1);
    let friend = json!({"zones": [{"latitude": 47.0, "longitude": 8.0, "radius_meters": 300.0}]});
    for _ in 0..2 {
        assert_eq!(app.put_as(&ann, zones, &friend).await.expect(200).json(), friend);
        assert_eq!(app.get_as(&ann, zones).await.expect(200).json(), friend);
        assert_eq!((pieces().await, disks(&app).await.len()), (2, 3));
        app.put_as(&ann, zones, &json!({"zones": []})).await.expect(200);
        assert_eq!(pieces().await, 1);
    }
    for (wrong, field) in [
        (json!({"latitude": 91, "longitude": 0, "radius_meters": 300}), "zones[0].latitude"),
        (json!({"latitude": 0, "longitude": -181, "radius_meters": 300}), "zones[0].longitude"),
        (json!({"latitude": 0, "longitude": 0, "radius_meters": 99}), "zones[0].radius_meters"),
        (json!({"latitude": 0, "longitude": 0}), "zones[0].radius_meters"),
    ] {
        let answer = app.put_as(&ann, zones, &json!({"zones": [wrong]})).await;
        let answer = answer.expect_error(422, "validation_failed").json();
        assert_eq!(answer["fields"][0]["field"], field);
    }
    let many = json!({"zones": vec![friend["zones"][0].clone(); 21]});
    app.put_as(&ann, zones, &many).await.expect_error(422, "validation_failed");
    app.get(zones).await.expect_error(401, "missing_token");
    // The response does not reveal the disks.
    let told = app.get_as(&ann, zones).await.expect(200).text();
    assert!(!told.contains("centre") && !told.contains("reach"));
}
