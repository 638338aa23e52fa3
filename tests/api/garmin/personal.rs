//! Personal API keys, which people create at Garmin.

use actix_web::http::Method;
use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};

use super::{KEY, activities, connected, spawn, standing, sync, until_read};
use crate::support::{
    fit,
    garmin::{Garmin, listed},
    process::{run, said},
};

/// Another encryption key for tokens.
const NEXT: &str = "Q9wE5rT1yU7iO3pA8sD4fG6hJ2kL0zXcVbNm";

const DAY: i64 = 86_400;

/// 08:00 UTC, `days_ago` days before today.
fn morning(days_ago: i64) -> i64 {
    Utc::now().timestamp() / DAY * DAY - days_ago * DAY + 8 * 3600
}

#[actix_rt::test]
async fn a_key_is_tried_before_it_is_kept_and_kept_encrypted() {
    let garmin = Garmin::start().await;
    let app = spawn(&garmin).await;
    let ann = app.user("ann@example.com").await;
    let none = app.get_as(&ann, "/me/garmin").await.expect(200).json();
    assert_eq!(none, json!({"modes": ["personal", "developer"], "connection": null}));
    let connect = async |body: Value| app.post_as(&ann, "/me/garmin", &body).await;
    let wrong = connect(json!({"api_key": KEY})).await.expect_error(422, "validation_failed");
    assert_eq!(wrong.json()["fields"][0]["code"], "refused");
    for body in
        [json!({}), json!({"api_key": null}), json!({"api_key": " "}), json!({"api_key": "a b"})]
    {
        connect(body).await.expect_error(422, "validation_failed");
    }
    app.post_as(&ann, "/me/garmin/sync", &json!({})).await.expect_error(404, "not_found");
    app.request(&ann, Method::DELETE, "/me/garmin", None).await.expect_error(404, "not_found");
    assert_eq!(app.database.text("SELECT count(*) FROM garmin_connections").await, "0");

    garmin.add_key(KEY);
    let made = connect(json!({"api_key": format!(" {KEY}\n")})).await.expect(200).json();
    assert_eq!(made["connection"]["mode"], "personal");
    until_read(&app, &ann).await;
    let kept = app.database.text("SELECT row_to_json(c)::text FROM garmin_connections c").await;
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(!kept.contains(&hex(KEY)) && !kept.contains(&hex("eyJ.")), "{kept}");
    // Personal access tokens give access to the log, not to connections.
    let token =
        json!({"name": "t", "scopes": ["activities:write"], "password": crate::support::PASSWORD});
    let token = app.post_as(&ann, "/me/tokens", &token).await.expect(201).json();
    let bearer =
        crate::support::User { token: token["token"].as_str().unwrap().to_owned(), ..ann.clone() };
    app.get_as(&bearer, "/me/garmin").await.expect_error(403, "insufficient_scope");

    // After a change of `OAUTH_TOKEN_KEY`, the stored tokens are encrypted again.
    let mut rotated = crate::support::settings(&app.database.url, app.smtp.port);
    rotated.push(("OAUTH_TOKEN_KEY", NEXT.to_owned()));
    rotated.push(("OAUTH_TOKEN_KEY_PREVIOUS", crate::support::OAUTH_TOKEN_KEY.to_owned()));
    for expected in ["1 connections re-encrypted", "0 connections re-encrypted"] {
        let output = run(&["reencrypt-tokens"], &rotated);
        assert!(output.status.success() && said(&output).contains(expected), "{output:?}");
    }
    let mut settings = garmin.settings();
    settings.retain(|(name, _)| *name != "OAUTH_TOKEN_KEY");
    settings.push(("OAUTH_TOKEN_KEY", NEXT.to_owned()));
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
    let app = app.restarted(&settings).await;
    assert_eq!(sync(&app, &ann).await["last_error"], Value::Null);

    app.request(&ann, Method::DELETE, "/me/garmin", None).await.expect(204);
    assert_eq!(standing(&app, &ann).await, Value::Null);
    crate::support::until_selects(&app.database, "SELECT count(*) FROM garmin_connections", "0")
        .await;
}

