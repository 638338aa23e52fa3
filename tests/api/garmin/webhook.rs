//! Notifications from Garmin.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{activities, developer::connect, spawn, standing, until_read};
use crate::support::{
    Answer, TestApp, User, fit,
    garmin::{Fault, Garmin, Person, WEBHOOK_SECRET},
    until, until_selects,
};

pub const START: i64 = 1_777_881_600;

async fn connected() -> (TestApp, Garmin, User) {
    let garmin = Garmin::start().await;
    garmin.log_in(Person("g-ann"));
    let app = spawn(&garmin).await;
    let ann = app.user("ann@example.com").await;
    connect(&app, &garmin, &ann).await.expect(204);
    until_read(&app, &ann).await;
    (app, garmin, ann)
}

pub async fn tell(app: &TestApp, body: Value) -> Answer {
    app.post(&format!("/integrations/garmin/webhook/{WEBHOOK_SECRET}"), &body).await
}

pub fn pushed(id: i64, distance: f64) -> Value {
    json!({
        "userId": "g-ann", "userAccessToken": "x", "summaryId": format!("{id}-detail"), "activityId": id,
        "activityType": "TRAIL_RUNNING", "activityName": "Over the hill", "startTimeInSeconds": START + id * 3600,
        "startTimeOffsetInSeconds": 7200, "durationInSeconds": 600, "distanceInMeters": distance,
        "activeKilocalories": 99, "averageHeartRateInBeatsPerMinute": 120, "maxHeartRateInBeatsPerMinute": 0,
        "totalElevationGainInMeters": 80.5, "deviceName": "Forerunner", "steps": 1000, "manual": false
    })
}

#[actix_rt::test]
async fn what_is_pushed_is_kept_and_changed_and_never_doubled() {
    let (app, garmin, ann) = connected().await;
    tell(&app, json!({"activities": [pushed(1, 1000.0), pushed(2, 2000.0)]})).await.expect(200);
    until("both came", async || activities(&app, &ann).await.len() == 2).await;
    let one = activities(&app, &ann).await.pop().unwrap();
    for (name, value) in [
        ("activity_type", json!("trail_run")),
        ("source", json!("garmin")),
        ("external_id", json!("1")),
        ("title", json!("Over the hill")),
        ("started_at", json!("2026-05-04T09:00:00Z")),
        ("utc_offset_minutes", json!(120)),
        ("duration_secs", json!(600)),
        ("distance_meters", json!(1000.0)),
        ("calories", json!(99)),
        ("avg_heart_rate", json!(120)),
        ("max_heart_rate", json!(null)),
        ("elevation_gain_meters", json!(80.5)),
        ("device", json!("Forerunner")),
    ] {
        assert_eq!(one[name], value, "{name}");
    }
    tell(&app, json!({"activities": [pushed(1, 1100.0), pushed(2, 2000.0)]})).await.expect(200);
    let distances =
        "SELECT string_agg(distance_meters::text, ' ' ORDER BY external_id) FROM activities";
    until_selects(&app.database, distances, "1100 2000").await;

    // The file is downloaded as soon as it is available.
    let run = fit::run(START + 3600, 600);
    garmin.set_file(1, run.clone());
    garmin.fail("activityFile", &[Fault::Status(500)]);
    let file = json!({"userId": "g-ann", "activityId": 1, "summaryId": "1-file", "fileType": "FIT",
                      "startTimeInSeconds": START + 3600, "callbackURL": garmin.url("/wellness-api/rest/activityFile?id=1&token=t")});
    tell(&app, json!({"activityFiles": [file]})).await.expect(200);
    until_selects(&app.database, "SELECT count(*) FROM originals", "1").await;
    let id = one["id"].as_str().unwrap();
    let original = app.get_as(&ann, &format!("/activities/{id}/original")).await.expect(200);
    assert_eq!(original.body, run);
    app.get_as(&ann, &format!("/activities/{id}/streams")).await.expect(200);
    let now = app.get_as(&ann, &format!("/activities/{id}")).await.expect(200).json();
    assert_eq!(now["title"], "Over the hill");
    assert_eq!(activities(&app, &ann).await.len(), 2);

    // An activity that was deleted here does not come back.
    app.request(&ann, Method::DELETE, &format!("/activities/{id}"), None).await.expect(204);
    tell(
        &app,
        json!({"activities": [pushed(1, 1200.0), pushed(3, 3000.0)], "activityFiles": [file]}),
    )
    .await
    .expect(200);
    until_selects(&app.database, "SELECT count(*) FROM garmin_events", "0").await;
    until_selects(&app.database, distances, "2000 3000").await;
}

