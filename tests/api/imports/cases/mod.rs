//! Small files with the defects that files from other apps have. They are not part of this
//! repository: without the folder, nothing is tested here.

mod table;

use std::{fs, path::Path};

use serde_json::Value;

use self::table::CASES;
use super::{health_auto_export, import};
use crate::support::{TestApp, User};

/// The folder of the cases, beside the repository.
const FOLDER: &str = "../shared/cases/imports";

#[actix_rt::test]
async fn each_case_becomes_what_is_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return;
    }
    let app = TestApp::spawn().await;
    let mut wrong = Vec::new();
    for (n, (file, expected)) in CASES.iter().enumerate() {
        let ann = app.user(&format!("ann{n}@example.com")).await;
        let expected: Value =
            serde_json::from_str(expected).unwrap_or_else(|e| panic!("{file}: {e}"));
        if let Some(first) = expected["after"].as_str() {
            import(&app, &ann, first, &fs::read(folder.join(first)).unwrap()).await;
        }
        let content = fs::read(folder.join(file)).unwrap();
        let came = if file.starts_with("hae-") {
            posted(&app, &ann, &content).await
        } else {
            Came::of(&import(&app, &ann, file, &content).await)
        };
        let activities = activities(&app, &ann).await;
        let faults = came.faults(&expected).into_iter().chain(faults(&activities, &expected));
        wrong.extend(faults.map(|fault| format!("{file}: {fault}")));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_table_has_every_case_once() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let Ok(table) = fs::read_to_string(folder.join("cases.tsv")) else { return };
    let mut listed: Vec<&str> =
        table.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    let mut typed: Vec<&str> = CASES.iter().map(|(file, _)| *file).collect();
    listed.sort_unstable();
    typed.sort_unstable();
    assert_eq!(listed, typed);
}

/// The result of an import.
struct Came {
    outcomes: Vec<String>,
    messages: String,
    has_warning: bool,
    ignored: usize,
}

impl Came {
    fn of(import: &Value) -> Self {
        let files = import["files"].as_array().unwrap();
        let ignored = import["ignored_files"].as_array().unwrap();
        let all = files.iter().chain(ignored);
        let messages = all.filter_map(|file| file["message"].as_str()).collect::<Vec<_>>();
        Self {
            outcomes: files
                .iter()
                .map(|file| file["outcome"].as_str().unwrap().to_owned())
                .collect(),
            messages: messages.join("\n"),
            has_warning: files.iter().any(|file| file["warning"].is_string()),
            ignored: ignored.len(),
        }
    }

    fn faults(&self, expected: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |fault: String| faults.push(format!("{fault} ({})", self.messages));
        match expected["outcomes"].as_array() {
            Some(outcomes) if *outcomes != self.outcomes => fault(format!("{:?}", self.outcomes)),
            None if self.outcomes.iter().any(|outcome| outcome == "refused") => {
                fault(format!("{:?}", self.outcomes));
            }
            _ => {}
        }
        if expected["warning"].as_bool().is_some_and(|expected| expected != self.has_warning) {
            fault(format!("warning: {}", self.has_warning));
        }
        if expected["message"].as_str().is_some_and(|word| !self.messages.contains(word)) {
            fault(format!("not said: {}", expected["message"]));
        }
        if expected["ignored"].as_u64().is_some_and(|ignored| ignored != self.ignored as u64) {
            fault(format!("ignored: {}", self.ignored));
        }
        faults
    }
}

/// Posts `content` as Health Auto Export does.
async fn posted(app: &TestApp, user: &User, content: &[u8]) -> Came {
    let body: Value = serde_json::from_slice(content).unwrap();
    let answer = app.post_as(user, health_auto_export::PATH, &body).await.expect(200).json();
    let results = answer["results"].as_array().unwrap();
    let texts = |name: &str| -> Vec<String> {
        results.iter().filter_map(|result| result[name].as_str()).map(str::to_owned).collect()
    };
    let messages = texts("message").join("\n");
    Came { outcomes: texts("outcome"), messages, has_warning: false, ignored: 0 }
}

/// All activities of the user, oldest first, with the properties of their series that the table
/// uses.
async fn activities(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities").await.expect(200).json();
    let mut activities = Vec::new();
    for listed in list["activities"].as_array().unwrap().iter().rev() {
        let path = format!("/activities/{}", listed["id"].as_str().unwrap());
        let mut activity = app.get_as(user, &path).await.expect(200).json();
        let streams = app.get_as(user, &format!("{path}/streams")).await.json();
        let gpx = app.get_as(user, &format!("{path}/export?format=gpx")).await.text();
        let laps = activity["laps"].as_array().map_or(0, Vec::len);
        let distances = streams["series"]["distance"].as_array().cloned().unwrap_or_default();
        activity["lap_count"] = laps.into();
        activity["points"] = streams["points"].clone();
        activity["breaks"] = streams["breaks"].as_array().map_or(0, Vec::len).into();
        activity["first_distance"] = distances.first().cloned().unwrap_or_default();
        activity["last_distance"] = distances.last().cloned().unwrap_or_default();
        activity["temperature"] = streams["series"]["temperature"][0].clone();
        activity["exported_heart_rates"] = gpx.matches(":hr>").count().div_ceil(2).into();
        activities.push(activity);
    }
    activities
}

fn faults(activities: &[Value], expected: &Value) -> Vec<String> {
    let Some(expected) = expected["activities"].as_array() else { return Vec::new() };
    if activities.len() != expected.len() {
        return vec![format!("{} activities instead of {}", activities.len(), expected.len())];
    }
    let pairs = activities.iter().zip(expected).enumerate();
    let differing = pairs.flat_map(|(n, (activity, expected))| {
        let fields = expected.as_object().unwrap().iter();
        fields.filter(|(name, value)| !is_as(&activity[name.as_str()], value)).map(
            move |(name, value)| {
                format!("activity {n}: {name} is {}, not {value}", activity[name.as_str()])
            },
        )
    });
    differing.collect()
}

/// Whether `found` equals the expected value, lies between two numbers, or is one of several
/// values.
fn is_as(found: &Value, expected: &Value) -> bool {
    if let [low, high] = expected.as_array().map(Vec::as_slice).unwrap_or_default() {
        let found = found.as_f64();
        return found.is_some_and(|n| low.as_f64().unwrap() <= n && n <= high.as_f64().unwrap());
    }
    if let Some(some) = expected["one_of"].as_array() {
        return some.iter().any(|expected| is_as(found, expected));
    }
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 0.005 * expected.abs(),
        _ => found == expected,
    }
}
