//! When two records are one activity and when they are two, by sport and by source, for every way
//! to import.

use serde_json::{Value, json};

use super::{MORNING, health_auto_export::post, import, outcomes};
use crate::support::{TestApp, User, fit};

async fn kinds(app: &TestApp, user: &User) -> Vec<String> {
    let list = app.get_as(user, "/activities?sort=duration_secs").await.expect(200).json();
    let list = list["activities"].as_array().unwrap().iter();
    let mut kinds: Vec<_> =
        list.map(|one| one["activity_type"].as_str().unwrap().to_owned()).collect();
    kinds.sort_unstable();
    kinds
}

/// The same ten minutes as TCX, which has three sports.
fn tcx(sport: &str) -> Vec<u8> {
    format!(
        "<TrainingCenterDatabase><Activities><Activity Sport='{sport}'><Id>2026-05-04T08:00:00Z</Id>
         <Lap StartTime='2026-05-04T08:00:00Z'><TotalTimeSeconds>601</TotalTimeSeconds></Lap>
         </Activity></Activities></TrainingCenterDatabase>"
    )
    .into_bytes()
}

/// The same ten minutes as the app posts them.
fn workout(id: &str, name: &str) -> Value {
    json!({"id": id, "name": name, "duration": 600,
           "start": "2026-05-04 10:00:00 +0200", "end": "2026-05-04 10:10:00 +0200"})
}

/// The same ten minutes as a client posts them.
fn activity(source: &str, activity_type: &str) -> Value {
    json!({"source": source, "activity_type": activity_type, "duration_secs": 602,
           "started_at": "2026-05-04T08:00:00Z", "external_id": activity_type})
}

#[actix_rt::test]
async fn a_file_of_another_sport_is_another_activity() {
    let app = TestApp::spawn().await;
    for (sport, outcome) in [("Running", "merged"), ("Other", "merged"), ("Biking", "imported")] {
        let user = app.user(&format!("{sport}@example.com")).await;
        import(&app, &user, "a.fit", &fit::run(MORNING, 600)).await;
        let second = import(&app, &user, "b.tcx", &tcx(sport)).await;
        assert_eq!(outcomes(&second)[0].1, outcome, "{sport}");
    }
}

#[actix_rt::test]
async fn what_a_client_writes_of_another_sport_is_another_activity() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let sports = [
        ("trail_run", "merged"),
        ("other", "merged"),
        ("cardio", "merged"),
        ("my_own_sport", "merged"),
        ("lift", "created"),
        // Neither the activity that is shown nor a record merged into it is a ride.
        ("cycle", "created"),
        ("walk", "merged"),
    ];
    let run = activity("garmin", "run");
    app.post_as(&ann, "/activities", &run).await.expect(201);
    for (number, (sport, status)) in sports.iter().enumerate() {
        let body = activity(&format!("app-{number}"), sport);
        let expected = if *status == "created" { 201 } else { 200 };
        app.post_as(&ann, "/activities", &body).await.expect(expected);
    }
    assert_eq!(kinds(&app, &ann).await.len(), 3);
    // The same in one batch.
    let items = sports.iter().enumerate();
    let items = items.map(|(number, (sport, _))| activity(&format!("app-{number}"), sport));
    let items: Vec<_> = [run].into_iter().chain(items).collect();
    let body = json!({ "activities": items });
    let answer = app.post_as(&bob, "/activities/batch", &body).await.expect(200).json();
    for ((sport, status), result) in sports.iter().zip(&answer["results"].as_array().unwrap()[1..])
    {
        assert_eq!(result["status"], *status, "{sport}");
    }
}

/// An activity without a specific sport does not join two activities of different sports.
#[actix_rt::test]
async fn records_of_one_activity_are_of_one_sport() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    app.post_as(&ann, "/activities", &activity("garmin", "other")).await.expect(201);
    app.post_as(&ann, "/activities", &activity("apple", "run")).await.expect(200);
    app.post_as(&ann, "/activities", &activity("my-app", "lift")).await.expect(201);
    assert_eq!(kinds(&app, &ann).await, ["lift", "other"]);
}

/// The ids of an app are reliable: two of its workouts are two activities, in one post or in
/// several.
#[actix_rt::test]
async fn two_workouts_of_one_app_are_two() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (one, other) = (workout("w-1", "Running"), workout("w-2", "Running"));
    let first = post(&app, &ann, json!([one, other])).await;
    let third = post(&app, &ann, json!([workout("w-3", "Running")])).await;
    assert!([&first[0], &first[1], &third[0]].iter().all(|result| result["outcome"] == "imported"));
    assert_eq!(kinds(&app, &ann).await, ["run", "run", "run"]);
    // The watch's file is merged with the first workout. The others stay two activities.
    import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    assert_eq!(kinds(&app, &ann).await.len(), 3);
    let again = post(&app, &ann, json!([workout("w-4", "Strength Training")])).await;
    assert_eq!(again[0]["outcome"], "imported");

    // With a file from another source, one of the two is merged all the same.
    let bob = app.user("bob@example.com").await;
    import(&app, &bob, "a.fit", &fit::run(MORNING, 600)).await;
    let results = post(&app, &bob, json!([one, other])).await;
    assert_eq!(
        (&results[0]["outcome"], &results[1]["outcome"]),
        (&json!("merged"), &json!("imported"))
    );
}

/// Two devices of one account, and the Apple Health export beside the app: these are the same
/// activity.
#[actix_rt::test]
async fn two_devices_of_one_source_are_one() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let workout_of = |device: &str, second: u32| {
        format!(
            "<Workout workoutActivityType='HKWorkoutActivityTypeRunning' duration='10' durationUnit='min'
              sourceName='{device}' startDate='2026-05-04 10:00:{second:02} +0200'
              endDate='2026-05-04 10:10:00 +0200'/>"
        )
    };
    let export = |workouts: &[String]| {
        let workouts = workouts.concat();
        format!(
            "<HealthData><ExportDate value='2026-06-01 10:00:00 +0200'/>{workouts}</HealthData>"
        )
    };
    let all = [workout_of("Watch", 0), workout_of("Phone", 0), workout_of("Watch", 9)];
    let first = import(&app, &ann, "export.xml", export(&all).as_bytes()).await;
    let outcome = |import: &Value| {
        let all = outcomes(import).into_iter().map(|(_, outcome, _)| outcome);
        all.collect::<Vec<_>>()
    };
    assert_eq!(outcome(&first), ["imported", "merged", "imported"]);
    assert_eq!(post(&app, &ann, json!([workout("w-1", "Running")])).await[0]["outcome"], "merged");
    let second = post(&app, &ann, json!([workout("w-2", "Running")])).await;
    assert_eq!(second[0]["outcome"], "merged");
    let third = post(&app, &ann, json!([workout("w-3", "Running")])).await;
    assert_eq!(third[0]["outcome"], "imported");
}
