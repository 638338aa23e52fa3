//! The stored totals equal the sums of the log, after any change.

use actix_web::http::Method;
use futures_util::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::json;

use crate::{
    imports::{MORNING, import},
    support::{TestApp, User, fit},
};

/// The rows in which stored and computed totals differ.
const DIFFERENCES: &str = "
    WITH counted AS (
        SELECT a.user_id, (a.started_at AT TIME ZONE p.time_zone)::date AS day, a.activity_type, count(*)::int AS activities,
               sum(a.duration_secs) AS duration_secs, sum(millimetres(a.distance_meters))::bigint AS distance_mm,
               sum(millimetres(a.elevation_gain_meters))::bigint AS elevation_gain_mm,
               sum(coalesce(a.calories, 0)) AS calories
        FROM activities a JOIN profiles p USING (user_id) WHERE merged_into IS NULL GROUP BY 1, 2, 3)
    SELECT count(*)::text FROM ((TABLE counted EXCEPT TABLE activity_days) UNION ALL (TABLE activity_days EXCEPT TABLE counted)) d";

fn anything(random: &mut StdRng, name: Option<u32>) -> serde_json::Value {
    let day = random.random_range(1..6);
    let kind = ["run", "swim", "cycle"].choose(random).unwrap();
    let distance = random.random_range(0.0_f32..1e8);
    json!({
        "activity_type": kind, "started_at": format!("2026-05-0{day}T{:02}:30:00Z", random.random_range(0..24)),
        "duration_secs": random.random_range(0..100_000), "distance_meters": distance,
        "elevation_gain_meters": random.random_range(0.0_f32..100.0), "calories": random.random_range(0..1000),
        "source": "garmin", "external_id": name.map(|name| name.to_string()),
    })
}

async fn write(replicas: &[&TestApp], user: &User, mut random: StdRng) {
    let mut paths: Vec<String> = Vec::new();
    for _ in 0..25 {
        let app = replicas.choose(&mut random).unwrap();
        let name = random.random_range(0..12);
        match random.random_range(0..10) {
            0..3 => {
                let body = anything(&mut random, None);
                let answer = app.post_as(user, "/activities", &body).await.expect(201);
                paths.push(answer.header("location").to_owned());
            }
            3..5 => {
                let items: Vec<_> =
                    [None, Some(name), Some(20)].map(|name| anything(&mut random, name)).into();
                let answer =
                    app.post_as(user, "/activities/batch", &json!({"activities": items})).await;
                assert!(matches!(answer.status.as_u16(), 200 | 503), "{}", answer.text());
            }
            5..7 => {
                let Some(path) = paths.choose(&mut random) else { continue };
                let mut body = anything(&mut random, None);
                body.as_object_mut().unwrap().remove("external_id");
                let answer = app.put_as(user, path, &body).await;
                assert!(matches!(answer.status.as_u16(), 200 | 503), "{}", answer.text());
            }
            7 => {
                let zone = ["UTC", "Europe/Rome", "Asia/Tokyo", "America/Caracas"]
                    .choose(&mut random)
                    .unwrap();
                let answer = app.put_as(user, "/me/profile", &json!({"time_zone": zone})).await;
                assert!(matches!(answer.status.as_u16(), 200 | 503), "{}", answer.text());
            }
            _ if paths.is_empty() => {}
            _ => {
                let path = paths.swap_remove(random.random_range(0..paths.len()));
                app.request(user, Method::DELETE, &path, None).await.expect(204);
            }
        }
    }
}

#[actix_rt::test]
async fn whoever_writes_whatever_through_whichever_server() {
    let seed: u64 = rand::random::<u32>().into();
    println!("seed {seed}");
    let app = TestApp::spawn().await;
    let replica = app.replica().await;
    let replicas = [&app, &replica];
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    join_all((0..4).map(|n| {
        let user = if n < 3 { &ann } else { &bob };
        write(&replicas, user, StdRng::seed_from_u64(seed + n))
    }))
    .await;
    assert_ne!(app.database.text("SELECT count(*)::text FROM activity_days").await, "0");
    assert_eq!(app.database.text(DIFFERENCES).await, "0");
    let delete = json!({"password": crate::support::PASSWORD});
    app.request(&bob, Method::DELETE, "/me", Some(&delete)).await.expect(204);
    assert_eq!(app.database.text(DIFFERENCES).await, "0");
}

#[actix_rt::test]
async fn what_stands_behind_another_is_not_counted_until_it_is_taken_apart() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let body =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:20Z", "duration_secs": 595});
    let answer = app.post_as(&ann, "/activities", &body).await.expect(201);
    let found = import(&app, &ann, "a.fit", &fit::run(MORNING, 600)).await;
    assert_eq!(found["files"][0]["outcome"], "merged");
    let count = async || {
        let summary = app.get_as(&ann, "/stats/summary").await.expect(200).json();
        assert_eq!(app.database.text(DIFFERENCES).await, "0");
        summary["totals"]["activities"].as_i64().unwrap()
    };
    assert_eq!(count().await, 1);
    let path = answer.header("location");
    app.request(&ann, Method::POST, &format!("{path}/unmerge"), None).await.expect(200);
    assert_eq!(count().await, 2);
    app.request(&ann, Method::DELETE, path, None).await.expect(204);
    assert_eq!(count().await, 1);
}
