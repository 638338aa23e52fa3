//! Archives of several years: every title, type and day is right, and nothing is imported twice.
//!
//! `SPORTS_LOG_TEST_ARCHIVE` sets the number of activities.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{gzip, import, zip};
use crate::support::{TestApp, User, fit};

const ACTIVITIES: usize = 200;

/// The name of a sport at Strava, at Garmin, and in the log.
const SPORTS: [(&str, &str, &str); 7] = [
    ("Run", "running", "run"),
    ("Trail Run", "trail_running", "trail_run"),
    ("Ride", "road_biking", "cycle"),
    ("Gravel Ride", "gravel_cycling", "gravel_cycle"),
    ("Hike", "hiking", "hike"),
    ("Swim", "lap_swimming", "swim"),
    ("Weight Training", "strength_training", "lift"),
];

/// An activity of the archives. Its number is its id there.
struct Made {
    number: usize,
    start: DateTime<Utc>,
    secs: u32,
}

fn made() -> Vec<Made> {
    let count = std::env::var("SPORTS_LOG_TEST_ARCHIVE").map_or(ACTIVITIES, |n| n.parse().unwrap());
    let first: DateTime<Utc> = "2017-01-01T05:30:00Z".parse().unwrap();
    let one = |number: usize| {
        // Twenty hours and a little apart: all hours of the day occur, and some days have two
        // activities.
        let start = first + TimeDelta::minutes(i64::try_from(number).unwrap() * 1207);
        Made { number, start, secs: 20 + u32::try_from(number % 11).unwrap() }
    };
    (0..count).map(one).collect()
}

impl Made {
    fn title(&self) -> String {
        format!("Nº {}, \"früh\"; am Fluß", self.number)
    }

    fn sports(&self) -> (&'static str, &'static str, &'static str) {
        SPORTS[self.number % SPORTS.len()]
    }

    fn fit(&self) -> Vec<u8> {
        fit::run(self.start.timestamp(), self.secs)
    }

    fn gpx(&self) -> Vec<u8> {
        let point = |secs: u32| {
            let time = self.start + TimeDelta::seconds(i64::from(secs));
            format!(
                "<trkpt lat='{}' lon='8'><time>{}</time></trkpt>",
                47.0 + f64::from(secs) * 3.0 / 111_195.0,
                time.format("%FT%TZ")
            )
        };
        let points: String = (0..=self.secs).step_by(10).chain([self.secs]).map(point).collect();
        format!(
            "<gpx><trk><name>Track {}</name><type>1</type><trkseg>{points}</trkseg></trk></gpx>",
            self.number
        )
        .into_bytes()
    }
}

/// All activities by their external ids.
async fn log(app: &TestApp, user: &User) -> BTreeMap<usize, Value> {
    let (mut all, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page =
            app.get_as(user, &format!("/activities?limit=100{cursor}")).await.expect(200).json();
        for activity in page["activities"].as_array().unwrap() {
            let number = activity["external_id"].as_str().unwrap().parse().unwrap();
            assert!(all.insert(number, activity.clone()).is_none(), "{number} is there twice");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

async fn assert_all(app: &TestApp, user: &User, all: &[Made], offset: Value) {
    let log = log(app, user).await;
    assert_eq!(log.len(), all.len());
    for made in all {
        let activity = &log[&made.number];
        let start = made.start.format("%FT%TZ").to_string();
        for (name, expected) in [
            ("title", json!(made.title())),
            ("activity_type", json!(made.sports().2)),
            ("started_at", json!(start)),
            ("duration_secs", json!(made.secs)),
        ] {
            assert_eq!(activity[name], expected, "{name} of {activity}");
        }
        if !offset.is_null() {
            assert_eq!(activity["utc_offset_minutes"], offset, "{activity}");
        }
    }
}

#[actix_rt::test]
async fn years_of_strava() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let all = made();
    let mut table = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Filename\n".to_owned();
    let mut files = Vec::new();
    for one in &all {
        let number = one.number;
        // Of every five activities, one has no file, and the file of another is missing.
        let (file, content) = match number % 5 {
            0 => (format!("activities/{number}.fit.gz"), Some(gzip(&one.fit()))),
            1 => (format!("activities/{number}.gpx"), Some(one.gpx())),
            2 => (format!("activities/{number}.gpx.gz"), Some(gzip(&one.gpx()))),
            3 => (format!("activities/{number}.tcx.gz"), None),
            _ => (String::new(), None),
        };
        let date = one.start.format("%b %-d, %Y, %-I:%M:%S %p");
        let title = one.title().replace('"', "\"\"");
        table += &format!(
            "{number},\"{date}\",\"{title}\",{},\"line\nline\",{},{:.2},{file}\n",
            one.sports().0,
            one.secs,
            f64::from(one.secs) * 0.003
        );
        files.extend(content.map(|content| (file, content)));
    }
    files.push(("activities.csv".to_owned(), table.into_bytes()));
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, content)| (&**name, &**content)).collect();
    let archive = zip(&files);
    for outcome in ["imported", "duplicate"] {
        let import = import(&app, &ann, "export.zip", &archive).await;
        assert_eq!(import["counts"][outcome], all.len(), "{}", import["counts"]);
        assert_all(&app, &ann, &all, Value::Null).await;
    }
}

#[actix_rt::test]
async fn years_of_garmin() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let all = made();
    let (mut lists, mut uploads) = (Vec::new(), Vec::new());
    for hundred in all.chunks(100) {
        let listed: Vec<Value> = hundred.iter().map(|one| {
            let millis = one.start.timestamp_millis();
            json!({
                "activityId": one.number, "name": one.title(), "activityType": one.sports().1, "manualActivity": one.number % 4 == 3,
                "beginTimestamp": millis, "startTimeGmt": millis as f64, "startTimeLocal": (millis + 5 * 3_600_000) as f64,
                "duration": f64::from(one.secs) * 1000.0, "distance": f64::from(one.secs) * 300.0,
            })
        }).collect();
        lists.push(json!([{"summarizedActivitiesExport": listed}]).to_string().into_bytes());
        let mut files = vec![("settings.fit".to_owned(), fit::of_kind(2))];
        let recorded = hundred.iter().filter(|one| one.number % 4 != 3);
        files
            .extend(recorded.map(|one| (format!("ann_{}.fit", 9_000_000 + one.number), one.fit())));
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, content)| (&**name, &**content)).collect();
        uploads.push(zip(&files));
    }
    let named = |kind: &str, all: &[Vec<u8>]| -> Vec<(String, Vec<u8>)> {
        all.iter()
            .enumerate()
            .map(|(n, content)| (kind.replace('#', &n.to_string()), content.clone()))
            .collect()
    };
    let mut files =
        named("DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part#.zip", &uploads);
    files.extend(named("DI_CONNECT/DI-Connect-Fitness/ann_#_summarizedActivities.json", &lists));
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, content)| (&**name, &**content)).collect();
    let archive = zip(&files);
    for outcome in ["imported", "duplicate"] {
        let import = import(&app, &ann, "garmin.zip", &archive).await;
        assert_eq!(import["counts"][outcome], all.len(), "{}", import["counts"]);
        assert_eq!(import["counts"]["refused"], 0);
        assert_all(&app, &ann, &all, json!(300)).await;
    }
}
