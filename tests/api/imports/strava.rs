//! Strava's account export.

use serde_json::json;

use super::{MORNING, activities, gzip, import, outcomes, zip};
use crate::support::{TestApp, fit};

const TABLE: &str = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Commute,Filename\n\
    11,\"May 4, 2026, 8:00:00 AM\",\"Früh, am \"\"Fluss\"\"\",Trail Run,\"two\nlines\",600,1.80,false,activities/11.fit.gz\n\
    12,\"May 5, 2026, 6:30:00 PM\",Bench day,Weight Training,,3600,0,false,\n\
    13,soon,Ohne Datum,Run,,3600,5.0,false,\n\
    14,\"May 6, 2026, 7:00:00 AM\",A walk,Walk,,300,0.3,false,activities/14.gpx\n";

#[actix_rt::test]
async fn names_and_ids_come_from_the_table_and_what_has_no_file_too() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let gpx = "<gpx><trk><trkseg><trkpt lat='1' lon='1'><time>2026-05-06T07:00:00Z</time></trkpt>\
               <trkpt lat='1.003' lon='1'><time>2026-05-06T07:05:00Z</time></trkpt></trkseg></trk></gpx>";
    let archive = zip(&[
        ("profile.csv", b"a,b\n"),
        ("activities.csv", TABLE.as_bytes()),
        ("activities/11.fit.gz", &gzip(&fit::run(MORNING, 600))),
        ("activities/14.gpx", gpx.as_bytes()),
    ]);
    let first = import(&app, &ann, "export_1.zip", &archive).await;
    let expected = [
        ("activities.csv: 12", "imported", ""),
        ("activities.csv: 13", "refused", "no_start_time"),
        ("activities/11.fit.gz", "imported", ""),
        ("activities/14.gpx", "imported", ""),
    ];
    let texts = |(name, outcome, code): (&str, &str, &str)| {
        (name.to_owned(), outcome.to_owned(), code.to_owned())
    };
    assert_eq!(outcomes(&first), expected.map(texts));
    let list = app.get_as(&ann, "/activities").await.expect(200).json();
    let list = list["activities"].as_array().unwrap();
    assert_eq!(list.len(), 3);
    for (n, expected) in [
        (
            0,
            json!({"external_id": "14", "activity_type": "walk", "title": "A walk", "sport_raw": "Walk"}),
        ),
        (
            1,
            json!({"external_id": "12", "activity_type": "lift", "title": "Bench day", "duration_secs": 3600,
                   "started_at": "2026-05-05T18:30:00Z", "distance_meters": 0.0}),
        ),
        // Values that were set at Strava take precedence over the file's.
        (
            2,
            json!({"external_id": "11", "activity_type": "trail_run", "sport_raw": "running",
                   "title": "Früh, am \"Fluss\"", "notes": "two\nlines"}),
        ),
    ] {
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&list[n][name], value, "{n} {name}");
        }
        assert_eq!(list[n]["source"], "strava");
    }
    // The next archive adds nothing twice, even if Strava has rewritten a file.
    let next = zip(&[
        ("export/activities.csv", TABLE.as_bytes()),
        ("export/activities/11.fit.gz", &gzip(&fit::run(MORNING + 1, 600))),
        ("export/activities/14.gpx", gpx.as_bytes()),
    ]);
    let again = import(&app, &ann, "export_2.zip", &next).await;
    assert_eq!(again["counts"]["duplicate"], 3);
    let walk = activities(&app, &ann, &again).await.remove(0);
    assert_eq!(walk["external_id"], "12");
}

#[actix_rt::test]
async fn a_table_that_is_none_changes_nothing() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for (n, table) in [&b"\xff\xfe\0\0"[..], b"", b"a,b,c\n\"", b"x\n1\n"].iter().enumerate() {
        let run = fit::run(MORNING + i64::try_from(n).unwrap() * 7200, 60);
        let archive = zip(&[("activities.csv", table), ("activities/1.fit", &run)]);
        let import = import(&app, &ann, "a.zip", &archive).await;
        assert_eq!(import["counts"]["imported"], 1, "{table:?}");
    }
}