#[actix_rt::test]
async fn the_whole_log_comes_page_by_page_and_nothing_twice() {
    let (app, garmin, ann) = connected(|garmin| {
        // 95 activities with files over some years, fifty of them on one day.
        for n in 0..95 {
            let start =
                if (30..80).contains(&n) { morning(400) + n * 300 } else { morning(n * 10) };
            garmin.add(listed(n + 1, start, 120), Some(fit::run(start, 120)));
        }
    })
    .await;
    let now = until_read(&app, &ann).await;
    assert_eq!((&now["activities"], &now["last_error"]), (&json!(95), &Value::Null));
    for (query, expected) in [
        (
            "SELECT count(*) FROM activities WHERE source = 'garmin' AND original_id IS NOT NULL",
            "95",
        ),
        ("SELECT count(DISTINCT external_id) FROM activities", "95"),
        ("SELECT count(*) FROM activity_streams", "95"),
    ] {
        assert_eq!(app.database.text(query).await, expected, "{query}");
    }
    let one = &activities(&app, &ann).await[0];
    assert_eq!((&one["title"], &one["external_id"]), (&json!("Run 1"), &json!("1")));
    assert_eq!((&one["utc_offset_minutes"], &one["calories"]), (&json!(60), &json!(321)));
    let path = format!("/activities/{}/original", one["id"].as_str().unwrap());
    assert_eq!(app.get_as(&ann, &path).await.expect(200).body, fit::run(morning(0), 120));
    // Garmin's limits: pages of 40, two calls at a time, each file once.
    assert!(garmin.calls("search/activities").iter().all(|call| call.target.contains("limit=40")));
    assert!(garmin.most_at_once() <= 2);
    assert_eq!(garmin.calls("download-service").len(), 95);
    assert_eq!(garmin.calls("personal-api-key/token").len(), 1);

    // Nothing has changed: no file is downloaded, and the change feed stays empty.
    let revisions = "SELECT max(revision) FROM activities";
    let before = app.database.text(revisions).await;
    let now = sync(&app, &ann).await;
    assert_eq!(garmin.calls("download-service").len(), 95);
    assert_eq!(app.database.text(revisions).await, before);

    // The sync read the last thirty days, and the next one is due in an hour.
    let last = garmin.calls("search/activities").pop().unwrap().target;
    let since =
        [30, 31].map(|days| format!("startDate={}", Utc::now().date_naive() - Days::new(days)));
    assert!(since.iter().any(|since| last.contains(since)), "{last}");
    let next: DateTime<Utc> = now["next_sync_at"].as_str().unwrap().parse().unwrap();
    let minutes = (next - Utc::now()).num_minutes();
    assert!((55..=60).contains(&minutes), "{minutes}");
}

#[actix_rt::test]
async fn what_changes_at_garmin_changes_here_but_for_what_its_owner_wrote() {
    let start = morning(3);
    let (app, garmin, ann) = connected(|garmin| {
        for n in 0..4 {
            let start = start + n * 3600;
            garmin.add(listed(n + 1, start, 120), Some(fit::run(start, 120)));
        }
    })
    .await;
    until_read(&app, &ann).await;
    let all = activities(&app, &ann).await;
    let path = |n: i64| {
        let name = n.to_string();
        let one = all.iter().find(|one| one["external_id"] == *name).unwrap();
        format!("/activities/{}", one["id"].as_str().unwrap())
    };
    app.put_as(&ann, &path(2), &json!({"title": "Mine", "notes": "windy"})).await.expect(200);
    app.request(&ann, Method::DELETE, &path(3), None).await.expect(204);
    for n in 1..=3 {
        garmin.change(n, |one| {
            one["activityName"] = json!("Renamed");
            one["distance"] = json!(1234.5);
        });
    }
    garmin.add(listed(5, start + 5 * 3600, 60), None);
    sync(&app, &ann).await;
    let get = async |n| app.get_as(&ann, &path(n)).await;
    let (one, two) = (get(1).await.expect(200).json(), get(2).await.expect(200).json());
    assert_eq!((&one["title"], &one["distance_meters"]), (&json!("Renamed"), &json!(1234.5)));
    assert_eq!((&two["title"], &two["distance_meters"]), (&json!("Mine"), &json!(1234.5)));
    assert_eq!(two["notes"], "windy");
    // An activity that was deleted here stays deleted.
    get(3).await.expect_error(404, "not_found");
    assert_eq!(get(4).await.expect(200).json()["title"], "Run 4");
    assert_eq!(activities(&app, &ann).await.len(), 4);
    assert_eq!(garmin.calls("download-service").len(), 5);

    // After disconnecting and connecting again, known activities are recognised.
    app.request(&ann, Method::DELETE, "/me/garmin", None).await.expect(204);
    app.post_as(&ann, "/me/garmin", &json!({"api_key": KEY})).await.expect(200);
    until_read(&app, &ann).await;
    assert_eq!(
        app.database.text("SELECT count(*) FROM activities WHERE external_id <> '3'").await,
        "4"
    );
}