/// An activity that was listed as a whole turns out to have parts when its file arrives.
#[actix_rt::test]
async fn the_file_of_a_triathlon_brings_its_parts_once() {
    let (app, garmin, ann) = connected().await;
    let mut whole = pushed(1, 50_000.0);
    whole["activityType"] = json!("MULTI_SPORT");
    whole["durationInSeconds"] = json!(700);
    tell(&app, json!({"activities": [whole]})).await.expect(200);
    until("it came", async || activities(&app, &ann).await.len() == 1).await;
    let start = START + 3600;
    let tell_of = async |third: u32, originals: &str| {
        let parts = [(5, start, 300), (2, start + 300, 300), (1, start + 600, third)];
        garmin.set_file(1, fit::activity(&parts));
        let url = garmin.url(&format!("/wellness-api/rest/activityFile?id=1&token={third}"));
        let file = json!({"userId": "g-ann", "activityId": 1, "fileType": "FIT",
                          "startTimeInSeconds": start, "callbackURL": url});
        tell(&app, json!({"activityFiles": [file]})).await.expect(200);
        until_selects(&app.database, "SELECT count(*) FROM garmin_events", "0").await;
        assert_eq!(app.database.text("SELECT count(*) FROM originals").await, originals);
    };
    tell_of(100, "1").await;
    let kinds = async || {
        let all = activities(&app, &ann).await;
        let text = |one: &Value| {
            format!("{} {}", one["sport_raw"].as_str().unwrap(), one["duration_secs"])
        };
        all.iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(kinds().await, ["running 100", "cycling 300", "swimming 300"]);
    // The same file again, changed: its parts exist already.
    tell_of(110, "2").await;
    assert_eq!(kinds().await.len(), 3);
}

#[actix_rt::test]
async fn what_is_pinged_is_fetched_from_garmin_and_from_nowhere_else() {
    let (app, garmin, ann) = connected().await;
    let elsewhere = Garmin::start().await;
    garmin.set_pulled(vec![pushed(1, 1000.0), pushed(2, 2000.0)]);
    let ping = |url: String| json!({"activities": [{"userId": "g-ann", "callbackURL": url}]});
    tell(&app, ping(elsewhere.url("/wellness-api/rest/activities?x=1"))).await.expect(200);
    tell(&app, ping("file:///etc/passwd".to_owned())).await.expect(200);
    tell(&app, ping(garmin.url("/wellness-api/rest/activities?x=1"))).await.expect(200);
    until("both came", async || activities(&app, &ann).await.len() == 2).await;
    assert!(elsewhere.calls("").is_empty());
}

#[actix_rt::test]
async fn nobody_else_is_heard_and_nothing_odd_does_harm() {
    let (app, _garmin, ann) = connected().await;
    let body = json!({"activities": [pushed(1, 1000.0)]});
    app.post("/integrations/garmin/webhook/guess", &body).await.expect_error(404, "not_found");
    app.post(&format!("/integrations/garmin/webhook/{WEBHOOK_SECRET}0"), &body)
        .await
        .expect_error(404, "not_found");
    tell(&app, json!([])).await.expect_error(422, "validation_failed");
    let mut stranger = pushed(7, 1.0);
    stranger["userId"] = json!("g-nobody");
    let mut late = pushed(8, 1.0);
    late["startTimeInSeconds"] = json!(i64::MAX);
    let mut null = pushed(9, 1.0);
    null["activityName"] = json!("a\u{0}b");
    let mut bare = json!({"userId": "g-ann", "summaryId": "s", "startTimeInSeconds": START});
    let odd = json!({"activities": [stranger, late, null, {"userId": "g-ann"}, {"a": 1}, 5, bare.take()],
                     "epochs": [{"userId": "g-ann"}], "deregistrations": [{"userId": "g-nobody\u{0}"}]});
    tell(&app, odd).await.expect(200);
    let half = r#"{"activities": [{"userId": "g-ann", "x": "\ud800"}]}"#.as_bytes().to_vec();
    let path = format!("/integrations/garmin/webhook/{WEBHOOK_SECRET}");
    let json_type = [("content-type", "application/json")];
    app.send(Method::POST, &path, &json_type, Some(half)).await.expect(200);
    tell(&app, json!({"activities": [pushed(1, 1000.0)]})).await.expect(200);
    until_selects(&app.database, "SELECT count(*) FROM garmin_events", "0").await;
    let all = activities(&app, &ann).await;
    assert!(all.iter().any(|one| one["external_id"] == "1"), "{all:?}");
    assert_eq!(standing(&app, &ann).await["needs_reauth"], false);
}

#[actix_rt::test]
async fn who_ends_it_at_garmin_is_told_what_to_do() {
    let (app, garmin, ann) = connected().await;
    let change = |permissions: Value| {
        json!({"userPermissionsChange": [{"userId": "g-ann", "summaryId": "x", "permissions": permissions,
                                          "changeTimeInSeconds": START}]})
    };
    tell(&app, change(json!(["HEALTH_EXPORT"]))).await.expect(200);
    let now = standing(&app, &ann).await;
    assert_eq!(
        (&now["needs_reauth"], &now["last_error"]["code"]),
        (&json!(true), &json!("permission_missing"))
    );
    tell(&app, change(json!(["ACTIVITY_EXPORT", "HEALTH_EXPORT"]))).await.expect(200);
    assert_eq!(standing(&app, &ann).await["needs_reauth"], false);
    // A request that is in flight at that moment succeeds, but does not count as a working
    // connection.
    until("nothing is under way", async || standing(&app, &ann).await["is_syncing"] == false).await;
    garmin.fail("wellness-api/rest/activities", &[Fault::Held]);
    garmin.set_pulled(vec![pushed(1, 1000.0)]);
    let url = garmin.url("/wellness-api/rest/activities?x=1");
    tell(&app, json!({"activities": [{"userId": "g-ann", "callbackURL": url}]})).await.expect(200);
    until("it is fetched", async || !garmin.calls("rest/activities?x=1").is_empty()).await;
    tell(&app, json!({"deregistrations": [{"userId": "g-ann", "userAccessToken": "x"}]}))
        .await
        .expect(200);
    garmin.let_go();
    until("nothing is under way", async || standing(&app, &ann).await["is_syncing"] == false).await;
    let now = standing(&app, &ann).await;
    assert_eq!(
        (&now["needs_reauth"], &now["last_error"]["code"]),
        (&json!(true), &json!("revoked"))
    );
    until("she is told", async || {
        app.smtp.mails().iter().any(|mail| mail.subject.contains("Connect Garmin"))
    })
    .await;
}