/// The table of an archive that lists one run, with or without a file.
fn listed(file: &str) -> Vec<u8> {
    let head = TABLE.lines().next().unwrap();
    let row = "21,\"May 4, 2026, 8:00:00 AM\",Morning,Run,,650,1.80,false,";
    format!("{head}\n{row}{file}\n").into_bytes()
}

#[actix_rt::test]
async fn a_recording_that_comes_later_is_given_to_what_was_listed_without() {
    let app = TestApp::spawn().await;
    for is_changed in [false, true] {
        let ann = app.user(&format!("ann-{is_changed}@example.com")).await;
        let without = zip(&[("activities.csv", &listed(""))]);
        let first = import(&app, &ann, "a.zip", &without).await;
        let before = activities(&app, &ann, &first).await.remove(0);
        assert_eq!(before["duration_secs"], 650);
        let path = format!("/activities/{}", before["id"].as_str().unwrap());
        app.get_as(&ann, &format!("{path}/original")).await.expect_error(409, "no_original");
        if is_changed {
            let own = json!({"duration_secs": 640, "distance_meters": 1850, "title": "Mine"});
            app.put_as(&ann, &path, &own).await.expect(200);
        }
        let run = fit::run(MORNING, 600);
        let with =
            zip(&[("activities.csv", &listed("activities/21.fit")), ("activities/21.fit", &run)]);
        let second = import(&app, &ann, "b.zip", &with).await;
        let (outcome, duration, title) =
            if is_changed { ("merged", 640, "Mine") } else { ("updated", 600, "Morning") };
        assert_eq!(second["counts"]["merged"], 1, "{second}");
        assert_eq!(outcomes(&second)[0].1, outcome);
        assert_eq!(
            (&second["progress"], &second["counts"]["activities"]),
            (&json!(1.0), &json!(0))
        );
        let after = activities(&app, &ann, &second).await.remove(0);
        for (name, value) in [
            ("id", &before["id"]),
            ("external_id", &json!("21")),
            ("duration_secs", &json!(duration)),
            ("title", &json!(title)),
            ("avg_heart_rate", &json!(140)),
        ] {
            assert_eq!(&after[name], value, "{name}");
        }
        assert_eq!(app.get_as(&ann, &format!("{path}/original")).await.expect(200).body, run);
        let streams = app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json();
        assert_eq!(streams["points"], 600);
        let list = app.get_as(&ann, "/activities").await.expect(200).json();
        assert_eq!(list["activities"].as_array().unwrap().len(), 1);
        // An existing recording is not replaced.
        let other = fit::run(MORNING, 601);
        let with =
            zip(&[("activities.csv", &listed("activities/21.fit")), ("activities/21.fit", &other)]);
        for archive in [&with, &without] {
            assert_eq!(import(&app, &ann, "c.zip", archive).await["counts"]["duplicate"], 1);
        }
    }
}

#[actix_rt::test]
async fn a_row_whose_file_cannot_be_read_is_what_the_table_says() {
    let app = TestApp::spawn().await;
    for (n, content) in [&b""[..], b"hello", b"<gpx>"].into_iter().enumerate() {
        let ann = app.user(&format!("ann-{n}@example.com")).await;
        let archive = zip(&[
            ("activities.csv", &listed("activities/21.gpx")),
            ("activities/21.gpx", content),
        ]);
        let import = import(&app, &ann, "a.zip", &archive).await;
        let file = &import["files"][0];
        assert_eq!(file["outcome"], "imported", "{file}");
        assert!(file["warning"].as_str().unwrap().starts_with("its file was not read: "), "{file}");
        assert_eq!(activities(&app, &ann, &import).await[0]["duration_secs"], 650);
    }
}