#[actix_rt::test]
async fn whatever_garmin_does_not_say_is_not_known() {
    let start = morning(2);
    let (app, _garmin, ann) = connected(|garmin| {
        let mut bare = listed(1, start, 60);
        for (name, value) in bare.as_object_mut().unwrap() {
            if !["activityId", "startTimeGMT", "duration"].contains(&name.as_str()) {
                *value = Value::Null;
            }
        }
        garmin.add(bare, None);
        // A new type below a known one, and a file that is not a FIT file.
        let mut odd = listed(2, start + 3600, 60);
        odd["activityType"] = json!({"typeId": 999, "typeKey": "moon_running", "parentTypeId": 1});
        odd["averageHR"] = json!(0.0);
        garmin.add(odd, Some(b"\x0e\x20not a fit file".to_vec()));
        // A part of another activity, one without a start, and an entry that is not an activity.
        let mut part = listed(3, start + 7200, 60);
        part["parentId"] = json!(2);
        garmin.add(part, None);
        let mut lost = listed(4, start, 60);
        lost["startTimeGMT"] = Value::Null;
        garmin.add(lost, None);
        garmin.add(json!({"activityId": "five"}), None);
    })
    .await;
    let now = until_read(&app, &ann).await;
    assert_eq!((&now["last_error"], &now["activities"]), (&Value::Null, &json!(2)));
    let all = activities(&app, &ann).await;
    assert_eq!(all.len(), 2);
    let (odd, bare) = (&all[0], &all[1]);
    assert_eq!((&odd["activity_type"], &odd["sport_raw"]), (&json!("run"), &json!("moon_running")));
    assert_eq!((&odd["avg_heart_rate"], &odd["max_heart_rate"]), (&Value::Null, &json!(150)));
    assert_eq!((&bare["activity_type"], &bare["duration_secs"]), (&json!("other"), &json!(60)));
    for name in ["title", "distance_meters", "calories", "avg_heart_rate", "utc_offset_minutes"] {
        assert_eq!(bare[name], Value::Null, "{name}");
    }
}

/// Garmin lists a triathlon as a whole. Its file contains the parts.
#[actix_rt::test]
async fn the_parts_of_one_recording_keep_their_own_totals() {
    let start = morning(3);
    let (app, garmin, ann) = connected(|garmin| {
        let mut whole = listed(1, start, 700);
        whole["activityType"] = json!({"typeId": 89, "typeKey": "multi_sport", "parentTypeId": 17});
        whole["isParent"] = json!(true);
        whole["elevationGain"] = json!(500.0);
        let parts = fit::activity(&[(5, start, 300), (2, start + 300, 300), (1, start + 600, 100)]);
        garmin.add(whole, Some(parts));
    })
    .await;
    until_read(&app, &ann).await;
    let swim = async || {
        let all = activities(&app, &ann).await;
        assert_eq!(all.len(), 3);
        all.into_iter().find(|one| one["activity_type"] == "swim").unwrap()
    };
    let before = swim().await;
    assert_eq!((&before["external_id"], &before["title"]), (&json!("1"), &json!("Run 1")));
    assert_eq!(
        (&before["calories"], &before["elevation_gain_meters"]),
        (&Value::Null, &json!(0.0))
    );
    garmin.change(1, |whole| {
        whole["activityName"] = json!("Olympic");
        whole["distance"] = json!(51_500.0);
    });
    sync(&app, &ann).await;
    let after = swim().await;
    assert_eq!((&after["title"], &after["distance_meters"]), (&json!("Olympic"), &json!(900.0)));
    assert_eq!(after["duration_secs"], 300);
}
