//! A model of clients: several write at random through several replicas of the server, while
//! several copies read the feed in parts of random size. In the end every copy equals the log.

use std::{cell::Cell, collections::BTreeMap};

use actix_web::http::Method;
use futures_util::future::{join, join_all, join4};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

use super::{listed, named, run};
use crate::support::{TestApp, User};

/// A copy of the log, as a client keeps it.
#[derive(Default)]
struct Copy {
    activities: BTreeMap<String, Value>,
    position: String,
}

impl Copy {
    /// Reads one part of the feed. Returns whether there is more.
    async fn pull(&mut self, app: &TestApp, user: &User, limit: u32) -> bool {
        let path = format!("/activities/changes?limit={limit}{}", self.position);
        let page = app.get_as(user, &path).await.expect(200).json();
        for change in page["changes"].as_array().unwrap() {
            match change["type"].as_str().unwrap() {
                "changed" => {
                    let activity = &change["activity"];
                    let id = activity["id"].as_str().unwrap().to_owned();
                    let before = self.activities.insert(id, activity.clone());
                    let grows =
                        |before: Value| before["revision"].as_i64() < activity["revision"].as_i64();
                    assert!(before.is_none_or(grows), "an old state came after a new one");
                }
                _ => drop(self.activities.remove(change["id"].as_str().unwrap())),
            }
        }
        self.position = format!("&since={}", page["next"].as_str().unwrap());
        page["has_more"] == json!(true)
    }
}

async fn write(replicas: &[&TestApp], user: &User, mut random: StdRng) {
    let mut ids: Vec<String> = Vec::new();
    for _ in 0..25 {
        let app = replicas.choose(&mut random).unwrap();
        let external_id = random.random_range(0..12).to_string();
        let duration = random.random_range(0..1000);
        match random.random_range(0..10) {
            0..4 => {
                let body = app.post_as(user, "/activities", &run()).await.expect(201).json();
                ids.push(body["id"].as_str().unwrap().to_owned());
            }
            4..6 => {
                // Others may write the same activity at the same time, which is answered with a
                // retryable error.
                let answer = app.post_as(user, "/activities", &named(&external_id, duration)).await;
                assert!(matches!(answer.status.as_u16(), 200 | 201 | 503), "{}", answer.text());
            }
            6 => {
                let items = [named(&external_id, duration), run(), named("shared", duration)];
                let answer =
                    app.post_as(user, "/activities/batch", &json!({"activities": items})).await;
                assert!(matches!(answer.status.as_u16(), 200 | 503), "{}", answer.text());
            }
            7..9 => {
                let Some(id) = ids.choose(&mut random) else { continue };
                let body = json!({"duration_secs": duration});
                let answer = app.put_as(user, &format!("/activities/{id}"), &body).await;
                assert!(matches!(answer.status.as_u16(), 200 | 404), "{}", answer.text());
            }
            _ => {
                if ids.is_empty() {
                    continue;
                }
                let id = ids.swap_remove(random.random_range(0..ids.len()));
                app.request(user, Method::DELETE, &format!("/activities/{id}"), None)
                    .await
                    .expect(204);
            }
        }
    }
}

#[actix_rt::test]
async fn every_copy_becomes_the_log() {
    let seed: u64 = rand::random::<u32>().into();
    println!("seed {seed}");
    let app = TestApp::spawn().await;
    let replica = app.replica().await;
    let replicas = [&app, &replica];
    let ann = app.user("ann@example.com").await;
    let is_over = Cell::new(false);
    let writers = async {
        join_all((0..4).map(|n| write(&replicas, &ann, StdRng::seed_from_u64(seed + n)))).await;
        is_over.set(true);
    };
    let readers = join_all((0..3).map(|n| {
        let mut random = StdRng::seed_from_u64(seed + 100 + n);
        let (ann, is_over) = (&ann, &is_over);
        async move {
            let mut copy = Copy::default();
            while !is_over.get() {
                let limit = random.random_range(1..6);
                copy.pull(replicas.choose(&mut random).unwrap(), ann, limit).await;
            }
            while copy.pull(replicas[0], ann, 50).await {}
            copy
        }
    }));
    let ((), copies) = join(writers, readers).await;
    let log: BTreeMap<String, Value> = listed(&app, &ann)
        .await
        .into_iter()
        .map(|activity| (activity["id"].as_str().unwrap().to_owned(), activity))
        .collect();
    assert!(log.len() > 10, "{}", log.len());
    for copy in copies {
        assert_eq!(copy.activities, log);
    }
}

#[actix_rt::test]
async fn an_activity_and_the_records_behind_it_are_changed_at_once_without_a_deadlock() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let run = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1800});
    let shown = app.post_as(&ann, "/activities", &run).await.expect(201).json();
    let path = format!("/activities/{}", shown["id"].as_str().unwrap());
    let behind = |round: u32, source: &str| {
        let mut behind = run.clone();
        behind["source"] = json!(source);
        behind["external_id"] = json!("1");
        behind["calories"] = json!(100 + round);
        behind
    };
    for round in 0..40 {
        let batch = json!({"activities": [behind(round, "watch"), behind(round, "scale")]});
        let title = json!({"title": format!("round {round}")});
        let phone = behind(round, "phone");
        let (first, second, third, fourth) = join4(
            app.post_as(&ann, "/activities/batch", &batch),
            app.put_as(&ann, &path, &title),
            app.post_as(&ann, "/activities", &phone),
            app.put_as(&ann, &path, &title),
        )
        .await;
        for answer in [first, second, third, fourth] {
            assert_eq!(answer.status.as_u16(), 200, "round {round}: {}", answer.text());
        }
    }
}
