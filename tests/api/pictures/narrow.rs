//! Pictures for phones, and pictures without a frame.

use resvg::tiny_skia::Pixmap;
use serde_json::json;

use super::{Picture, activity, gpx, northward};
use crate::support::{TestApp, User};

/// Returns the width and the height of an SVG.
fn size(svg: &str) -> (f64, f64) {
    let (_, size) = svg.split_once("viewBox=\"0 0 ").unwrap();
    let (size, _) = size.split_once('"').unwrap();
    let (width, height) = size.split_once(' ').unwrap();
    (width.parse().unwrap(), height.parse().unwrap())
}

/// Returns the paths of all pictures of a user with a recorded run.
async fn pictures(app: &TestApp, user: &User) -> [String; 4] {
    let path = activity(app, user, &gpx(&[northward(900)])).await;
    let title = "A long run along the river, past both mills and back through the woods at night";
    app.put_as(user, &path, &json!({ "title": title })).await.expect(200);
    [
        format!("{path}/route.svg?"),
        format!("{path}/chart.svg?"),
        "/stats/heatmap.svg?year=2026&activity_type=run,trail_run,swim".to_owned(),
        "/stats/weekly.svg?activity_type=run,trail_run,swim".to_owned(),
    ]
}

#[actix_rt::test]
async fn letters_of_a_narrow_picture_are_readable_on_a_phone() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for path in pictures(&app, &ann).await {
        let wide = app.get_as(&ann, &path).await.expect(200).text();
        let svg = app.get_as(&ann, &format!("{path}&layout=narrow")).await.expect(200).text();
        let (width, height) = size(&svg);
        let sizes = svg.match_indices("font-size:").map(|(at, name)| {
            let (pixels, _) = svg[at + name.len()..].split_once("px").unwrap();
            pixels.parse::<f64>().unwrap()
        });
        let smallest = sizes.reduce(f64::min).unwrap();
        // On a phone of 360 pixels, a page has room for 320.
        assert!(smallest * 320.0 / width >= 11.0, "{path}: {smallest} px of {width}");
        assert!(height > size(&wide).1 * 0.7, "{path}: {height}");
        // The layout says nothing else than the wide one.
        let (narrow, wide) = (Picture::of(&svg), Picture::of(&wide));
        assert_eq!((narrow.title, narrow.desc), (wide.title, wide.desc));
        for text in narrow.texts {
            assert!(text.chars().count() <= 44, "{path}: {text}");
        }
        let refused = app.get_as(&ann, &format!("{path}&layout=tall")).await;
        refused.expect_error(400, "invalid_parameter");
    }
}

#[actix_rt::test]
async fn a_narrow_year_has_each_day_in_one_of_two_halves() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    // 2028 has 366 days. July of 2029 begins on a Sunday, so that its half touches 28 weeks.
    for (year, days) in [(2028, 366), (2029, 365)] {
        for week_start in ["monday", "sunday"] {
            let path = format!("/stats/heatmap.svg?year={year}&week_start={week_start}");
            let svg = app.get_as(&ann, &format!("{path}&layout=narrow")).await.expect(200).text();
            let cell = "<rect class=\"";
            let mut places: Vec<(f64, f64)> = svg
                .match_indices(cell)
                .map(|(at, _)| &svg[at + cell.len()..])
                .filter(|rest| rest.starts_with("s0") || rest.starts_with("later"))
                .map(|rest| {
                    let number = |name| {
                        let (_, value) = rest.split_once(name).unwrap();
                        value.split_once('"').unwrap().0.parse().unwrap()
                    };
                    (number(" x=\""), number(" y=\""))
                })
                .collect();
            assert!(places.iter().all(|(x, _)| *x >= 16.0 && *x <= size(&svg).0 - 24.0), "{path}");
            places.sort_by(|one, other| one.partial_cmp(other).unwrap());
            places.dedup();
            // One more is in the legend.
            assert_eq!(places.len(), days + 1, "{path}");
        }
    }
}

#[actix_rt::test]
async fn a_picture_without_a_frame_shows_the_page_behind_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for path in pictures(&app, &ann).await {
        let framed = app.get_as(&ann, &format!("{path}&frame=true")).await.expect(200).text();
        assert_eq!(framed, app.get_as(&ann, &path).await.expect(200).text());
        let bare = app.get_as(&ann, &format!("{path}&frame=false")).await.expect(200).text();
        assert_eq!(size(&bare), size(&framed));
        let mut framed = Picture::of(&framed);
        assert_eq!(framed.shapes.remove(0).0, "bg");
        assert_eq!(Picture::of(&bare), framed);

        let png = path.replace(".svg?", ".png?frame=false&");
        let png = app.get_as(&ann, &png).await.expect(200).body;
        let pixmap = Pixmap::decode_png(&png).unwrap();
        assert_eq!(pixmap.pixel(400, 8).unwrap().alpha(), 0, "{path}");
        let refused = app.get_as(&ann, &format!("{path}&frame=thick")).await;
        refused.expect_error(400, "invalid_parameter");
    }
}

#[actix_rt::test]
async fn a_share_keeps_its_layout_unless_the_page_asks_for_another() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let body = json!({"picture": "weekly", "layout": "narrow", "frame": false});
    let share = app.post_as(&ann, "/shares", &body).await.expect(201).json();
    assert_eq!((&share["layout"], &share["frame"]), (&json!("narrow"), &json!(false)));
    let path = share["svg_url"].as_str().unwrap().strip_prefix("https://log.example").unwrap();
    let svg = app.get(path).await.expect(200).text();
    assert!(size(&svg).0 < 400.0 && !svg.contains("class=\"bg\""), "{svg}");
    let svg = app.get(&format!("{path}?layout=wide&frame=true")).await.expect(200).text();
    assert!(size(&svg).0 > 400.0 && svg.contains("class=\"bg\""), "{svg}");
    let page = app.get(path.strip_suffix(".svg").unwrap()).await.expect(200).text();
    assert!(page.contains(".svg?layout=narrow\""), "{page}");
}
