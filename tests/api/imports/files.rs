//! Imports of single files.

use serde_json::json;

use super::{MORNING, activities, gzip, import, outcomes};
use crate::support::{TestApp, fit};

const GPX: &str = r#"<?xml version="1.0"?>
<gpx version="1.1" creator="Fräulein's watch" xmlns="http://www.topografix.com/GPX/1/1"
     xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">
  <trk><name>Fish &amp; chips &#x1F41F;</name><type>trail_running</type><trkseg>
    <trkpt lat="47.0" lon="8.0"><ele>400</ele><time>2026-05-04T08:00:00Z</time>
      <extensions><x:TrackPointExtension><x:hr>120</x:hr><x:cad>80</x:cad></x:TrackPointExtension></extensions></trkpt>
    <trkpt lat="47.001" lon="8.0"><ele>410</ele><time>2026-05-04T08:01:00Z</time>
      <extensions><x:TrackPointExtension><x:hr>140</x:hr><x:cad>90</x:cad></x:TrackPointExtension></extensions></trkpt>
  </trkseg><trkseg>
    <trkpt lat="47.002" lon="8.0"><ele>405</ele><time>2026-05-04T08:10:00Z</time></trkpt>
    <trkpt lat="47.002" lon="8.0"><ele>405</ele><time>2026-05-04T08:11:00Z</time></trkpt>
  </trkseg></trk>
</gpx>"#;

#[actix_rt::test]
async fn a_fit_file_becomes_an_activity_with_what_the_device_says() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let file = fit::run(MORNING, 600);
    let import = import(&app, &ann, "morning%20run.fit", &file).await;
    assert_eq!(import["status"], "done");
    assert_eq!(
        import["counts"],
        json!({"imported": 1, "merged": 0, "duplicate": 0, "refused": 0, "activities": 1})
    );
    assert_eq!((&import["found"], &import["progress"]), (&json!(1), &json!(1.0)));
    let activity = &activities(&app, &ann, &import).await[0];
    for (name, value) in [
        ("activity_type", json!("run")),
        ("sport_raw", json!("running")),
        ("started_at", json!("2026-05-04T08:00:00Z")),
        ("duration_secs", json!(600)),
        ("elapsed_secs", json!(600)),
        ("distance_meters", json!(1800.0)),
        ("avg_heart_rate", json!(140)),
        ("source", json!("import")),
        ("parent_id", json!(null)),
    ] {
        assert_eq!(activity[name], value, "{name}");
    }
    let path = format!("/activities/{}/original", activity["id"].as_str().unwrap());
    let original = app.get_as(&ann, &path).await.expect(200);
    assert!(original.body == file);
    let disposition = "attachment; filename*=UTF-8''morning%20run.fit";
    assert_eq!(original.header("content-disposition"), disposition);
}

#[actix_rt::test]
async fn a_gpx_file_is_read_without_a_pause_counting_as_a_way() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let import = import(&app, &ann, "a.gpx", GPX.as_bytes()).await;
    let activity = &activities(&app, &ann, &import).await[0];
    for (name, value) in [
        ("activity_type", json!("trail_run")),
        ("title", json!("Fish & chips 🐟")),
        ("device", json!("Fräulein's watch")),
        ("duration_secs", json!(660)),
        ("elapsed_secs", json!(660)),
        ("moving_secs", json!(60)),
        ("avg_heart_rate", json!(130)),
        ("max_heart_rate", json!(140)),
        ("avg_cadence", json!(85.0)),
        ("elevation_gain_meters", json!(10.0)),
        ("elevation_loss_meters", json!(0.0)),
    ] {
        assert_eq!(activity[name], value, "{name}");
    }
    let distance = activity["distance_meters"].as_f64().unwrap();
    assert!((distance - 111.19).abs() < 0.5, "{distance}");
}

/// Old programs write in a national encoding, and declare it.
#[actix_rt::test]
async fn a_file_need_not_be_in_utf_8() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let gpx = |encoding: &str, day: u32| {
        format!(
            "<?xml version=\"1.0\" encoding='{encoding}'?><gpx><trk><name>Zürich {day}</name><trkseg>\
             <trkpt lat='1' lon='1'><time>2026-05-{day:02}T08:00:00Z</time></trkpt></trkseg></trk></gpx>"
        )
    };
    let latin: Vec<u8> =
        gpx("ISO-8859-1", 4).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16 = |text: String, bytes: fn(u16) -> [u8; 2]| {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect::<Vec<_>>()
    };
    for (content, title) in [
        (latin, "Zürich 4"),
        (utf16(gpx("UTF-16", 5), u16::to_le_bytes), "Zürich 5"),
        (utf16(gpx("UTF-16", 6), u16::to_be_bytes), "Zürich 6"),
        // A wrong declaration, and an unknown encoding.
        (gpx("UTF-16", 7).into_bytes(), "Zürich 7"),
        (gpx("none", 8).into_bytes(), "Zürich 8"),
    ] {
        let import = import(&app, &ann, "a.gpx", &content).await;
        assert_eq!(activities(&app, &ann, &import).await[0]["title"], title);
    }
}

