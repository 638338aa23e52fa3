//! Files are read again: values that the current readers find differently change, and values that
//! people set stay.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{
    MORNING, health_auto_export as app_posts, import,
    measured::{gpx, tcx, with_a_rest},
};
use crate::support::{
    TestApp, User, fit,
    process::{run, said},
    settings,
};

async fn listed(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities?limit=100").await.expect(200).json();
    list["activities"].as_array().unwrap().clone()
}

/// Makes activities look as if an older version had read them, which recorded neither computed nor
/// edited fields.
async fn as_read_by_an_older_version(app: &TestApp, changes: &str) {
    let statement = format!("UPDATE activities SET {changes}, computed = NULL, edited = NULL");
    let trigger =
        |how| format!("ALTER TABLE activities {how} TRIGGER activities_update_2_remember_edits");
    for statement in [trigger("DISABLE"), statement, trigger("ENABLE")] {
        app.database.execute(&statement).await;
    }
}

/// Reprocesses an activity and returns it.
async fn reprocess(app: &TestApp, user: &User, activity: &Value) -> Value {
    reprocessed(app, user, activity).await.0
}

/// Reprocesses an activity. Returns it, and the changes.
async fn reprocessed(app: &TestApp, user: &User, activity: &Value) -> (Value, Value) {
    let path = format!("/activities/{}/reprocess", activity["id"].as_str().unwrap());
    let answer = app.request(user, Method::POST, &path, None).await.expect(200);
    let mut activity = answer.json();
    assert_eq!(answer.header("etag"), format!("\"{}\"", activity["revision"]));
    let changes = activity.as_object_mut().unwrap().remove("reprocessed").unwrap();
    (activity, changes)
}

#[actix_rt::test]
async fn what_was_measured_changes_and_what_a_person_wrote_stays() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    import(&app, &ann, "a.tcx", &tcx(&with_a_rest(), 600, 1850.0)).await;
    let right = listed(&app, &ann).await.remove(0);
    let path = format!("/activities/{}", right["id"].as_str().unwrap());
    let efforts = format!("{path}/efforts");
    let fastest = app.get_as(&ann, &efforts).await.expect(200).json();
    assert_ne!(fastest["efforts"], json!([]));
    as_read_by_an_older_version(
        &app,
        "distance_meters = 5223900, moving_secs = 1, duration_secs = 7, activity_type = 'other', updated_at = created_at,
         elevation_gain_meters = 12613, avg_heart_rate = NULL",
    )
    .await;
    for table in ["activity_streams", "activity_efforts"] {
        app.database.execute(&format!("DELETE FROM {table}")).await;
    }
    let since = app.get_as(&ann, "/activities/changes").await.expect(200).json()["next"].clone();
    // A person has edited these values since the import.
    app.put_as(&ann, &path, &json!({"calories": 99, "title": "Mine"})).await.expect(200);
    let (again, changes) = reprocessed(&app, &ann, &right).await;
    let [change] = changes["changed"].as_array().unwrap().as_slice() else { panic!("{changes}") };
    assert_eq!(change["activity_id"], right["id"]);
    let distance = json!({"before": 5_223_900, "after": 1850});
    assert_eq!(change["fields"]["distance_meters"], distance);
    assert_eq!(change["fields"]["activity_type"], json!({"before": "other", "after": "run"}));
    assert_eq!(change["fields"].get("calories"), None);
    assert_eq!(change["values"]["before"], 0);
    for name in [
        "distance_meters",
        "moving_secs",
        "duration_secs",
        "elevation_gain_meters",
        "avg_heart_rate",
        "activity_type",
        "started_at",
    ] {
        assert_eq!(again[name], right[name], "{name}");
    }
    assert_eq!((&again["calories"], &again["title"]), (&json!(99), &json!("Mine")));
    let streams = app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json();
    assert_eq!(streams["points"], with_a_rest().len());
    let feed = format!("/activities/changes?since={}", since.as_str().unwrap());
    let changes = app.get_as(&ann, &feed).await.expect(200).json()["changes"].clone();
    assert_eq!(changes[0]["activity"]["distance_meters"], right["distance_meters"]);
    let summary = app.get_as(&ann, "/stats/summary").await.expect(200).json();
    assert_eq!(summary["totals"]["distance_meters"], right["distance_meters"]);
    assert_eq!(app.get_as(&ann, &efforts).await.expect(200).json(), fastest);

    // The second time there is nothing to change.
    let (second, changes) = reprocessed(&app, &ann, &right).await;
    assert_eq!(second["revision"], again["revision"]);
    let none = json!({"changed": [], "unchanged": 1, "added": [], "left": [], "warnings": []});
    assert_eq!(changes, none);

    let bob = app.user("bob@example.com").await;
    let unknown = format!("{path}/reprocess");
    app.request(&bob, Method::POST, &unknown, None).await.expect_error(404, "not_found");
    let lift = json!({"activity_type": "lift", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800});
    let lift = app.post_as(&bob, "/activities", &lift).await.expect(201);
    let none = format!("{}/reprocess", lift.header("location"));
    app.request(&bob, Method::POST, &none, None).await.expect_error(409, "no_original");
    app.database.execute("UPDATE originals SET content = 'hello', is_packed = false").await;
    app.request(&ann, Method::POST, &unknown, None).await.expect_error(409, "original_refused");
    assert_eq!(app.get_as(&ann, &path).await.expect(200).json(), again);
}

