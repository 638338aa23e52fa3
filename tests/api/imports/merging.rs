//! The same activity from several sources.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{MORNING, activities, import, outcomes};
use crate::support::{PASSWORD, TestApp, User, fit};

/// The data of a watch in another format.
fn tcx(start: &str, secs: i64, metres: f64) -> Vec<u8> {
    format!(
        "<TrainingCenterDatabase><Activities><Activity Sport='Running'><Id>{start}</Id>
         <Lap StartTime='{start}'><TotalTimeSeconds>{secs}</TotalTimeSeconds>
         <DistanceMeters>{metres}</DistanceMeters><Calories>321</Calories></Lap>
         <Notes>from the watch</Notes></Activity></Activities></TrainingCenterDatabase>"
    )
    .into_bytes()
}

async fn listed(app: &TestApp, user: &User) -> Vec<Value> {
    let list = app.get_as(user, "/activities").await.expect(200).json();
    list["activities"].as_array().unwrap().clone()
}

/// Logs a run by hand. Returns its path.
async fn logged(app: &TestApp, user: &User) -> String {
    let run = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:30Z", "duration_secs": 590,
                     "distance_meters": 1790, "notes": "by hand"});
    app.post_as(user, "/activities", &run).await.expect(201).header("location").to_owned()
}

#[actix_rt::test]
async fn it_is_counted_once_with_the_best_of_all_and_can_be_taken_apart() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = logged(&app, &ann).await;
    let before = app.get_as(&ann, &path).await.expect(200).json();
    let since = app.get_as(&ann, "/activities/changes").await.expect(200).json()["next"].clone();

    let file = fit::run(MORNING, 600);
    let first = import(&app, &ann, "a.fit", &file).await;
    assert_eq!(outcomes(&first)[0].1, "merged");
    let second = import(&app, &ann, "b.tcx", &tcx("2026-05-04T08:00:10Z", 605, 1801.0)).await;
    assert_eq!(outcomes(&second)[0].1, "merged");
    assert_eq!(second["counts"]["merged"], 1);
    let merged = activities(&app, &ann, &second).await.remove(0);
    for (name, value) in [
        ("id", &before["id"]),
        ("notes", &json!("by hand")),
        ("duration_secs", &json!(590)),
        ("distance_meters", &json!(1790.0)),
        ("avg_heart_rate", &json!(140)),
        ("calories", &json!(321)),
        ("sport_raw", &json!("running")),
    ] {
        assert_eq!(&merged[name], value, "{name}");
    }
    let origins = merged["merged"].as_array().unwrap();
    assert_eq!(origins.len(), 2);
    assert!(origins[0]["fields"].as_array().unwrap().contains(&json!("avg_heart_rate")));
    assert_eq!(
        (&origins[1]["fields"], &origins[1]["source"]),
        (&json!(["calories", "laps"]), &json!("import"))
    );
    // It appears once everywhere.
    assert_eq!(listed(&app, &ann).await.len(), 1);
    assert_eq!(app.get_as(&ann, "/activities/export").await.expect(200).text().lines().count(), 1);
    let feed = format!("/activities/changes?since={}", since.as_str().unwrap());
    let changes = app.get_as(&ann, &feed).await.expect(200).json()["changes"].clone();
    assert_eq!(
        (changes.as_array().unwrap().len(), &changes[0]["activity"]["id"]),
        (1, &before["id"])
    );
    // It has the track and the file of the activity that has them.
    let streams = app.get_as(&ann, &format!("{path}/streams?resolution=full")).await.expect(200);
    assert_eq!(streams.json()["points"], 600);
    assert!(app.get_as(&ann, &format!("{path}/original")).await.expect(200).body == file);
    let again = import(&app, &ann, "again.fit", &file).await;
    assert_eq!(outcomes(&again)[0].1, "duplicate");
    assert_eq!(again["files"][0]["activity_ids"], json!([before["id"]]));

    // Values that the owner changed since then stay the owner's.
    app.put_as(&ann, &path, &json!({"calories": 400})).await.expect(200);
    let bob = app.user("bob@example.com").await;
    let unmerge = format!("{path}/unmerge");
    app.request(&bob, Method::POST, &unmerge, None).await.expect_error(404, "not_found");
    let apart = app.request(&ann, Method::POST, &unmerge, None).await.expect(200).json();
    assert_eq!((&apart["merged"], &apart["calories"]), (&json!(null), &json!(400)));
    for field in ["avg_heart_rate", "elapsed_secs", "laps", "sport_raw"] {
        assert_eq!(apart[field], before[field], "{field}");
    }
    assert_eq!(listed(&app, &ann).await.len(), 3);
    app.request(&ann, Method::POST, &unmerge, None).await.expect(200);
    let streams = app.get_as(&ann, &format!("{path}/streams")).await.expect(200).json();
    assert_eq!(streams["points"], 0);
}

