//! The same activity from a watch that measured it, and from a file that has only points. The
//! measured values are shown, whichever came first.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{activities, import, outcomes};
use crate::{
    account_export::take_out,
    support::{TestApp, User},
};

/// Ten minutes of movement with half an hour of rest in the middle: seconds since 08:00.
pub fn with_a_rest() -> Vec<i64> {
    (0..=300).step_by(5).chain((2100..=2400).step_by(5)).collect()
}

pub fn time(secs: i64) -> String {
    format!("2026-05-04T{:02}:{:02}:{:02}Z", 8 + secs / 3600, secs / 60 % 60, secs % 60)
}

/// The latitude after moving northward at 3 m/s, except during the rest.
fn latitude(secs: i64) -> f64 {
    let moved = if secs > 2000 { secs - 1800 } else { secs };
    47.0 + moved as f64 * 3.0 / 111_195.0
}

/// A file as other programs export it: points, but no totals.
pub fn gpx(times: &[i64]) -> Vec<u8> {
    let points: String = times
        .iter()
        .map(|secs| {
            let (latitude, time) = (latitude(*secs), time(*secs));
            format!("<trkpt lat='{latitude}' lon='8'><ele>400</ele><time>{time}</time></trkpt>\n")
        })
        .collect();
    format!("<gpx version='1.1' creator='x'><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>")
        .into_bytes()
}

/// A file as a watch writes it: totals, and a heart rate at each point.
pub fn tcx(times: &[i64], secs: i64, metres: f64) -> Vec<u8> {
    let points: String = times
        .iter()
        .map(|secs| {
            let (latitude, time) = (latitude(*secs), time(*secs));
            format!(
                "<Trackpoint><Time>{time}</Time><Position><LatitudeDegrees>{latitude}</LatitudeDegrees>
                 <LongitudeDegrees>8</LongitudeDegrees></Position><AltitudeMeters>400</AltitudeMeters>
                 <HeartRateBpm><Value>140</Value></HeartRateBpm></Trackpoint>\n"
            )
        })
        .collect();
    let start = time(times[0]);
    format!(
        "<TrainingCenterDatabase><Activities><Activity Sport='Running'><Id>{start}</Id><Lap StartTime='{start}'>
         <TotalTimeSeconds>{secs}</TotalTimeSeconds><DistanceMeters>{metres}</DistanceMeters><Calories>321</Calories>
         <Track>{points}</Track></Lap></Activity></Activities></TrainingCenterDatabase>"
    )
    .into_bytes()
}

async fn only(app: &TestApp, user: &User) -> Value {
    let list = app.get_as(user, "/activities").await.expect(200).json();
    assert_eq!(list["activities"].as_array().unwrap().len(), 1, "{list}");
    let id = list["activities"][0]["id"].as_str().unwrap();
    app.get_as(user, &format!("/activities/{id}")).await.expect(200).json()
}

async fn unmerge(app: &TestApp, user: &User, activity: &Value) -> Value {
    let path = format!("/activities/{}/unmerge", activity["id"].as_str().unwrap());
    app.request(user, Method::POST, &path, None).await.expect(200).json()
}

/// The activity without the fields that every change updates.
fn lasting(mut activity: Value) -> Value {
    for name in ["revision", "updated_at"] {
        activity.as_object_mut().unwrap().remove(name);
    }
    activity
}

fn fields(activity: &Value) -> Vec<&str> {
    let fields = activity["merged"][0]["fields"].as_array().unwrap();
    fields.iter().map(|field| field.as_str().unwrap()).collect()
}

#[actix_rt::test]
async fn what_was_measured_is_shown_whichever_came_first() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let times = with_a_rest();
    let (watch, points) = (tcx(&times, 600, 1850.0), gpx(&times));
    import(&app, &ann, "a.tcx", &watch).await;
    assert_eq!(outcomes(&import(&app, &ann, "b.gpx", &points).await)[0].1, "merged");
    import(&app, &bob, "b.gpx", &points).await;
    let before = only(&app, &bob).await;
    assert_eq!((&before["duration_secs"], &before["elapsed_secs"]), (&json!(2400), &json!(2400)));
    assert_eq!(outcomes(&import(&app, &bob, "a.tcx", &watch).await)[0].1, "merged");
    let (first, second) = (only(&app, &ann).await, only(&app, &bob).await);
    for name in ["duration_secs", "distance_meters", "elapsed_secs", "calories", "avg_heart_rate"] {
        assert_eq!(first[name], second[name], "{name}");
    }
    assert_eq!((&first["duration_secs"], &first["distance_meters"]), (&json!(600), &json!(1850.0)));
    assert_eq!(second["id"], before["id"]);
    for name in ["duration_secs", "distance_meters", "calories", "avg_heart_rate"] {
        assert!(fields(&second).contains(&name), "{name}: {second}");
    }
    // The series come from the file that has more of them.
    for (user, activity) in [(&ann, &first), (&bob, &second)] {
        let path = format!("/activities/{}/streams", activity["id"].as_str().unwrap());
        let streams = app.get_as(user, &path).await.expect(200).json();
        assert_eq!(streams["series"]["heart_rate"][0], 140.0);
        let chart = format!("/activities/{}/chart.svg", activity["id"].as_str().unwrap());
        app.get_as(user, &chart).await.expect(200);
    }
    let summary = app.get_as(&bob, "/stats/summary").await.expect(200).json();
    assert_eq!(summary["totals"]["distance_meters"], 1850.0);

    // After unmerging, each is as it was.
    assert_eq!(lasting(unmerge(&app, &bob, &second).await), lasting(before));
    let list = app.get_as(&bob, "/activities").await.expect(200).json();
    assert_eq!(list["activities"].as_array().unwrap().len(), 2);
}

