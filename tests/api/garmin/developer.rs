//! The Garmin Connect Developer Program: authorization, backfill orders, disconnecting.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{spawn, standing, until_read};
use crate::support::{
    Answer, PASSWORD, TestApp, User,
    garmin::{Fault, Garmin, Person},
    until, until_selects,
};

/// Sends `user`'s browser to Garmin and back.
pub async fn connect(app: &TestApp, garmin: &Garmin, user: &User) -> Answer {
    let started = app.post_as(user, "/me/garmin/authorization", &json!({})).await.expect(200);
    let location = started.json()["authorization_url"].as_str().unwrap().to_owned();
    let cookie = started.header("set-cookie").split(';').next().unwrap().to_owned();
    let returned = garmin.visit(&location).await;
    come_back(app, &returned, &cookie).await
}

async fn come_back(app: &TestApp, returned: &str, cookie: &str) -> Answer {
    let path = returned.strip_prefix("https://log.example").expect(returned);
    app.send(Method::GET, path, &[("cookie", cookie)], None).await
}

#[actix_rt::test]
async fn whoever_logs_in_at_garmin_is_connected_and_its_history_is_ordered() {
    let garmin = Garmin::start().await;
    let app = spawn(&garmin).await;
    let ann = app.user("ann@example.com").await;
    connect(&app, &garmin, &ann).await.expect_error(403, "login_denied");
    garmin.log_in(Person("g-ann"));
    connect(&app, &garmin, &ann).await.expect(204);
    let now = until_read(&app, &ann).await;
    assert_eq!((&now["mode"], &now["last_error"]), (&json!("developer"), &Value::Null));
    // Ten years in spans of a month, without a gap.
    let number = |target: &str, name: &str| {
        let (_, rest) = target.split_once(&format!("{name}=")).unwrap();
        rest.split('&').next().unwrap().parse::<i64>().unwrap()
    };
    let mut spans: Vec<_> = garmin
        .calls("backfill")
        .iter()
        .map(|call| {
            let of = |name| number(&call.target, name);
            (of("summaryStartTimeInSeconds"), of("summaryEndTimeInSeconds"))
        })
        .collect();
    spans.sort_unstable();
    spans.dedup();
    assert!(spans.len() >= 121, "{}", spans.len());
    let earliest = spans[0].0;
    let reaches = spans.iter().fold(earliest, |end, (from, to)| {
        assert!(*from <= end, "nothing is ordered from {end} to {from}");
        end.max(*to)
    });
    assert!(reaches >= chrono::Utc::now().timestamp());
    assert!(earliest < reaches - 10 * 365 * 86_400);
}

#[actix_rt::test]
async fn an_attempt_is_its_sessions_and_comes_back_once() {
    let garmin = Garmin::start().await;
    garmin.log_in(Person("g-ann"));
    let app = spawn(&garmin).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let elsewhere = json!({"return_to": "https://evil.example"});
    app.post_as(&ann, "/me/garmin/authorization", &elsewhere)
        .await
        .expect_error(400, "invalid_return_to");
    let started = app.post_as(&ann, "/me/garmin/authorization", &json!({})).await.expect(200);
    let cookie = started.header("set-cookie").split(';').next().unwrap().to_owned();
    let location = started.json()["authorization_url"].as_str().unwrap().to_owned();
    let returned = garmin.visit(&location).await;
    come_back(&app, &returned, "").await.expect_error(400, "invalid_state");
    come_back(&app, &returned, &cookie).await.expect(204);
    come_back(&app, &returned, &cookie).await.expect_error(400, "invalid_state");
    // The callback of a login does not accept the state of a Garmin authorization.
    let login = returned.replace("/integrations/garmin/callback", "/auth/callback/google");
    come_back(&app, &login, &cookie).await.expect_error(404, "not_found");

    connect(&app, &garmin, &bob).await.expect_error(409, "connection_taken");
    assert_eq!(standing(&app, &bob).await, Value::Null);
    // Ann's second Garmin account replaces the first, which is deregistered at Garmin.
    garmin.log_in(Person("g-ann-2"));
    connect(&app, &garmin, &ann).await.expect(204);
    until("the first is deregistered", async || garmin.deregistered() == [Person("g-ann")]).await;
    garmin.log_in(Person("g-ann"));
    connect(&app, &garmin, &bob).await.expect(204);
}

#[actix_rt::test]
async fn garmin_hears_of_it_when_somebody_leaves() {
    let garmin = Garmin::start().await;
    let app = spawn(&garmin).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    for (user, person) in [(&ann, Person("g-ann")), (&bob, Person("g-bob"))] {
        garmin.log_in(person);
        connect(&app, &garmin, user).await.expect(204);
        until_read(&app, user).await;
    }
    // Not at the first attempt: Garmin answers with errors.
    garmin.fail("user/registration", &[Fault::Status(500), Fault::Status(503)]);
    app.request(&ann, Method::DELETE, "/me/garmin", None).await.expect(204);
    assert_eq!(standing(&app, &ann).await, Value::Null);
    until("Ann is deregistered", async || garmin.deregistered() == [Person("g-ann")]).await;
    // Deleting the account deregisters it, too.
    let body = json!({"password": PASSWORD});
    app.request(&bob, Method::DELETE, "/me", Some(&body)).await.expect(204);
    until("Bob is deregistered", async || garmin.deregistered().contains(&Person("g-bob"))).await;
    until_selects(&app.database, "SELECT count(*) FROM garmin_connections", "0").await;
}
