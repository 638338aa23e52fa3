//! Events that cannot be read, or whose callback URL returns nothing useful.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{
    activities, developer, spawn, spawn_patient, standing, until_read,
    webhook::{START, pushed, tell},
};
use crate::support::{
    Scrape, TestApp, User, fit,
    garmin::{Fault, Garmin, Person, WEBHOOK_SECRET},
    until, until_selects,
};

async fn connected(backoff: &str) -> (TestApp, Garmin, User) {
    let garmin = Garmin::start().await;
    garmin.log_in(Person("g-ann"));
    let app = spawn_patient(&garmin, backoff).await;
    let ann = app.user("ann@example.com").await;
    developer::connect(&app, &garmin, &ann).await.expect(204);
    until_read(&app, &ann).await;
    (app, garmin, ann)
}

async fn ended(app: &TestApp, outcome: &str) -> f64 {
    let series = format!("sports_log_garmin_events_total{{outcome=\"{outcome}\"}}");
    Scrape::of(app).await.count(&series)
}

fn with(id: i64, changes: Value) -> Value {
    let mut event = pushed(id, 1000.0);
    for (name, value) in changes.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

/// The pause after a failure is 30 s: what ends at once was not retried.
#[actix_rt::test]
async fn unreadable_events_are_given_up_at_once() {
    let (app, _garmin, ann) = connected("30").await;
    let none = json!(null);
    let odd = [
        with(1, json!({"startTimeInSeconds": "soon"})),
        with(1, json!({"startTimeInSeconds": i64::MAX})),
        with(1, json!({"startTimeInSeconds": none})),
        with(1, json!({"activityId": {}, "summaryId": []})),
        with(1, json!({"activityId": none, "summaryId": none})),
        json!({"userId": "g-ann"}),
    ];
    let file = json!({"userId": "g-ann", "callbackURL": none});
    let good = with(
        2,
        json!({
            "activityId": "2", "startTimeInSeconds": (START + 7200).to_string(), "durationInSeconds": "600",
            "distanceInMeters": {}, "activityName": 7, "activityType": none, "averageHeartRateInBeatsPerMinute": "120",
            "deviceName": "a\0b", "callbackURL": none,
        }),
    );
    tell(&app, json!({"activities": odd, "activityFiles": [file]})).await.expect(200);
    tell(&app, json!({"activities": [good]})).await.expect(200);
    until("the good one comes", async || activities(&app, &ann).await.len() == 1).await;
    let kept = activities(&app, &ann).await.remove(0);
    for (name, value) in [
        ("external_id", json!("2")),
        ("duration_secs", json!(600)),
        ("distance_meters", json!(null)),
        ("title", json!("7")),
        ("avg_heart_rate", json!(120)),
        ("device", json!(null)),
    ] {
        assert_eq!(kept[name], value, "{name}");
    }
    until_selects(&app.database, "SELECT count(*) FROM garmin_events", "0").await;
    assert_eq!((ended(&app, "unreadable").await, ended(&app, "done").await), (7.0, 1.0));
    let now = standing(&app, &ann).await;
    assert_eq!((&now["needs_reauth"], &now["last_error"]), (&json!(false), &Value::Null));
}

#[actix_rt::test]
async fn an_address_that_gives_nothing_holds_up_no_other_event() {
    let (app, garmin, ann) = connected("30").await;
    let at = |name: &str| garmin.url(&format!("/wellness-api/rest/activities?{name}"));
    garmin.fail("activities?gone", &[Fault::Status(404)]);
    garmin.fail("activities?page", &[Fault::Garbage]);
    garmin.fail("activities?null", &[Fault::Body("null")]);
    garmin.fail("activities?down", &[Fault::Status(503)]);
    garmin.fail("activities?denied", &[Fault::Status(401), Fault::Status(401)]);
    let pings: Vec<_> = ["gone", "page", "null", "down", "denied"]
        .map(|name| json!({"userId": "g-ann", "callbackURL": at(name)}))
        .into();
    let file = with(2, json!({"callbackURL": garmin.url("/wellness-api/rest/activityFile?id=2")}));
    tell(&app, json!({"activities": pings, "activityFiles": [file]})).await.expect(200);
    garmin.set_pulled(vec![pushed(1, 1.0), json!(null), json!({"activityId": 5}), pushed(2, 2.0)]);
    tell(&app, json!({"activities": [{"userId": "g-ann", "callbackURL": at("good")}]}))
        .await
        .expect(200);
    until("both come", async || activities(&app, &ann).await.len() == 2).await;
    assert_eq!(app.database.text("SELECT count(*) FROM garmin_events").await, "6");
    assert_eq!(standing(&app, &ann).await["needs_reauth"], false);
    // They are requested again, each when it is due.
    garmin.set_pulled(vec![pushed(3, 3.0)]);
    garmin.set_file(2, fit::run(START + 7200, 600));
    app.database.execute("UPDATE garmin_events SET due_at = now()").await;
    until("the third comes", async || activities(&app, &ann).await.len() == 3).await;
    until_selects(&app.database, "SELECT count(*) FROM garmin_events", "0").await;
    assert_eq!((ended(&app, "done").await, ended(&app, "gave_up").await), (7.0, 0.0));
    assert_eq!(app.database.text("SELECT count(*) FROM originals").await, "1");
}

#[actix_rt::test]
async fn an_address_that_never_gives_anything_is_given_up() {
    let (app, garmin, ann) = connected("0.05").await;
    garmin.fail("activities?gone", &[Fault::Status(410); 100]);
    garmin.fail("activityFile", &[Fault::Status(401); 100]);
    let url = garmin.url("/wellness-api/rest/activities?gone=1");
    let file = with(1, json!({"callbackURL": garmin.url("/wellness-api/rest/activityFile?id=1")}));
    let body =
        json!({"activities": [{"userId": "g-ann", "callbackURL": url}], "activityFiles": [file]});
    tell(&app, body).await.expect(200);
    until_selects(&app.database, "SELECT count(*) FROM garmin_events", "0").await;
    assert_eq!(ended(&app, "gave_up").await, 2.0);
    assert_eq!(garmin.calls("activities?gone").len(), 5);
    assert_eq!(standing(&app, &ann).await["needs_reauth"], false);
}

/// Garmin sends a notification again unless it is answered with 200.
#[actix_rt::test]
async fn odd_notifications_are_passed_over_and_not_refused_for_ever() {
    let garmin = Garmin::start().await;
    garmin.log_in(Person("g-ann"));
    let app = spawn(&garmin).await;
    let ann = app.user("ann@example.com").await;
    developer::connect(&app, &garmin, &ann).await.expect(204);
    until_read(&app, &ann).await;
    let user = |more: Value| {
        let mut entry = more;
        entry["userId"] = json!("g-ann");
        entry
    };
    for odd in [
        json!({"activities": null, "activityFiles": null, "deregistrations": null}),
        json!({"deregistrations": [null, 7, {}, {"userId": null}, {"userId": ["g-ann"]}]}),
        json!({"userPermissionsChange": [user(json!({"permissions": null})), user(json!({}))]}),
        json!({"activities": [null, 7, [], {"userId": {}}, {"userId": "g\0"}]}),
    ] {
        tell(&app, odd).await.expect(200);
    }
    let path = format!("/integrations/garmin/webhook/{WEBHOOK_SECRET}");
    let half = format!(
        r#"{{"activities": [{{"userId": "g-ann", "activityId": 9, "startTimeInSeconds": {START}, "activityName": "\ud800"}}]}}"#
    );
    let json_type = [("content-type", "application/json")];
    app.send(Method::POST, &path, &json_type, Some(half.into_bytes())).await.expect(200);
    until("it comes without its name", async || activities(&app, &ann).await.len() == 1).await;
    assert_eq!(activities(&app, &ann).await[0]["title"], Value::Null);
    assert_eq!(standing(&app, &ann).await["needs_reauth"], false);
    assert_eq!(ended(&app, "unreadable").await, 12.0);
}