#[actix_rt::test]
async fn another_time_length_or_distance_is_another_activity() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    for (start, secs, metres, expected) in [
        ("2026-05-04T08:01:01Z", 600, 1800.0, "imported"),
        ("2026-05-04T08:00:00Z", 632, 1800.0, "imported"),
        ("2026-05-04T08:00:00Z", 600, 1700.0, "imported"),
        ("2026-05-04T07:59:00Z", 620, 1720.0, "merged"),
        // A missing distance is not a different distance.
        ("2026-05-04T08:00:02Z", 601, 0.0, "merged"),
    ] {
        let import = import(&app, &ann, "b.tcx", &tcx(start, secs, metres)).await;
        assert_eq!(outcomes(&import)[0].1, expected, "{start} {secs} {metres}");
    }
    // Activities of other users are never merged.
    let bob = app.user("bob@example.com").await;
    assert_eq!(
        outcomes(&import(&app, &bob, "a.fit", &fit::run(MORNING, 600)).await)[0].1,
        "imported"
    );
}

#[actix_rt::test]
async fn who_deletes_it_deletes_all_of_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = logged(&app, &ann).await;
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    assert_eq!(listed(&app, &ann).await, Vec::<Value>::new());
    for table in ["activities", "originals", "activity_streams"] {
        assert_eq!(
            app.database.text(&format!("SELECT count(*) FROM {table}")).await,
            "0",
            "{table}"
        );
    }
    // The change feed has one tombstone, for the activity that was shown.
    assert_eq!(app.database.text("SELECT count(*) FROM activity_tombstones").await, "1");
    logged(&app, &ann).await;
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    let body = json!({"password": PASSWORD});
    app.request(&ann, Method::DELETE, "/me", Some(&body)).await.expect(204);
    assert_eq!(app.database.text("SELECT count(*) FROM activities").await, "0");
}

/// A run that was logged by hand, merged with a workout that an app keeps up to date by its id.
async fn with_a_record_behind(app: &TestApp, user: &User) -> (String, Value) {
    let path = logged(app, user).await;
    let workout = json!({"id": "w-1", "name": "Outdoor Run", "start": "2026-05-04 10:00:00 +0200",
                         "end": "2026-05-04 10:10:00 +0200", "duration": 600,
                         "distance": {"qty": 1.8, "units": "km"}, "activeEnergyBurned": {"qty": 100, "units": "kcal"}});
    let results = keep(app, user, &workout).await;
    assert_eq!(results["outcome"], "merged");
    (path, workout)
}

async fn keep(app: &TestApp, user: &User, workout: &Value) -> Value {
    let body = json!({"data": {"workouts": [workout]}});
    let answer = app.post_as(user, "/integrations/apple/health-auto-export", &body).await;
    answer.expect(200).json()["results"][0].clone()
}

fn fields(activity: &Value) -> Vec<&str> {
    let fields = activity["merged"][0]["fields"].as_array().unwrap().iter();
    let mut fields: Vec<_> = fields.map(|field| field.as_str().unwrap()).collect();
    fields.sort_unstable();
    fields
}

