//! The event of a record that was set.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{app_for, hook};
use crate::{
    imports::import,
    support::{TestApp, User, fit, receiver::Receiver},
};

/// An activity that began some minutes ago.
fn activity(minutes: i64, values: Value) -> Value {
    let at = (Utc::now() - Duration::minutes(minutes)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut activity = json!({"activity_type": "run", "started_at": at, "duration_secs": 30});
    activity.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
    activity
}

async fn log(app: &TestApp, user: &User, minutes: i64, values: Value) -> String {
    let created = app.post_as(user, "/activities", &activity(minutes, values)).await.expect(201);
    created.header("location").to_owned()
}

async fn hook_of_records(app: &TestApp, user: &User, receiver: &Receiver) {
    hook(app, user, &json!({"url": receiver.url, "events": ["record.set"]})).await;
}

async fn posted(app: &TestApp) -> String {
    app.database.text("SELECT count(*) FROM webhook_deliveries").await
}

/// Kind, value and the value before of each record of an event.
fn records(event: &Value) -> Vec<(String, f64, f64)> {
    assert_eq!(event["type"], "record.set", "{event}");
    let records = event["data"]["records"].as_array().unwrap().iter();
    let number = |value: &Value| value.as_f64().unwrap();
    let parts = |record: &Value| {
        let kind = record["kind"].as_str().unwrap().to_owned();
        (kind, number(&record["value"]), number(&record["before"]))
    };
    records.map(parts).collect()
}

#[actix_rt::test]
async fn a_record_is_announced_once_with_the_value_before() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    hook_of_records(&app, &ann, &receiver).await;
    log(&app, &bob, 9, json!({"distance_meters": 99_000})).await;
    // The first of its kind, another sport, the same again, and less.
    log(&app, &ann, 9, json!({"distance_meters": 5000.5})).await;
    log(&app, &ann, 8, json!({"activity_type": "cycle", "distance_meters": 40_000})).await;
    log(&app, &ann, 7, json!({"distance_meters": 5000.5})).await;
    let last = log(&app, &ann, 6, json!({"distance_meters": 4000, "title": "Home"})).await;
    assert_eq!(posted(&app).await, "0");
    app.put_as(&ann, &last, &json!({"distance_meters": 6000})).await.expect(200);
    let event = receiver.got(1).await[0].json();
    assert_eq!(records(&event), [("farthest".to_owned(), 6000.0, 5000.5)]);
    let data = &event["data"];
    assert_eq!(data["activity_id"], last.trim_start_matches("/activities/"));
    assert_eq!(
        (&data["activity_type"], &data["title"], &data["records"][0]["exercise"]),
        (&json!("run"), &json!("Home"), &Value::Null)
    );
    // Less of it, and as much as before, is no news. More is.
    for metres in [5500, 6000] {
        app.put_as(&ann, &last, &json!({"distance_meters": metres})).await.expect(200);
    }
    assert_eq!(posted(&app).await, "1");
    app.put_as(&ann, &last, &json!({"distance_meters": 6001})).await.expect(200);
    let event = receiver.got(2).await[1].json();
    assert_eq!(records(&event), [("farthest".to_owned(), 6001.0, 5000.5)]);
}

/// Five minutes at 5 m/s, faster than [`fit::run`].
fn fast_run(start: i64) -> Vec<u8> {
    let point = |n: i64| {
        let time = DateTime::from_timestamp(start + 10 * n, 0).unwrap().to_rfc3339();
        let latitude = 47.0 + 50.0 / 111_195.0 * n as f64;
        format!("<trkpt lat=\"{latitude}\" lon=\"8\"><time>{time}</time></trkpt>")
    };
    let points: String = (0..=30).map(point).collect();
    format!("<gpx><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>").into_bytes()
}

#[actix_rt::test]
async fn efforts_and_sets_are_announced_as_the_records_are_listed() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    hook_of_records(&app, &ann, &receiver).await;
    let start = Utc::now().timestamp() - 7200;
    import(&app, &ann, "a.fit", &fit::run(start, 600)).await;
    let squats = |reps: u32, kg: f64| {
        json!({"activity_type": "lift", "duration_secs": 30, "sets": [
            {"exercise": " Übung", "reps": reps, "weight_kg": kg},
            {"exercise": "übung", "reps": 0, "weight_kg": 500},
            {"exercise": "plank", "duration_secs": 60},
        ]})
    };
    log(&app, &ann, 30, squats(5, 100.0)).await;
    assert_eq!(posted(&app).await, "0");
    // Twice as long, and so farther; no kilometre of it is faster.
    import(&app, &ann, "b.fit", &fit::run(start + 1800, 1200)).await;
    log(&app, &ann, 20, squats(7, 102.5)).await;
    import(&app, &ann, "c.gpx", &fast_run(start + 5700)).await;
    let events: Vec<_> = receiver.got(3).await.iter().map(|post| post.json()).collect();
    let listed = app.get_as(&ann, "/stats/records").await.expect(200).json();
    let mut found = 0;
    for event in &events {
        for (record, (kind, value, before)) in
            event["data"]["records"].as_array().unwrap().iter().zip(records(event))
        {
            let is_it = |one: &&Value| {
                let sport = one.get("activity_type").unwrap_or(&event["data"]["activity_type"]);
                one["kind"] == kind
                    && one.get("exercise").unwrap_or(&Value::Null) == &record["exercise"]
                    && *sport == event["data"]["activity_type"]
            };
            let one = listed["records"].as_array().unwrap().iter().find(is_it).unwrap();
            let history = one["history"].as_array().unwrap();
            let of_event = |fall: &Value| fall["activity_id"] == event["data"]["activity_id"];
            let at = history.iter().position(of_event).unwrap();
            let numbers = [at, at - 1].map(|at| history[at]["value"].as_f64());
            assert_eq!(numbers, [Some(value), Some(before)], "{kind}");
            found += 1;
        }
    }
    let kinds: Vec<_> = events.iter().flat_map(records).map(|(kind, ..)| kind).collect();
    let has = |kind: &str| kinds.iter().any(|found| found == kind);
    for kind in ["farthest", "longest", "fastest_1km", "heaviest", "most_volume", "one_rep_max"] {
        assert!(has(kind), "{kind} is not among {kinds:?}");
    }
    // Each time a record was broken was announced.
    let broken = |one: &Value| one["history"].as_array().unwrap().len() - 1;
    assert_eq!(listed["records"].as_array().unwrap().iter().map(broken).sum::<usize>(), found);
}

#[actix_rt::test]
async fn an_archive_and_what_was_known_before_the_webhook_are_no_news() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let days = |days: i64| days * 24 * 60;
    log(&app, &ann, days(3), json!({"distance_meters": 5000})).await;
    let known = log(&app, &ann, days(2), json!({"distance_meters": 7000})).await;
    hook_of_records(&app, &ann, &receiver).await;
    app.put_as(&ann, &known, &json!({"distance_meters": 6500})).await.expect(200);
    log(&app, &ann, days(8), json!({"distance_meters": 8000})).await;
    assert_eq!(posted(&app).await, "0");
    // The same run from another source is merged, which is no other record.
    log(&app, &ann, 40, json!({"distance_meters": 8001})).await;
    assert_eq!(posted(&app).await, "1");
    let twice =
        activity(40, json!({"distance_meters": 8001, "source": "watch", "external_id": "1"}));
    app.post_as(&ann, "/activities", &twice).await.expect(200);
    assert_eq!(posted(&app).await, "1");
}
