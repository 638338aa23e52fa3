//! The event of a goal that was reached.

use actix_web::http::Method;
use chrono::{Datelike, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{app_for, hook};
use crate::{
    imports::{import, zip},
    support::{TestApp, User, fit, receiver::Receiver},
};

/// A run that began some minutes ago.
fn run(minutes: i64) -> Value {
    let at = (Utc::now() - Duration::minutes(minutes)).to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({"activity_type": "run", "started_at": at, "duration_secs": 30, "distance_meters": 1000})
}

async fn goal(app: &TestApp, user: &User, metric: &str, target: f64) -> Value {
    let goal = json!({"metric": metric, "period": "year", "target": target});
    app.post_as(user, "/me/goals", &goal).await.expect(201).json()
}

async fn hook_of_goals(app: &TestApp, user: &User, receiver: &Receiver) {
    hook(app, user, &json!({"url": receiver.url, "events": ["goal.reached"]})).await;
}

async fn posted(app: &TestApp) -> String {
    app.database.text("SELECT count(*) FROM webhook_deliveries").await
}

#[actix_rt::test]
async fn a_goal_is_announced_once_in_its_period() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    hook_of_goals(&app, &ann, &receiver).await;
    let distance = goal(&app, &ann, "distance", 2500.0).await;
    goal(&app, &ann, "duration", 1e6).await;
    goal(&app, &bob, "distance", 1000.0).await;
    app.post_as(&bob, "/activities", &run(1)).await.expect(201);
    app.post_as(&ann, "/activities", &run(1)).await.expect(201);
    let second = app.post_as(&ann, "/activities", &run(3)).await.expect(201);
    assert_eq!(posted(&app).await, "0");
    // An edit counts as well.
    let second = second.header("location").to_owned();
    app.put_as(&ann, &second, &json!({"distance_meters": 1500})).await.expect(200);
    let event = receiver.got(1).await[0].json();
    assert_eq!(event["type"], "goal.reached");
    let year = Utc::now().year();
    let expected = json!({
        "id": distance["id"], "metric": "distance", "period": "year", "target": 2500, "activity_type": null,
        "from": format!("{year}-01-01"), "to": format!("{year}-12-31"), "progress": 2500,
    });
    assert_eq!(event["data"], expected);

    // It stays announced when it is exceeded, missed and reached again.
    app.post_as(&ann, "/activities", &run(5)).await.expect(201);
    app.request(&ann, Method::DELETE, &second, None).await.expect(204);
    for minutes in [7, 9] {
        app.post_as(&ann, "/activities", &run(minutes)).await.expect(201);
    }
    assert_eq!(posted(&app).await, "1");
    // In the next period, it is news again.
    let next = "UPDATE goals SET announced_period = announced_period - interval '1 year'";
    app.database.execute(next).await;
    app.post_as(&ann, "/activities", &run(11)).await.expect(201);
    assert_eq!(posted(&app).await, "2");
}

#[actix_rt::test]
async fn a_goal_that_is_reached_without_an_activity_is_no_news() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    app.post_as(&ann, "/activities", &run(1)).await.expect(201);
    // Before the webhook, with it, and by a lower target.
    goal(&app, &ann, "activities", 1.0).await;
    hook_of_goals(&app, &ann, &receiver).await;
    goal(&app, &ann, "distance", 900.0).await;
    let high = goal(&app, &ann, "duration", 1e6).await;
    let high = format!("/me/goals/{}", high["id"].as_str().unwrap());
    app.put_as(&ann, &high, &json!({"target": 10})).await.expect(200);
    app.post_as(&ann, "/activities", &run(3)).await.expect(201);
    assert_eq!(posted(&app).await, "0");
}

#[actix_rt::test]
async fn an_archive_and_a_merged_recording_announce_nothing() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    hook_of_goals(&app, &ann, &receiver).await;
    goal(&app, &ann, "activities", 2.0).await;
    for years in 1..4 {
        let mut old = run(1);
        let day = Utc::now() - Duration::days(366 * years);
        old["started_at"] = json!(day.to_rfc3339_opts(SecondsFormat::Secs, true));
        app.post_as(&ann, "/activities", &old).await.expect(201);
        app.post_as(&ann, "/activities", &{
            old["started_at"] =
                json!((day - Duration::hours(3)).to_rfc3339_opts(SecondsFormat::Secs, true));
            old
        })
        .await
        .expect(201);
    }
    // Two recordings of one run count once, also within the transaction that merges them.
    let start = Utc::now().timestamp() - 1200;
    let files = zip(&[("a.fit", &fit::run(start, 600)), ("b.fit", &fit::run(start, 601))]);
    import(&app, &ann, "a.zip", &files).await;
    let goals = app.get_as(&ann, "/me/goals").await.expect(200).json();
    assert_eq!(goals["goals"][0]["progress"], 1.0, "{goals}");
    assert_eq!(posted(&app).await, "0");
    app.post_as(&ann, "/activities", &run(40)).await.expect(201);
    assert_eq!(posted(&app).await, "1");
}
