//! Account exports, and importing them on another server.

mod making;
mod moving;
mod tampering;

use std::io::{Cursor, Read};

use serde_json::{Value, json};
use zip::ZipArchive;

use crate::{
    imports::{MORNING, import},
    support::{PASSWORD, TestApp, User, fit, until_selects},
};

/// Requests an export and waits for the zip.
pub async fn take_out(app: &TestApp, user: &User) -> Vec<u8> {
    let asked = app.post_as(user, "/me/export", &json!({"password": PASSWORD})).await.expect(202);
    assert_eq!(asked.header("location"), "/me/export");
    // Polls the database instead of the server: making an export yields to requests.
    let status = format!("SELECT status FROM account_exports WHERE user_id = '{}'", user.id);
    until_selects(&app.database, &status, "done").await;
    let now = app.get_as(user, "/me/export").await.expect(200).json();
    assert_eq!(now["status"], "done");
    assert_eq!(now["progress"], 1.0);
    let file = app.get_as(user, "/me/export/file").await.expect(200);
    assert_eq!(file.header("content-type"), "application/zip");
    assert_eq!(json!(file.body.len()), now["bytes"]);
    file.body
}

pub fn entry(zip: &[u8], name: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut content = Vec::new();
    archive.by_name(name).expect(name).read_to_end(&mut content).unwrap();
    content
}

fn manifest(zip: &[u8]) -> Value {
    serde_json::from_slice(&entry(zip, "manifest.json")).unwrap()
}

/// An account with data of every kind.
async fn with_everything(app: &TestApp, email: &str) -> User {
    let ann = app.user(email).await;
    let profile =
        json!({"display_name": "Ann", "preferred_units": "imperial", "time_zone": "Europe/Rome"});
    app.put_as(&ann, "/me/profile", &profile).await.expect(200);
    for target in [100_000, 90_000] {
        let goal = json!({"metric": "distance", "period": "month", "target": target, "activity_type": "run"});
        app.post_as(&ann, "/me/goals", &goal).await.expect(201);
    }
    app.put_as(&ann, "/me/preferences", &json!({"theme": {"dark": true}, "week": 1}))
        .await
        .expect(200);
    // Logged by hand, with every field.
    let lift = json!({
        "activity_type": "lift", "started_at": "2026-01-02T03:04:05.678Z", "duration_secs": 3600, "calories": 250,
        "notes": "a \"quote\", a comma,\nand a line", "title": "Ä 🏋", "elapsed_secs": 4000, "moving_secs": 3500,
        "distance_meters": 0.1, "avg_cadence": 12.3, "utc_offset_minutes": -330, "external_id": "x-1", "source": "my.app-1",
        "sets": [{"exercise": "squat", "reps": 5, "weight_kg": 102.5, "rpe": 8.5, "rest_secs": 120}],
        "laps": [{"duration_secs": 60.5, "distance_meters": 100.25}],
        "device_data": {"deep": [1, 2.5e-3, {"x": null}], "big": 12345678901234567890_u64},
    });
    app.post_as(&ann, "/activities", &lift).await.expect(201);
    // From a file, from a triathlon, and merged from two sources.
    import(app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    let triathlon = fit::activity(&[
        (5, MORNING + 86_400, 300),
        (2, MORNING + 86_760, 600),
        (1, MORNING + 87_420, 300),
    ]);
    import(app, &ann, "tri.fit", &triathlon).await;
    let same = json!({
        "activity_type": "run", "started_at": "2026-05-08T08:00:00Z", "duration_secs": 600, "title": "By hand", "calories": 77,
    });
    app.post_as(&ann, "/activities", &same).await.expect(201);
    import(app, &ann, "b.fit", &fit::run(MORNING + 4 * 86_400, 600)).await;
    // Posted by an app, with its own stored file.
    let workout = json!({
        "id": "w-1", "name": "Outdoor Walk", "start": "2026-07-01 10:00:00 +0200", "end": "2026-07-01 10:10:00 +0200",
        "distance": {"qty": 0.8, "units": "km"},
        "heartRateData": [{"date": "2026-07-01 10:00:10 +0200", "Min": 80, "Avg": 90, "Max": 101, "units": "bpm"}],
    });
    let body = json!({"data": {"workouts": [workout]}});
    app.post_as(&ann, "/integrations/apple/health-auto-export", &body).await.expect(200);
    ann
}