#[actix_rt::test]
async fn what_nobody_remembers_is_left_to_its_owner() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    import(&app, &ann, "a.tcx", &tcx(&with_a_rest(), 600, 1850.0)).await;
    let right = listed(&app, &ann).await.remove(0);
    as_read_by_an_older_version(&app, "distance_meters = 1900, updated_at = now()").await;
    assert_eq!(reprocess(&app, &ann, &right).await["distance_meters"], 1900.0);
    // A workout that an app posted is read again, too.
    let bob = app.user("bob@example.com").await;
    app_posts::post(&app, &bob, json!([app_posts::workout()])).await;
    let workout = listed(&app, &bob).await.remove(0);
    as_read_by_an_older_version(&app, "avg_heart_rate = 200, updated_at = created_at").await;
    let again = reprocess(&app, &bob, &workout).await;
    assert_eq!((&again["avg_heart_rate"], &again["source"]), (&json!(135), &json!("apple")));
}

#[actix_rt::test]
async fn records_behind_an_activity_are_read_again_with_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let times = with_a_rest();
    import(&app, &ann, "a.gpx", &gpx(&times)).await;
    import(&app, &ann, "a.tcx", &tcx(&times, 600, 1850.0)).await;
    let right = listed(&app, &ann).await.remove(0);
    app.database
        .execute("UPDATE activities SET calories = 5, distance_meters = 1860, edited = '{}', updated_at = created_at
                  WHERE merged_into IS NOT NULL")
        .await;
    let wrong = listed(&app, &ann).await.remove(0);
    assert_eq!((&wrong["calories"], &wrong["distance_meters"]), (&json!(5), &json!(1860.0)));
    let again = reprocess(&app, &ann, &right).await;
    assert_eq!((&again["calories"], &again["distance_meters"]), (&json!(321), &json!(1850.0)));
    assert_eq!(again["duration_secs"], 600);
}

#[actix_rt::test]
async fn the_command_lists_what_changes_and_writes_it_unless_it_is_a_trial() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    import(&app, &ann, "a.fit", &fit::run(MORNING, 60)).await;
    let parts = [(5, MORNING + 86_400, 300), (2, MORNING + 90_000, 600)];
    import(&app, &ann, "parts.fit", &fit::activity(&parts)).await;
    import(&app, &bob, "b.gpx", &gpx(&with_a_rest())).await;
    let right = (listed(&app, &ann).await, listed(&app, &bob).await);
    as_read_by_an_older_version(&app, "distance_meters = 1, updated_at = created_at").await;
    let command = |more: &[&str]| {
        let arguments = [&["reprocess"], more].concat();
        let done = run(&arguments, &settings(&app.database.url, app.smtp.port));
        assert!(done.status.success(), "{done:?}");
        said(&done)
    };
    let trial = command(&["--dry-run"]);
    assert!(trial.contains("distance_meters 1") && trial.contains(" → 180"), "{trial}");
    assert!(
        trial.contains("3 files read, 0 refused: 4 activities changed, 0 unchanged"),
        "{trial}"
    );
    assert!(trial.contains("nothing was written"));
    assert_eq!(listed(&app, &ann).await[0]["distance_meters"], 1.0);
    // Only one user's files, and only since a day.
    let some = command(&["--user", "ann@example.com", "--since", "2026-05-05"]);
    assert!(some.contains("1 files read, 0 refused: 2 activities changed"), "{some}");
    app.database
        .execute(&format!(
            "UPDATE originals SET content = 'hello', is_packed = false WHERE user_id = '{}'",
            bob.id
        ))
        .await;
    let all = command(&[]);
    assert!(all.contains("3 files read, 1 refused: 1 activities changed, 2 unchanged"), "{all}");
    assert!(all.contains("b.gpx: skipped: unknown_format"), "{all}");
    for (was, is) in right.0.iter().zip(listed(&app, &ann).await) {
        assert_eq!(is["distance_meters"], was["distance_meters"]);
    }
    assert_eq!(listed(&app, &bob).await[0]["distance_meters"], 1.0);
    let failed =
        run(&["reprocess", "--user", "nobody"], &settings(&app.database.url, app.smtp.port));
    assert_eq!(failed.status.code(), Some(1));
}

/// A file that was read as one activity, and in which the current readers find several.
#[actix_rt::test]
async fn what_was_one_and_is_several_has_new_ones() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let parts = fit::activity(&[(5, MORNING, 300), (2, MORNING + 400, 600)]);
    import(&app, &ann, "parts.fit", &parts).await;
    let right = listed(&app, &ann).await;
    let second = right.iter().find(|one| one["activity_type"] != "swim").unwrap();
    let path = format!("/activities/{}", second["id"].as_str().unwrap());
    // A deleted activity stays deleted.
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    let first = listed(&app, &ann).await.remove(0);
    assert_eq!(reprocess(&app, &ann, &first).await["revision"], first["revision"]);
    as_read_by_an_older_version(
        &app,
        "duration_secs = 1000, elapsed_secs = 1000, updated_at = created_at",
    )
    .await;
    let (_, changes) = reprocessed(&app, &ann, &first).await;
    assert_eq!(changes["added"].as_array().unwrap().len(), 1, "{changes}");
    let now = listed(&app, &ann).await;
    assert_eq!(now.len(), 2, "{now:?}");
    for (was, is) in right.iter().zip(&now) {
        for name in ["activity_type", "started_at", "duration_secs", "distance_meters"] {
            assert_eq!(was[name], is[name], "{name}");
        }
    }
}

#[actix_rt::test]
async fn what_of_a_file_is_damaged_is_told_again() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let text = gpx(&with_a_rest());
    let cut = &text[..text.len() - 40];
    let warning = import(&app, &ann, "a.gpx", cut).await["files"][0]["warning"].clone();
    let activity = listed(&app, &ann).await.remove(0);
    let (_, changes) = reprocessed(&app, &ann, &activity).await;
    assert_eq!(changes["warnings"], json!([warning]));
}
