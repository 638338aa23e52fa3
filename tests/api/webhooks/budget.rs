//! The daily budget of posts: a batch of thousands does not become thousands of posts.

use actix_web::http::Method;
use serde_json::json;

use super::{delivery_log, hook, run};
use crate::support::{TestApp, receiver::Receiver, until_selects};

const WAITING: &str =
    "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND status IN ('queued', 'sending')";

#[actix_rt::test]
async fn beyond_the_days_posts_one_event_stands_for_all() {
    let receiver = Receiver::start();
    let mut settings = receiver.settings();
    settings.push(("WEBHOOK_DAILY_POSTS", "5"));
    let app = TestApp::spawn_with(&settings).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    let many = json!({"activities": vec![run(); 40]});
    app.post_as(&ann, "/activities/batch", &many).await.expect(200);
    // The challenge counted as one of the five posts.
    until_selects(&app.database, WAITING, "1").await;
    assert_eq!(receiver.posts().len(), 4);
    let listed = app.get_as(&ann, "/me/webhooks").await.expect(200).json();
    assert!(listed["webhooks"][0]["skipped_since"].is_string());
    let log = delivery_log(&app, &ann, &webhook).await;
    let skipped = log.iter().filter(|delivery| {
        delivery["last_error"].as_str().is_some_and(|error| error.starts_with("skipped: "))
    });
    assert_eq!((skipped.count(), log.len()), (36, 41));
    let test = format!("/me/webhooks/{}/test", webhook["id"].as_str().unwrap());
    let spent = app.request(&ann, Method::POST, &test, None).await;
    let spent = spent.expect_error(429, "rate_limited");
    assert!((1..=86_400).contains(&spent.header("retry-after").parse::<u32>().unwrap()));

    // Later changes are covered by the same event, which is sent within the next day.
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    until_selects(&app.database, WAITING, "1").await;
    let due = "SELECT count(*) FROM outbox WHERE status = 'queued' AND not_before <= now() + interval '25 hours'";
    assert_eq!(app.database.text(due).await, "1");
    // Other users have their own budgets.
    hook(&app, &bob, &json!({"url": receiver.url})).await;
    app.post_as(&bob, "/activities", &run()).await.expect(201);
    receiver.got(5).await;

    app.database.execute("UPDATE daily_budgets SET day = day - 1").await;
    let next_day = "UPDATE outbox SET not_before = now() WHERE status = 'queued'";
    app.database.execute(next_day).await;
    let posts = receiver.got(6).await;
    let summary = posts[5].json();
    assert_eq!(summary["type"], "activities.changed");
    assert!(posts[5].is_signed_by(&webhook["secret"]));
    let since = summary["data"]["since"].as_str().unwrap();
    let skipped = "FROM webhook_deliveries WHERE last_error LIKE 'skipped%'";
    let first = format!("SELECT min(created_at) >= '{since}' {skipped}");
    assert_eq!(app.database.text(&first).await, "true");
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    assert_eq!(receiver.got(7).await[6].json()["type"], "activity.created");
    let listed = app.get_as(&ann, "/me/webhooks").await.expect(200).json();
    assert!(listed["webhooks"][0]["skipped_since"].is_null());
}

#[actix_rt::test]
async fn a_host_is_posted_to_no_more_than_that_however_many_users_do() {
    let receiver = Receiver::start();
    let mut settings = receiver.settings();
    settings.push(("WEBHOOK_DAILY_POSTS_TO_HOST", "6"));
    let app = TestApp::spawn_with(&settings).await;
    let many = json!({"activities": vec![run(); 5]});
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    for user in [&ann, &bob] {
        hook(&app, user, &json!({"url": receiver.url})).await;
    }
    for (user, summaries) in [(&ann, "1"), (&bob, "2")] {
        app.post_as(user, "/activities/batch", &many).await.expect(200);
        until_selects(&app.database, WAITING, summaries).await;
    }
    assert_eq!((receiver.challenges().len(), receiver.posts().len()), (2, 4));
}