#[actix_rt::test]
async fn what_a_person_wrote_is_never_replaced() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let times = with_a_rest();
    import(&app, &ann, "b.gpx", &gpx(&times)).await;
    let path = format!("/activities/{}", only(&app, &ann).await["id"].as_str().unwrap());
    let own =
        json!({"distance_meters": 1790, "calories": null, "title": "Rest", "elapsed_secs": 2400});
    app.put_as(&ann, &path, &own).await.expect(200);
    app.put_as(&ann, &path, &json!({"avg_heart_rate": 99})).await.expect(200);
    app.put_as(&ann, &path, &json!({"avg_heart_rate": null})).await.expect(200);
    let before = only(&app, &ann).await;
    import(&app, &ann, "a.tcx", &tcx(&times, 600, 1850.0)).await;
    let merged = only(&app, &ann).await;
    for (name, value) in [
        ("distance_meters", json!(1790.0)),
        ("title", json!("Rest")),
        ("avg_heart_rate", json!(null)),
        ("duration_secs", json!(600)),
        ("calories", json!(321)),
    ] {
        assert_eq!(merged[name], value, "{name}");
    }
    // A replaced value that the owner edits afterwards stays when the activities are unmerged.
    app.put_as(&ann, &path, &json!({"duration_secs": 610})).await.expect(200);
    let mut expected = lasting(before);
    expected["duration_secs"] = json!(610);
    assert_eq!(lasting(unmerge(&app, &ann, &merged).await), expected);
}

#[actix_rt::test]
async fn who_began_the_timer_later_has_the_same_ride() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let hour: Vec<i64> = (0..=3600).step_by(10).collect();
    import(&app, &ann, "a.tcx", &tcx(&hour, 3600, 10_800.0)).await;
    for (from, to, metres, expected) in [
        // Two minutes later, with a similar distance.
        (120, 3600, 10_500.0, "merged"),
        // Another distance is another ride.
        (120, 3600, 9_000.0, "imported"),
        // So are the first half, the hour after, and an hour that overlaps.
        (0, 1800, 5_400.0, "imported"),
        (3600, 7200, 10_800.0, "imported"),
        (600, 4200, 10_800.0, "imported"),
    ] {
        let times: Vec<i64> = (from..=to).step_by(10).collect();
        let file = tcx(&times, to - from, metres);
        let import = import(&app, &ann, "b.tcx", &file).await;
        assert_eq!(outcomes(&import)[0].1, expected, "{from} {to} {metres}");
    }
}

#[actix_rt::test]
async fn parts_of_a_file_are_not_the_same_as_one_another() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let times = with_a_rest();
    import(&app, &ann, "a.gpx", &gpx(&times)).await;
    let one = String::from_utf8(tcx(&times, 600, 1850.0)).unwrap();
    let (start, end) = (one.find("<Activity ").unwrap(), one.find("</Activities>").unwrap());
    // A file with two activities that began at the same time.
    let other = String::from_utf8(tcx(&times, 600, 1900.0)).unwrap();
    let twice = format!("{}{}{}", &one[..end], &other[start..end], &one[end..]);
    let import = import(&app, &ann, "b.tcx", twice.as_bytes()).await;
    let found = activities(&app, &ann, &import).await;
    assert_eq!(found.len(), 2);
    assert_ne!(found[0]["id"], found[1]["id"]);
}

#[actix_rt::test]
async fn an_account_export_remembers_what_was_measured_and_what_was_edited() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let times = with_a_rest();
    import(&app, &ann, "b.gpx", &gpx(&times)).await;
    let before = only(&app, &ann).await;
    let path = format!("/activities/{}", before["id"].as_str().unwrap());
    app.put_as(&ann, &path, &json!({"title": "Mine"})).await.expect(200);
    import(&app, &ann, "a.tcx", &tcx(&times, 600, 1850.0)).await;
    let home = take_out(&app, &ann).await;
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    import(&app, &bob, "home.zip", &home).await;
    let there = only(&app, &bob).await;
    assert_eq!((&there["duration_secs"], &there["title"]), (&json!(600), &json!("Mine")));
    let apart = unmerge(&app, &bob, &there).await;
    for name in ["duration_secs", "distance_meters", "elapsed_secs", "calories"] {
        assert_eq!(apart[name], before[name], "{name}");
    }
    let known = "SELECT edited::text || ' ' || array_length(computed, 1) FROM activities WHERE title = 'Mine'";
    let computed = app.database.text(known).await;
    assert!(computed.starts_with("{title} "), "{computed}");
}