#[actix_rt::test]
async fn the_sessions_of_one_file_are_activities_that_belong_together() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let file = fit::activity(&[(5, MORNING, 60), (3, MORNING + 60, 10), (2, MORNING + 70, 120)]);
    let import = import(&app, &ann, "triathlon.fit", &file).await;
    let activities = activities(&app, &ann, &import).await;
    let types: Vec<_> = activities.iter().map(|a| a["activity_type"].as_str().unwrap()).collect();
    assert_eq!(types, ["swim", "transition", "cycle"]);
    assert_eq!(activities[0]["parent_id"], json!(null));
    assert_eq!(activities[2]["parent_id"], activities[0]["id"]);
    // A part whose parent is deleted stands alone.
    let first = format!("/activities/{}", activities[0]["id"].as_str().unwrap());
    app.request(&ann, actix_web::http::Method::DELETE, &first, None).await.expect(204);
    let last = format!("/activities/{}", activities[2]["id"].as_str().unwrap());
    assert_eq!(app.get_as(&ann, &last).await.expect(200).json()["parent_id"], json!(null));
    // A file is kept as long as one of its activities is. The account can be deleted at any time.
    app.get_as(&ann, &format!("{last}/original")).await.expect(200);
    let body = json!({"password": crate::support::PASSWORD});
    app.request(&ann, actix_web::http::Method::DELETE, "/me", Some(&body)).await.expect(204);
    for table in ["activities", "originals", "activity_streams", "imports", "import_files"] {
        assert_eq!(
            app.database.text(&format!("SELECT count(*) FROM {table}")).await,
            "0",
            "{table}"
        );
    }
}

#[actix_rt::test]
async fn the_same_file_again_is_a_duplicate_until_its_activity_is_deleted() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let file = fit::run(MORNING, 60);
    let first = import(&app, &ann, "a.fit", &file).await;
    for (name, content) in [("b.fit", file.clone()), ("c.fit.gz", gzip(&file))] {
        let again = import(&app, &ann, name, &content).await;
        assert_eq!(outcomes(&again)[0].1, "duplicate");
        assert_eq!(again["files"][0]["activity_ids"], first["files"][0]["activity_ids"]);
    }
    // The log of another user is separate.
    let bob = app.user("bob@example.com").await;
    assert_eq!(outcomes(&import(&app, &bob, "a.fit", &file).await)[0].1, "imported");
    let path = format!("/activities/{}", first["files"][0]["activity_ids"][0].as_str().unwrap());
    app.get_as(&bob, &path).await.expect_error(404, "not_found");
    app.get_as(&bob, &format!("{path}/original")).await.expect_error(404, "not_found");
    app.request(&ann, actix_web::http::Method::DELETE, &path, None).await.expect(204);
    assert_eq!(app.database.text("SELECT count(*) FROM originals").await, "1");
    assert_eq!(outcomes(&import(&app, &ann, "a.fit", &file).await)[0].1, "imported");
}

#[actix_rt::test]
async fn what_cannot_be_read_is_refused_with_the_reason() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let good = fit::run(MORNING, 60);
    let bomb = format!(
        "<?xml version='1.0'?><!DOCTYPE gpx [<!ENTITY a 'aaaaaaaaaa'>{}]><gpx><trk><name>&z;</name></trk></gpx>",
        ('b'..='z')
            .map(|c| {
                let before = char::from(c as u8 - 1);
                format!("<!ENTITY {c} '{}'>", format!("&{before};").repeat(10))
            })
            .collect::<String>()
    );
    let outside = "<?xml version='1.0'?><!DOCTYPE gpx [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\
                   <gpx><trk><name>&x;</name></trk></gpx>";
    let deep = format!("<gpx>{}", "<a>".repeat(10_000));
    let no_time = r#"<gpx><trk><trkseg><trkpt lat="1" lon="1"/><trkpt lat="2" lon="1"/></trkseg></trk></gpx>"#;
    let in_year = |time: &str| {
        format!(r#"<gpx><trk><trkseg><trkpt lat="1" lon="1"><time>{time}</time></trkpt></trkseg></trk></gpx>"#)
            .into_bytes()
    };
    for (content, code) in [
        (b"hello".to_vec(), "unknown_format"),
        (b"{}".to_vec(), "unknown_format"),
        (b"<html></html>".to_vec(), "unknown_format"),
        (gzip(b"hello"), "unknown_format"),
        (good[..40].to_vec(), "truncated"),
        (gzip(&good)[..100].to_vec(), "truncated"),
        (b"<gpx><rte><rtept lat='1' lon='1'/></rte></gpx>".to_vec(), "not_an_activity"),
        (b"<gpx><wpt lat='1' lon='1'/></gpx>".to_vec(), "not_an_activity"),
        (b"<gpx/>".to_vec(), "not_an_activity"),
        (no_time.into(), "no_start_time"),
        (in_year("0000-01-01T00:00:00Z"), "no_start_time"),
        (in_year("9999-12-31T23:59:59-10:00"), "no_start_time"),
        // Files in which nothing is complete.
        (GPX.as_bytes()[..GPX.find("</trkpt>").unwrap()].to_vec(), "truncated"),
        (b"<gpx><trk><name>a</trk></gpx>".to_vec(), "malformed"),
        (bomb.into_bytes(), "malformed"),
        (outside.into(), "malformed"),
        (deep.into_bytes(), "malformed"),
        (
            b"<TrainingCenterDatabase><Courses/></TrainingCenterDatabase>".to_vec(),
            "not_an_activity",
        ),
        (gzip(&vec![b' '; 70 << 20]), "too_large"),
    ] {
        let import = import(&app, &ann, "x", &content).await;
        let file = &import["files"][0];
        assert_eq!((&file["outcome"], &file["code"]), (&json!("refused"), &json!(code)), "{file}");
        assert!(!file["message"].as_str().unwrap().is_empty());
        assert_eq!(import["counts"]["refused"], 1);
    }
    assert_eq!(app.database.text("SELECT count(*) FROM activities").await, "0");
    // Nothing that was uploaded is kept.
    assert_eq!(app.database.text("SELECT count(*) FROM import_parts").await, "0");
}
