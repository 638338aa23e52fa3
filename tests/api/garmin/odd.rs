//! Odd answers to personal keys: malformed tokens, denials, values of another type, endless pages.

use serde_json::{Value, json};

use super::{
    KEY, activities, connected, developer, spawn, spawn_patient, standing, sync, until_read,
};
use crate::support::{
    TestApp, User, fit,
    garmin::{Fault, Garmin, Person, listed},
    until, until_selects,
};

const SEARCH: &str = "search/activities";
const TOKEN: &str = "personal-api-key/token";

fn told(app: &TestApp) -> usize {
    app.smtp.mails().iter().filter(|mail| mail.subject.contains("Connect Garmin")).count()
}

/// Requests a sync and waits until one succeeds.
async fn until_well(app: &TestApp, user: &User) {
    app.post_as(user, "/me/garmin/sync", &json!({})).await.expect(202);
    let is_over = "SELECT next_sync_at > now() FROM garmin_connections";
    until_selects(&app.database, is_over, "true").await;
    until("it went well", async || standing(app, user).await["last_error"].is_null()).await;
    assert_eq!(standing(app, user).await["needs_reauth"], false);
}

/// 08:00 UTC, `days_ago` days before today.
fn morning(days_ago: i64) -> i64 {
    chrono::Utc::now().timestamp() / 86_400 * 86_400 - days_ago * 86_400 + 8 * 3600
}

#[actix_rt::test]
async fn what_has_not_the_form_of_a_token_is_not_kept_as_one() {
    let garmin = Garmin::start().await;
    garmin.add_key(KEY);
    let app = spawn(&garmin).await;
    let ann = app.user("ann@example.com").await;
    let body = json!({"api_key": KEY});
    let odd = ["", "null", "\"\"", "{\"error\": \"busy\"}", "please come back later", "undefined"];
    garmin.fail(TOKEN, &[Fault::Garbage]);
    garmin.fail(TOKEN, &odd.map(Fault::Body));
    for _ in 0..7 {
        app.post_as(&ann, "/me/garmin", &body).await.expect_error(502, "provider_error");
    }
    assert_eq!(app.database.text("SELECT count(*) FROM garmin_connections").await, "0");
    // A refused key, whatever the status.
    garmin.fail(TOKEN, &[Fault::Status(403), Fault::Status(400)]);
    for _ in 0..2 {
        app.post_as(&ann, "/me/garmin", &body).await.expect_error(422, "validation_failed");
    }
    app.post_as(&ann, "/me/garmin", &body).await.expect(200);
    until_read(&app, &ann).await;

    // A malformed answer to a renewal does not end the connection.
    garmin.forget_tokens();
    garmin.fail(TOKEN, &[Fault::Garbage, Fault::Body("null"), Fault::Body("<!DOCTYPE html>")]);
    until_well(&app, &ann).await;
    assert_eq!(told(&app), 0);
}

#[actix_rt::test]
async fn nor_is_a_partners() {
    let garmin = Garmin::start().await;
    garmin.log_in(Person("g-ann"));
    let app = spawn(&garmin).await;
    let ann = app.user("ann@example.com").await;
    let page = r#"{"access_token": "<html>maintenance</html>", "refresh_token": "0123456789abcdef", "expires_in": 60}"#;
    let null = r#"{"access_token": null, "refresh_token": "0123456789abcdef"}"#;
    let alone = r#"{"access_token": "0123456789abcdef"}"#;
    garmin.fail("/oauth/token", &[Fault::Garbage]);
    garmin.fail("/oauth/token", &[page, null, alone, "", "[]"].map(Fault::Body));
    for _ in 0..6 {
        developer::connect(&app, &garmin, &ann).await.expect_error(502, "provider_error");
    }
    assert_eq!(app.database.text("SELECT count(*) FROM garmin_connections").await, "0");
    for lifetime in [json!("86400"), json!(null), json!(-1), json!(1e300), json!([])] {
        garmin.set_lifetime(lifetime);
        developer::connect(&app, &garmin, &ann).await.expect(204);
    }
    garmin.fail("/oauth/token", &[page, null, ""].map(Fault::Body));
    database_expires(&app).await;
    until_well(&app, &ann).await;
}

async fn database_expires(app: &TestApp) {
    app.database.execute("UPDATE garmin_connections SET access_expires_at = now()").await;
}

#[actix_rt::test]
async fn a_single_denial_passes_and_three_within_an_hour_are_told() {
    let (app, garmin, ann) = connected(|_| {}).await;
    until_read(&app, &ann).await;
    let sync_denied = async |status: u16, times: usize| {
        garmin.forget_tokens();
        garmin.fail(TOKEN, &vec![Fault::Status(status); times]);
        app.post_as(&ann, "/me/garmin/sync", &json!({})).await.expect(202);
    };
    sync_denied(403, 2).await;
    until("it is denied", async || standing(&app, &ann).await["last_error"]["code"] == "denied")
        .await;
    assert_eq!(standing(&app, &ann).await["needs_reauth"], false);
    until_well(&app, &ann).await;
    // The count starts again: earlier denials do not count.
    for status in [403, 404, 400] {
        let asked = garmin.calls(TOKEN).len();
        sync_denied(status, 3).await;
        until("it is over", async || standing(&app, &ann).await["needs_reauth"] == true).await;
        assert_eq!(garmin.calls(TOKEN).len() - asked, 3);
        assert_eq!(standing(&app, &ann).await["last_error"]["code"], "refused");
        app.post_as(&ann, "/me/garmin", &json!({"api_key": KEY})).await.expect(200);
    }
    until("she is told", async || told(&app) >= 1).await;
}

