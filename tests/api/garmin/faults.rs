//! Failures of Garmin: throttling, errors, revoked keys.

use std::time::Duration;

use serde_json::{Value, json};

use super::{KEY, activities, connected, spawn, standing, sync, until_read};
use crate::support::{
    fit,
    garmin::{Fault, Garmin, listed},
    until,
};

const SEARCH: &str = "search/activities";
const TOKEN: &str = "personal-api-key/token";

fn add(garmin: &Garmin, id: i64) {
    let start = chrono::Utc::now().timestamp() - 86_400 + id * 600;
    garmin.add(listed(id, start, 120), Some(fit::run(start, 120)));
}

#[actix_rt::test]
async fn it_is_left_alone_for_as_long_as_it_asks() {
    let (app, garmin, ann) = connected(|garmin| {
        add(garmin, 1);
        garmin.fail(SEARCH, &[Fault::Throttle(2)]);
    })
    .await;
    until("it asks to wait", async || {
        standing(&app, &ann).await["last_error"]["code"] == "rate_limited"
    })
    .await;
    // A sync on request does not shorten the pause either.
    let asked = app.post_as(&ann, "/me/garmin/sync", &json!({})).await.expect(202).json();
    assert!(
        asked["connection"]["next_sync_at"].as_str().unwrap() > &*chrono::Utc::now().to_rfc3339()
    );
    until_read(&app, &ann).await;
    let calls = garmin.calls("");
    let refused = calls.iter().position(|call| call.target.contains(SEARCH)).unwrap();
    let pause = calls[refused + 1].at - calls[refused].at;
    assert!(pause >= Duration::from_millis(1900), "{pause:?}");
    assert_eq!(activities(&app, &ann).await.len(), 1);
    assert_eq!(standing(&app, &ann).await["last_error"], Value::Null);

    // A pause until a point in time, which has no fractions of a second.
    let before = garmin.calls("").len();
    garmin.fail(SEARCH, &[Fault::ThrottleUntil(3)]);
    app.post_as(&ann, "/me/garmin/sync", &json!({})).await.expect(202);
    until("it is asked again", async || garmin.calls("").len() >= before + 2).await;
    let calls = garmin.calls("");
    let pause = calls[before + 1].at - calls[before].at;
    assert!((Duration::from_millis(1900)..Duration::from_secs(30)).contains(&pause), "{pause:?}");
}

#[actix_rt::test]
async fn what_fails_is_tried_again_and_told() {
    let (app, garmin, ann) = connected(|garmin| {
        add(garmin, 1);
        add(garmin, 2);
        garmin.fail(SEARCH, &[Fault::Status(500), Fault::Garbage, Fault::Status(502)]);
        garmin.fail("download-service", &[Fault::Status(500), Fault::Status(503)]);
    })
    .await;
    let mut codes = std::collections::HashSet::new();
    until("both came", async || {
        if let Some(code) = standing(&app, &ann).await["last_error"]["code"].as_str() {
            codes.insert(code.to_owned());
        }
        activities(&app, &ann).await.len() == 2
    })
    .await;
    assert!(codes.contains("unavailable") || codes.contains("garbage"), "{codes:?}");
    until_read(&app, &ann).await;
    assert!(garmin.calls(SEARCH).len() >= 4);
    assert_eq!(app.database.text("SELECT count(*) FROM activities").await, "2");
}

#[actix_rt::test]
async fn a_token_that_ends_early_is_exchanged_once_more() {
    let (app, garmin, ann) = connected(|garmin| add(garmin, 1)).await;
    until_read(&app, &ann).await;
    garmin.forget_tokens();
    add(&garmin, 2);
    let now = sync(&app, &ann).await;
    assert_eq!((&now["needs_reauth"], &now["last_error"]), (&json!(false), &Value::Null));
    assert_eq!(activities(&app, &ann).await.len(), 2);
    assert_eq!(garmin.calls(TOKEN).len(), 2);
}

#[actix_rt::test]
async fn a_key_that_has_ended_is_told_by_mail_and_a_new_one_goes_on() {
    let (app, garmin, ann) = connected(|garmin| add(garmin, 1)).await;
    until_read(&app, &ann).await;
    garmin.revoke_keys();
    add(&garmin, 2);
    app.post_as(&ann, "/me/garmin/sync", &json!({})).await.expect(202);
    until("the key is refused", async || standing(&app, &ann).await["needs_reauth"] == true).await;
    let now = standing(&app, &ann).await;
    assert_eq!(
        (&now["last_error"]["code"], &now["next_sync_at"]),
        (&json!("refused"), &Value::Null)
    );
    let told = |mails: &[crate::support::Mail]| {
        mails.iter().filter(|mail| mail.subject.contains("Connect Garmin")).count()
    };
    until("its owner is told", async || told(&app.smtp.mails()) == 1).await;
    app.post_as(&ann, "/me/garmin/sync", &json!({})).await.expect_error(409, "garmin_needs_reauth");
    let asked = garmin.calls("").len();

    // Meanwhile nothing is requested and no second mail is sent, not even after a restart.
    let settings = garmin.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
    let app = app.restarted(&settings).await;
    garmin.add_key("another-key");
    app.post_as(&ann, "/me/garmin", &json!({"api_key": "another-key"})).await.expect(200);
    until("what came meanwhile comes", async || activities(&app, &ann).await.len() == 2).await;
    // The first request already uses the new key, and none uses the old one.
    let calls: Vec<_> = garmin.calls("").into_iter().skip(asked).map(|call| call.bearing).collect();
    assert_eq!(calls[0], "ApiKey another-key");
    assert!(!calls.contains(&format!("ApiKey {KEY}")), "{calls:?}");
    assert_eq!(standing(&app, &ann).await["needs_reauth"], false);
    assert_eq!(told(&app.smtp.mails()), 1);
}

#[actix_rt::test]
async fn nobody_can_connect_while_it_does_not_answer() {
    let garmin = Garmin::start().await;
    garmin.add_key(KEY);
    garmin.fail(TOKEN, &[Fault::Status(500), Fault::Throttle(7)]);
    let app = spawn(&garmin).await;
    let ann = app.user("ann@example.com").await;
    let body = json!({"api_key": KEY});
    app.post_as(&ann, "/me/garmin", &body).await.expect_error(502, "provider_error");
    let busy = app.post_as(&ann, "/me/garmin", &body).await.expect_error(502, "provider_error");
    assert_eq!(busy.header("retry-after"), "7");
    app.post_as(&ann, "/me/garmin", &body).await.expect(200);
}

/// A server that dies while it works on a connection leaves it in this state. The connection must
/// not take down one server after another.
#[actix_rt::test]
async fn a_connection_that_kills_its_servers_is_left_alone_for_a_while() {
    let (app, garmin, ann) = connected(|garmin| add(garmin, 1)).await;
    until_read(&app, &ann).await;
    let before = garmin.calls("").len();
    let died = "UPDATE garmin_connections SET claim = gen_random_uuid(), attempts = 9, next_sync_at = now(),
                       leased_until = now() - interval '1 second'";
    app.database.execute(died).await;
    until("it is said", async || standing(&app, &ann).await["last_error"]["code"] == "internal")
        .await;
    assert_eq!(garmin.calls("").len(), before);
    app.database.execute("UPDATE garmin_connections SET paused_until = now()").await;
    let now = sync(&app, &ann).await;
    assert_eq!(now["last_error"], Value::Null);
}
