//! One client asks for too much, and the others are still served.

mod answers;
mod sizes;

use std::{cell::RefCell, rc::Rc, time::Duration};

use actix_web::http::Method;
use diesel_async::SimpleAsyncConnection;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use sports_log::db::Notifications;

use crate::{
    pictures::{activity, gpx, northward},
    support::{self, Answer, TestApp, User, connector, until, until_selects},
};

fn run() -> Value {
    json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1})
}

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";

#[actix_rt::test]
async fn one_user_holds_four_connections_and_others_have_the_rest() {
    let app = TestApp::spawn_with(&[("DATABASE_POOL_SIZE", "8")]).await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let mut lock = app.database.connect().await;
    lock.batch_execute("BEGIN; LOCK TABLE activities IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let run = run();
    let posts = join_all((0..16).map(|_| app.post_as(&ann, "/activities", &run)));
    let beside = async {
        until_selects(&app.database, WAITING, "4").await;
        for n in 0..8 {
            app.put_as(&bob, "/me/preferences", &json!({"n": n})).await.expect(200);
        }
        assert_eq!(app.database.text(WAITING).await, "4");
        lock.batch_execute("ROLLBACK").await.unwrap();
    };
    for answer in join(posts, beside).await.0 {
        answer.expect(201);
    }
}

/// Requests without a user count by address: logins from one address wait for each other.
#[actix_rt::test]
async fn one_address_holds_four_connections_too() {
    let settings = [
        ("DATABASE_POOL_SIZE", "8"),
        ("TRUSTED_PROXIES", "127.0.0.0/8"),
        ("AUTH_LIMIT_ADDRESS", "100/15m"),
    ];
    let app = TestApp::spawn_with(&settings).await;
    let bob = app.user("bob@example.com").await;
    let mut lock = app.database.connect().await;
    lock.batch_execute("BEGIN; LOCK TABLE throttles IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let body = json!({"email": "nobody@example.com", "password": support::PASSWORD}).to_string();
    let headers = [("content-type", "application/json"), ("x-forwarded-for", "198.51.100.1")];
    let logins =
        join_all((0..12).map(|_| {
            app.send(Method::POST, "/auth/login", &headers, Some(body.clone().into_bytes()))
        }));
    let beside = async {
        until_selects(&app.database, WAITING, "4").await;
        for n in 0..8 {
            app.put_as(&bob, "/me/preferences", &json!({"n": n})).await.expect(200);
        }
        lock.batch_execute("ROLLBACK").await.unwrap();
    };
    for answer in join(logins, beside).await.0 {
        answer.expect_error(401, "invalid_credentials");
    }
}

async fn get_as(base: String, token: String, path: String) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    support::send(Method::GET, &base, &path, &headers, None).await
}

async fn position(app: &TestApp, user: &User) -> String {
    let page = app.get_as(user, "/activities/changes").await.expect(200).json();
    page["next"].as_str().unwrap().to_owned()
}

#[actix_rt::test]
async fn sixteen_requests_of_a_user_wait_for_changes() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let (since, of_bob) = (position(&app, &ann).await, position(&app, &bob).await);
    let path = format!("/activities/changes?wait=30&since={since}");
    let mut waiting = Vec::new();
    for _ in 0..18 {
        waiting.push(actix_rt::spawn(get_as(app.base.clone(), ann.token.clone(), path.clone())));
    }
    until("two of them are refused", async || {
        waiting.iter().filter(|answer| answer.is_finished()).count() == 2
    })
    .await;
    app.get_as(&bob, &format!("/activities/changes?wait=1&since={of_bob}")).await.expect(200);
    app.get_as(&ann, &format!("/activities/changes?since={since}")).await.expect(200);
    let created = app.post_as(&ann, "/activities", &run()).await.expect(201).json();
    let mut refused = 0;
    for answer in join_all(waiting).await {
        let answer = answer.unwrap();
        if answer.status == 429 {
            let answer = answer.expect_error(429, "rate_limited");
            assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
            refused += 1;
            continue;
        }
        let heard = answer.expect(200).json();
        assert_eq!(heard["changes"][0]["activity"]["id"], created["id"]);
    }
    assert_eq!(refused, 2);
}