#[actix_rt::test]
async fn a_list_that_is_denied_to_new_tokens_is_told_too() {
    let (app, garmin, ann) = connected(|garmin| {
        garmin.fail(SEARCH, &[Fault::Status(403); 50]);
    })
    .await;
    until("it is over", async || standing(&app, &ann).await["needs_reauth"] == true).await;
    until("she is told", async || told(&app) >= 1).await;
    assert_eq!(garmin.calls(SEARCH).len(), 6);
}

#[actix_rt::test]
async fn values_of_another_type_cost_themselves_and_no_activity() {
    let (app, _garmin, ann) = connected(|garmin| {
        let mut odd = listed(1, morning(2), 60);
        for (name, value) in [
            ("activityId", json!("1001")),
            ("activityName", json!(["a"])),
            ("activityType", json!("running")),
            ("distance", json!("180.5")),
            ("calories", json!({})),
            ("averageHR", json!("140")),
            ("maxHR", json!(1e300)),
            ("elapsedDuration", json!(-5)),
            ("startTimeLocal", json!(7)),
        ] {
            odd[name] = value;
        }
        garmin.add(odd, None);
        garmin.add(json!(null), None);
        garmin.add(json!("activity"), None);
        garmin.add(listed(2, morning(3), 60), None);
    })
    .await;
    let now = until_read(&app, &ann).await;
    assert_eq!((&now["last_error"], &now["activities"]), (&Value::Null, &json!(2)));
    let odd = activities(&app, &ann).await.remove(0);
    for (name, value) in [
        ("external_id", json!("1001")),
        ("title", json!(null)),
        ("distance_meters", json!(180.5)),
        ("calories", json!(null)),
        ("avg_heart_rate", json!(140)),
        ("max_heart_rate", json!(null)),
        ("utc_offset_minutes", json!(null)),
    ] {
        assert_eq!(odd[name], value, "{name}");
    }
}

#[actix_rt::test]
async fn pages_without_an_end_are_not_read_for_ever() {
    let (app, garmin, ann) = connected(|garmin| {
        for n in 0..45 {
            garmin.add(listed(n + 1, morning(2) + n * 300, 120), None);
        }
        garmin.get_stuck();
    })
    .await;
    until_selects(&app.database, "SELECT next_sync_at > now() FROM garmin_connections", "true")
        .await;
    let now = standing(&app, &ann).await;
    assert_eq!((&now["needs_reauth"], &now["last_error"]), (&json!(false), &Value::Null));
    // The history is read page by page.
    garmin.mend();
    until_read(&app, &ann).await;
    assert_eq!(activities(&app, &ann).await.len(), 45);
}

#[actix_rt::test]
async fn odd_lists_are_asked_for_again() {
    let (app, _garmin, ann) = connected(|garmin| {
        let odd = ["", "null", "{}", "[1", "<!doctype html>", "7", "\u{feff}"];
        garmin.fail(SEARCH, &odd.map(Fault::Body));
        garmin.add(listed(1, morning(1), 60), None);
    })
    .await;
    until_read(&app, &ann).await;
    assert_eq!(activities(&app, &ann).await.len(), 1);
}

/// A missing file does not block the sync, and is added once it is available.
#[actix_rt::test]
async fn an_activity_whose_file_cannot_be_had_is_kept_without_it() {
    let garmin = Garmin::start().await;
    garmin.add_key(KEY);
    for n in 1..=2 {
        garmin.add(listed(n, morning(n), 120), Some(fit::run(morning(n), 120)));
    }
    garmin.fail("files/activity/1", &[Fault::Status(500); 100]);
    let app = spawn_patient(&garmin, "0.01").await;
    let ann: User = app.user("ann@example.com").await;
    app.post_as(&ann, "/me/garmin", &json!({"api_key": KEY})).await.expect(200);
    until_read(&app, &ann).await;
    assert_eq!(activities(&app, &ann).await.len(), 2);
    assert_eq!(app.database.text("SELECT count(*) FROM originals").await, "1");
    sync(&app, &ann).await;
    garmin.mend();
    sync(&app, &ann).await;
    assert_eq!(activities(&app, &ann).await.len(), 2);
    assert_eq!(app.database.text("SELECT count(*) FROM originals").await, "2");
    let calls = garmin.calls("download-service").len();
    sync(&app, &ann).await;
    assert_eq!(garmin.calls("download-service").len(), calls);
}

#[actix_rt::test]
async fn what_a_file_lacks_is_listed_among_the_imports() {
    let (app, _garmin, ann) = connected(|garmin| {
        let run = fit::run(morning(2), 60);
        garmin.add(listed(1, morning(2), 60), Some(run[..run.len() - 30].to_vec()));
        garmin.add(listed(2, morning(3), 60), Some(b"no recording".to_vec()));
        garmin.add(listed(3, morning(4), 60), Some(fit::run(morning(4), 60)));
    })
    .await;
    until_read(&app, &ann).await;
    assert_eq!(activities(&app, &ann).await.len(), 3);
    let list = app.get_as(&ann, "/imports").await.expect(200).json();
    let [import] = list["imports"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(
        (&import["code"], &import["message"]),
        (&json!("garmin"), &json!("Garmin: 2 read with a warning"))
    );
    let path = format!("/imports/{}", import["id"].as_str().unwrap());
    let files = app.get_as(&ann, &path).await.expect(200).json()["files"].clone();
    let mut told: Vec<_> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["name"].as_str().unwrap(), file["warning"].as_str().unwrap()))
        .collect();
    told.sort_unstable();
    let [(cut, why), (other, why_not)] = told[..] else { panic!("{files}") };
    assert_eq!((cut, other), ("1_ACTIVITY.fit", "activity 2"));
    assert!(!why.is_empty() && why_not.starts_with("its file was not read: "), "{files}");
    assert_eq!(files[0]["activity_ids"].as_array().unwrap().len(), 1);
}
