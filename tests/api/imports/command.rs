//! `sports-log import`, run by an operator beside a server.

use std::fs;

use tempfile::TempDir;

use serde_json::json;

use super::{MORNING, zip};
use crate::support::{
    TestApp, fit,
    process::{run, said},
    settings,
};

#[actix_rt::test]
async fn files_and_folders_are_imported_and_refusals_named() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let home = TempDir::new().unwrap();
    let folder = home.path();
    fs::create_dir_all(folder.join("more/deep")).unwrap();
    let run_at = |hours: i64| fit::run(MORNING + hours * 3600, 30);
    fs::write(folder.join("one.fit"), run_at(0)).unwrap();
    fs::write(folder.join("more/two.zip"), zip(&[("2.fit", &run_at(1)), ("3.fit", &run_at(2))]))
        .unwrap();
    fs::write(folder.join("more/deep/again.fit"), run_at(0)).unwrap();
    let import = |user: &str, path: &str| {
        run(&["import", "--user", user, path], &settings(&app.database.url, app.smtp.port))
    };
    let path = folder.to_str().unwrap();
    let done = import("Ann@example.com", path);
    assert!(done.status.success(), "{done:?}");
    let expected =
        "3 files imported as 3 activities, 0 merged with others, 1 already known, 0 refused";
    assert!(said(&done).contains(expected), "{done:?}");
    assert_eq!(
        app.get_as(&ann, "/activities").await.expect(200).json()["activities"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    // The owner sees it like any other import.
    let list = app.get_as(&ann, "/imports").await.expect(200).json();
    assert_eq!(
        (&list["imports"][0]["status"], &list["imports"][0]["counts"]["duplicate"]),
        (&"done".into(), &1.into())
    );

    fs::write(folder.join("bad.fit"), b"hello").unwrap();
    let refused = import(&ann.id, path);
    assert_eq!(refused.status.code(), Some(1));
    for expected in
        ["bad.fit", "unknown_format", "some files were refused", "4 already known, 1 refused"]
    {
        assert!(said(&refused).contains(expected), "{expected}: {refused:?}");
    }
    for (user, path, expected) in [
        ("nobody@example.com", path, "there is no account"),
        ("ann@example.com", "/nowhere/at/all", "/nowhere/at/all: No such file"),
    ] {
        let failed = import(user, path);
        assert_eq!(failed.status.code(), Some(1));
        assert!(said(&failed).contains(expected), "{failed:?}");
    }
}

#[actix_rt::test]
async fn an_unpacked_archive_is_read_as_a_whole_and_what_is_not_read_is_named() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let home = TempDir::new().unwrap();
    let strava = home.path().join("all/export_1");
    fs::create_dir_all(strava.join("activities")).unwrap();
    fs::create_dir_all(strava.join("media")).unwrap();
    let table = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Filename\n\
                 1,\"May 4, 2026, 8:00:00 AM\",Before work,Trail Run,,600,1.80,activities/1.fit.gz\n\
                 2,\"May 5, 2026, 8:00:00 AM\",Pool,Swim,,600,0.50,\n";
    fs::write(strava.join("activities.csv"), table).unwrap();
    fs::write(strava.join("activities/1.fit"), fit::run(MORNING, 600)).unwrap();
    fs::write(strava.join("media/photo.jpg"), b"\xff\xd8\xff").unwrap();
    fs::write(strava.join("media/guide.pdf"), b"%PDF-1.7").unwrap();
    let garmin = home.path().join("all/garmin/DI_CONNECT");
    fs::create_dir_all(garmin.join("DI-Connect-Fitness")).unwrap();
    let start = (MORNING + 3 * 86_400) * 1000;
    let list = json!([{"summarizedActivitiesExport": [{
        "activityId": 7, "name": "Lunch", "activityType": "hiking", "beginTimestamp": start, "duration": 60_000
    }]}]);
    fs::write(garmin.join("DI-Connect-Fitness/a_summarizedActivities.json"), list.to_string())
        .unwrap();
    fs::write(garmin.join("1.fit"), fit::run(MORNING + 3 * 86_400, 60)).unwrap();
    fs::write(home.path().join("all/alone.fit"), fit::run(MORNING + 4 * 86_400, 60)).unwrap();
    let path = home.path().join("all");
    let done = run(
        &["import", "--user", "ann@example.com", path.to_str().unwrap()],
        &settings(&app.database.url, app.smtp.port),
    );
    assert!(done.status.success(), "{done:?}");
    for expected in
        ["4 files imported as 4 activities", "ignored in archives:", "photo.jpg", "this is a PDF"]
    {
        assert!(said(&done).contains(expected), "{expected}: {done:?}");
    }
    let list = app.get_as(&ann, "/activities").await.expect(200).json();
    let titles: Vec<_> =
        list["activities"].as_array().unwrap().iter().map(|one| one["title"].clone()).collect();
    assert_eq!(titles, [json!(null), json!("Lunch"), json!("Pool"), json!("Before work")]);
}