#[actix_rt::test]
async fn only_changes_wake_those_who_wait() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut named = run();
    named["external_id"] = "x".into();
    let batch = json!({"activities": [named.clone()]});
    let path = app.post_as(&ann, "/activities", &named).await.expect(201);
    let path = path.header("location").to_owned();
    let told = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&told);
    let connector = connector(&app.database.url);
    let mut notifications = Notifications::default();
    notifications.subscribe("activities", move |payload| {
        heard.borrow_mut().push(payload.map(str::to_owned));
    });
    let listening = actix_rt::spawn(notifications.listen(connector));
    until("the test listens", async || !told.borrow().is_empty()).await;
    app.database
        .execute("UPDATE activity_feeds SET awaited_until = now() + interval '1 hour'")
        .await;
    // Requests that change nothing, then one change by each way to write.
    for _ in 0..2 {
        app.post_as(&ann, "/activities/batch", &batch).await.expect(200);
        app.post_as(&ann, "/activities", &named).await.expect(200);
        app.put_as(&ann, &path, &json!({"duration_secs": 1})).await.expect(200);
        app.put_as(&ann, "/me/profile", &json!({"time_zone": "Europe/Rome"})).await.expect(200);
    }
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    named["duration_secs"] = 2.into();
    app.post_as(&ann, "/activities/batch", &json!({"activities": [named]})).await.expect(200);
    app.put_as(&ann, &path, &json!({"duration_secs": 3})).await.expect(200);
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    until("all changes are heard of", async || told.borrow().iter().flatten().count() >= 4).await;
    let of_ann = told.borrow().iter().flatten().filter(|id| **id == ann.id).count();
    assert_eq!(of_ann, 4, "{:?}", told.borrow());
    listening.abort();
}

/// Strangers who request pictures of one user again and again do not delay those of another user.
#[actix_rt::test]
async fn pictures_are_drawn_in_turn() {
    let app = TestApp::spawn_with(&[("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let path = activity(&app, &ann, &gpx(&[northward(300)])).await;
    let id = path.strip_prefix("/activities/").unwrap();
    let share = json!({"picture": "route", "activity_id": id});
    let share = app.post_as(&ann, "/shares", &share).await.expect(201).json();
    let link = share["png_url"].as_str().unwrap().strip_prefix("https://log.example").unwrap();
    let drawn = Rc::new(RefCell::new(0));
    let mut strangers = Vec::new();
    for n in 0..48 {
        let (base, link, drawn) = (app.base.clone(), link.to_owned(), Rc::clone(&drawn));
        strangers.push(actix_rt::spawn(async move {
            for width in (500 + n..2400).step_by(48) {
                let address = format!("198.51.100.{n}");
                let headers = [("x-forwarded-for", address.as_str())];
                let path = format!("{link}?width={width}");
                let answer = support::raw(Method::GET, &base, &path, &headers, None).await;
                *drawn.borrow_mut() += u32::from(answer.status == 200);
            }
        }));
    }
    until("the strangers keep the painter busy", async || *drawn.borrow() > 4).await;
    for width in 200..204 {
        app.get_as(&bob, &format!("/stats/weekly.png?width={width}")).await.expect(200);
        // The owner does not wait behind the strangers.
        app.get_as(&ann, &format!("{path}/chart.png?width={width}")).await.expect(200);
    }
    strangers.iter().for_each(actix_rt::task::JoinHandle::abort);
}

#[actix_rt::test]
async fn the_zone_of_a_large_log_changes_ten_times_a_day() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    app.post_as(&bob, "/activities", &run()).await.expect(201);
    let many = format!(
        "INSERT INTO activities (user_id, activity_type, started_at, duration_secs)
         SELECT '{}', 'run', timestamptz '2020-01-01' + n * interval '1 hour', 60
         FROM generate_series(1, 1001) n",
        ann.id
    );
    app.database.execute(&many).await;
    let zone = |n: i32| json!({"time_zone": if n % 2 == 0 { "Asia/Tokyo" } else { "UTC" }});
    for n in 0..10 {
        app.put_as(&ann, "/me/profile", &zone(n)).await.expect(200);
        app.put_as(&ann, "/me/profile", &zone(n)).await.expect(200);
    }
    let refused = app.put_as(&ann, "/me/profile", &zone(10)).await;
    let wait = refused.expect_error(429, "rate_limited").header("retry-after").to_owned();
    assert!(wait.parse::<u32>().unwrap() > Duration::from_secs(3600).as_secs() as u32);
    app.put_as(&ann, "/me/profile", &json!({"time_zone": "UTC", "display_name": "A"}))
        .await
        .expect(200);
    for n in 0..12 {
        app.put_as(&bob, "/me/profile", &zone(n)).await.expect(200);
    }
}
