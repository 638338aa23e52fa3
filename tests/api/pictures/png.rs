//! Pictures as PNG.

use resvg::tiny_skia::{Pixmap, PremultipliedColorU8};

use super::{activity, gpx, northward};
use crate::support::{TestApp, User};

async fn decoded(app: &TestApp, user: &User, path: &str) -> Pixmap {
    let answer = app.get_as(user, path).await.expect(200);
    assert_eq!(answer.header("content-type"), "image/png");
    Pixmap::decode_png(&answer.body).unwrap()
}

fn colours(pixmap: &Pixmap) -> usize {
    let of =
        |pixel: &PremultipliedColorU8| (pixel.red(), pixel.green(), pixel.blue(), pixel.alpha());
    pixmap.pixels().iter().map(of).collect::<std::collections::HashSet<_>>().len()
}

#[actix_rt::test]
async fn a_png_is_as_large_as_it_is_asked_to_be_and_shows_the_same() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(300)])).await;
    for (picture, ratio) in [
        (format!("{path}/route.png"), 626.0 / 800.0),
        (format!("{path}/chart.png"), 252.0 / 800.0),
        ("/stats/heatmap.png".to_owned(), 242.0 / 838.0),
        ("/stats/weekly.png".to_owned(), 330.0 / 800.0),
    ] {
        for width in [64, 800, 1600] {
            let pixmap = decoded(&app, &ann, &format!("{picture}?width={width}")).await;
            assert_eq!(pixmap.width(), width, "{picture}");
            let height = f64::from(width) * ratio;
            assert!(
                (f64::from(pixmap.height()) - height).abs() <= 1.0,
                "{picture}: {}",
                pixmap.height()
            );
            assert!(colours(&pixmap) > 20, "{picture} is blank");
        }
        assert_eq!(decoded(&app, &ann, &picture).await.width(), 800);
        for wrong in ["width=63", "width=2401", "width=-1", "width=x"] {
            let wrong = format!("{picture}?{wrong}");
            app.get_as(&ann, &wrong).await.expect_error(400, "invalid_parameter");
        }
        let light = decoded(&app, &ann, &format!("{picture}?theme=light")).await;
        let dark = decoded(&app, &ann, &format!("{picture}?theme=dark")).await;
        let auto = decoded(&app, &ann, &picture).await;
        let behind = |pixmap: &Pixmap| pixmap.pixel(400, 8).unwrap().red();
        assert!(behind(&light) > 200 && behind(&dark) < 60 && behind(&auto) > 200, "{picture}");
    }
}

#[actix_rt::test]
async fn letters_are_drawn_with_the_font_that_the_server_brings_along() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(10)])).await;
    let mut drawn = Vec::new();
    for title in ["Aa", "Ωж", "🏃"] {
        app.put_as(&ann, &path, &serde_json::json!({"title": title})).await.expect(200);
        let pixmap = decoded(&app, &ann, &format!("{path}/route.png")).await;
        // The area of the title.
        let dark = (24..60).flat_map(|x| (18..44).map(move |y| (x, y)));
        let dark = dark.filter(|(x, y)| pixmap.pixel(*x, *y).unwrap().red() < 128).count();
        assert!(dark > 5, "{title}: {dark}");
        drawn.push(pixmap.data().to_vec());
    }
    assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2]);
}

#[actix_rt::test]
async fn what_no_font_has_is_left_out_without_boxes() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(10)])).await;
    for (title, shown) in [
        ("東京", None),
        ("아침 달리기", None),
        ("ריצת בוקר", None),
        ("مرحبا", None),
        ("วิ่งตอนเช้า", None),
        ("朝ラン (東京), 10 km", Some("10 km")),
        ("Run 東京 with Ana", Some("Run with Ana")),
        ("👩\u{200d}🚀👍🏽", Some("👩🚀👍")),
        ("Office 🏃\u{200d}♀\u{fe0f} 10K", Some("Office 🏃♀ 10K")),
    ] {
        let mut drawn = Vec::new();
        for title in [Some(title), shown] {
            app.put_as(&ann, &path, &serde_json::json!({"title": title})).await.expect(200);
            for picture in ["route", "chart"] {
                drawn.push(decoded(&app, &ann, &format!("{path}/{picture}.png")).await);
            }
        }
        let [route, chart, as_route, as_chart] = drawn.try_into().unwrap();
        assert!(route.data() == as_route.data() && chart.data() == as_chart.data(), "{title}");
        // The SVG contains the whole title: viewers have their own fonts.
        app.put_as(&ann, &path, &serde_json::json!({"title": title})).await.expect(200);
        let svg = app.get_as(&ann, &format!("{path}/route.svg")).await.expect(200).text();
        assert!(svg.contains(&format!(">{title}</text>")), "{svg}");
        let isolated = format!("<title>Route of \u{2068}{title}\u{2069}</title>");
        assert_eq!(svg.contains(&isolated), title.contains(['ר', 'م']), "{svg}");
    }
    // Control characters in a title cannot reverse the text that follows.
    let title = "Run \u{202e}3202\u{2066} x";
    app.put_as(&ann, &path, &serde_json::json!({"title": title})).await.expect(200);
    let svg = app.get_as(&ann, &format!("{path}/route.svg")).await.expect(200).text();
    assert!(svg.contains(">Run 3202 x</text>"), "{svg}");
}
