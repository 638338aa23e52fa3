//! Garmin's account export.

use serde_json::{Value, json};

use super::{MORNING, import, outcomes, zip};
use crate::support::{TestApp, User, fit};

const LIST: &str = "DI_CONNECT/DI-Connect-Fitness/ann_0_summarizedActivities.json";
const UPLOADS: &str = "DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip";

/// An entry of the list of activities, two hours east of Greenwich.
fn listed(id: u64, name: &str, kind: &str, start: i64, secs: u32) -> Value {
    json!({
        "activityId": id, "name": name, "activityType": kind, "sportType": "GENERIC", "uuidMsb": 1, "splits": [{"a": {}}],
        "beginTimestamp": start * 1000, "startTimeGmt": start as f64 * 1000.0, "startTimeLocal": (start + 7200) as f64 * 1000.0,
        "duration": secs * 1000, "elapsedDuration": f64::from(secs) * 1000.0, "distance": 180_000.0, "elevationGain": 1200.0,
        "calories": 502.08, "avgHr": 139.0, "maxHr": 160.0, "avgSpeed": 0.3, "decoDive": false,
    })
}

fn list(all: &[Value]) -> Vec<u8> {
    json!([{"summarizedActivitiesExport": all}]).to_string().into_bytes()
}

async fn log(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities").await.expect(200).json();
    list["activities"].as_array().unwrap().iter().rev().cloned().collect()
}

#[track_caller]
fn assert_has(activity: &Value, expected: &Value) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&activity[name], value, "{name} of {activity}");
    }
}

#[actix_rt::test]
async fn names_and_sports_come_from_its_lists_and_other_files_are_named() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (run, triathlon) = (
        fit::run(MORNING, 600),
        fit::activity(&[(5, MORNING + 86_400, 300), (2, MORNING + 86_700, 600)]),
    );
    let uploads = zip(&[
        ("ann_1.fit", &run),
        ("ann_2.fit", &fit::of_kind(32)),
        ("ann_3.fit", &fit::of_kind(2)),
        ("ann_4.fit", &triathlon),
        ("ann_5.txt", b"hello"),
    ]);
    let mut parts = [
        listed(4, "Race", "multi_sport", MORNING + 86_400, 900),
        listed(5, "Race - swim", "open_water_swimming", MORNING + 86_400, 300),
        listed(6, "Race - bike", "road_biking", MORNING + 86_700, 600),
    ];
    parts[1]["parentId"] = json!(4);
    parts[2]["parentId"] = json!(4);
    let mut manual = listed(9, "By hand", "yoga", MORNING - 86_400, 1800);
    manual["distance"] = json!(0.0);
    manual["calories"] = Value::Null;
    let [race, swim, bike] = parts;
    let first =
        list(&[listed(1, "Along the river", "trail_running", MORNING, 600), manual, Value::Null]);
    let second = list(&[race, swim, bike, json!({"activityId": "x", "name": [1]})]);
    for (n, order) in [[0, 1], [1, 0]].iter().enumerate() {
        let ann = if n == 0 { ann.clone() } else { app.user("bob@example.com").await };
        let second_list = LIST.replace("_0_", "_1_");
        let files = [(UPLOADS, &uploads), (LIST, &first)];
        let archive = zip(&[
            ("DI_CONNECT/customer.json", b"{}"),
            (files[order[0]].0, files[order[0]].1),
            (files[order[1]].0, files[order[1]].1),
            (&second_list, &second),
        ]);
        let import = import(&app, &ann, "garmin.zip", &archive).await;
        let expected = ["ann_1.fit", "ann_4.fit"].map(str::to_owned).into_iter();
        let expected: Vec<_> = expected.chain([format!("{LIST}: 9")]).collect();
        let names: Vec<_> = outcomes(&import).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names, expected, "{import}");
        assert_eq!((&import["counts"]["imported"], &import["ignored"]), (&json!(3), &json!(4)));
        let mut ignored: Vec<_> = import["ignored_files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| {
                (file["name"].as_str().unwrap(), file["message"].as_str().unwrap_or_default())
            })
            .collect();
        ignored.sort_unstable();
        let expected = [
            ("DI_CONNECT/customer.json", ""),
            ("ann_2.fit", "the file contains monitoring data, not an activity"),
            ("ann_3.fit", "the file contains settings, not an activity"),
            ("ann_5.txt", ""),
        ];
        assert_eq!(ignored, expected);
        let log = log(&app, &ann).await;
        assert_eq!(log.len(), 4);
        for (n, expected) in [
            (
                0,
                json!({"title": "By hand", "activity_type": "yoga", "external_id": "9", "source": "garmin", "duration_secs": 1800,
                       "started_at": "2026-05-03T08:00:00Z", "utc_offset_minutes": 120, "distance_meters": null, "elevation_gain_meters": 12.0, "calories": null}),
            ),
            (
                1,
                json!({"title": "Along the river", "activity_type": "trail_run", "external_id": "1", "source": "garmin",
                       "utc_offset_minutes": 120, "duration_secs": 600, "distance_meters": 1800.0, "calories": 120,
                       "avg_heart_rate": 140, "max_heart_rate": 160}),
            ),
            (
                2,
                json!({"title": "Race - swim", "activity_type": "open_water_swim", "external_id": "5"}),
            ),
            (
                3,
                json!({"title": "Race - bike", "activity_type": "cycle", "parent_id": log[2]["id"]}),
            ),
        ] {
            assert_has(&log[n], &expected);
        }
        // The next archive adds nothing twice.
        let again = super::import(&app, &ann, "garmin.zip", &archive).await;
        assert_eq!(
            again["counts"],
            json!({"imported": 0, "merged": 0, "duplicate": 3, "refused": 0, "activities": 0})
        );
    }
}

#[actix_rt::test]
async fn a_list_that_breaks_off_or_is_alone_gives_what_it_has() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let whole = list(&[
        listed(1, "One", "running", MORNING, 600),
        listed(2, "Two", "walking", MORNING + 7200, 600),
    ]);
    let broken = &whole[..whole.len() - 20];
    let archive = zip(&[(LIST, broken), ("a.fit", &fit::run(MORNING, 600))]);
    let first = import(&app, &ann, "garmin.zip", &archive).await;
    assert_eq!(outcomes(&first), [("a.fit".to_owned(), "imported".to_owned(), String::new())]);
    assert_eq!(log(&app, &ann).await[0]["title"], "One");
    let second = import(&app, &ann, "ann_0_summarizedActivities.json", &whole).await;
    assert_eq!(
        (&second["counts"]["imported"], &second["counts"]["duplicate"]),
        (&json!(1), &json!(1))
    );
    let none = import(&app, &ann, "b_summarizedActivities.json", b"[{}]").await;
    assert_eq!(outcomes(&none)[0].2, "not_an_activity");
    // In other archives, a settings file is reported and not ignored.
    let other = import(&app, &ann, "other.zip", &zip(&[("a.fit", &fit::of_kind(2)[..])])).await;
    assert_eq!(outcomes(&other)[0].2, "not_an_activity");
}