#[actix_rt::test]
async fn what_changes_at_its_source_changes_here_unless_somebody_else_has_changed_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (path, mut workout) = with_a_record_behind(&app, &ann).await;
    let get = async || app.get_as(&ann, &path).await.expect(200).json();
    let first = get().await;
    assert_eq!((&first["calories"], &first["elapsed_secs"]), (&json!(100), &json!(600)));
    assert_eq!(fields(&first), ["calories", "elapsed_secs", "sport_raw", "utc_offset_minutes"]);

    // Values that came from the workout change, and new ones are added. Values of the run itself
    // stay.
    workout["activeEnergyBurned"]["qty"] = json!(110);
    workout["elevationUp"] = json!({"qty": 30, "units": "m"});
    workout["distance"]["qty"] = json!(1.81);
    assert_eq!(keep(&app, &ann, &workout).await["outcome"], "updated");
    let second = get().await;
    assert_eq!(
        (&second["calories"], &second["elevation_gain_meters"]),
        (&json!(110), &json!(30.0))
    );
    assert_eq!(second["distance_meters"], 1790.0);
    let all =
        ["calories", "elapsed_secs", "elevation_gain_meters", "sport_raw", "utc_offset_minutes"];
    assert_eq!(fields(&second), all);
    assert!(second["revision"].as_i64() > first["revision"].as_i64());

    // A value that the owner has changed stays, even if the change was to remove it.
    let own = json!({"calories": 90, "sport_raw": null});
    let third = app.put_as(&ann, &path, &own).await.expect(200).json();
    assert_eq!(fields(&third), ["elapsed_secs", "elevation_gain_meters", "utc_offset_minutes"]);
    workout["activeEnergyBurned"]["qty"] = json!(120);
    workout["name"] = json!("Outdoor Jog");
    workout["elevationUp"]["qty"] = json!(31);
    keep(&app, &ann, &workout).await;
    let fourth = get().await;
    assert_eq!((&fourth["calories"], &fourth["sport_raw"]), (&json!(90), &Value::Null));
    assert_eq!(fourth["elevation_gain_meters"], 31.0);

    // A client that writes the workout by its external id has the same rights as the app.
    let upsert = json!({"source": "apple", "external_id": "w-1", "activity_type": "run", "duration_secs": 600,
                        "started_at": "2026-05-04T08:00:00Z", "elapsed_secs": 601, "avg_heart_rate": 133});
    app.post_as(&ann, "/activities", &upsert).await.expect(200);
    let fifth = get().await;
    assert_eq!((&fifth["elapsed_secs"], &fifth["avg_heart_rate"]), (&json!(601), &json!(133)));
    assert_eq!((&fifth["elevation_gain_meters"], &fifth["calories"]), (&Value::Null, &json!(90)));

    let apart =
        app.request(&ann, Method::POST, &format!("{path}/unmerge"), None).await.expect(200).json();
    for (name, value) in
        [("calories", json!(90)), ("elapsed_secs", json!(null)), ("avg_heart_rate", json!(null))]
    {
        assert_eq!(apart[name], value, "{name}");
    }
}

#[actix_rt::test]
async fn who_deletes_a_record_takes_what_came_from_it() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let path = logged(&app, &ann).await;
    import(&app, &ann, "b.tcx", &tcx("2026-05-04T08:00:10Z", 605, 1801.0)).await;
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    let merged = app.get_as(&ann, &path).await.expect(200).json();
    assert_eq!((&merged["calories"], &merged["avg_heart_rate"]), (&json!(321), &json!(140)));
    let watch = merged["merged"][0]["activity_id"].as_str().unwrap();
    app.request(&ann, Method::DELETE, &format!("/activities/{watch}"), None).await.expect(204);
    let left = app.get_as(&ann, &path).await.expect(200).json();
    assert_eq!((&left["calories"], &left["avg_heart_rate"]), (&Value::Null, &json!(140)));
    assert_eq!(left["merged"].as_array().unwrap().len(), 1);
    // The other record can still be unmerged.
    let apart =
        app.request(&ann, Method::POST, &format!("{path}/unmerge"), None).await.expect(200).json();
    assert_eq!((&apart["avg_heart_rate"], &apart["merged"]), (&Value::Null, &Value::Null));
    assert_eq!(listed(&app, &ann).await.len(), 2);
}

#[actix_rt::test]
async fn twenty_stand_behind_one_and_no_more() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let files: Vec<_> = (0..25)
        .map(|n| (format!("{n}.tcx"), tcx(&format!("2026-05-04T08:00:{n:02}Z"), 600, 1800.0)))
        .collect();
    let files: Vec<_> = files.iter().map(|(name, file)| (name.as_str(), file.as_slice())).collect();
    let import = import(&app, &ann, "a.zip", &super::zip(&files)).await;
    assert_eq!(
        (&import["counts"]["imported"], &import["counts"]["merged"]),
        (&json!(2), &json!(23))
    );
    let most = "SELECT string_agg(jsonb_array_length(merged)::text, ' ' ORDER BY created_at)
                FROM activities WHERE merged IS NOT NULL";
    assert_eq!(app.database.text(most).await, "20 3");
}
