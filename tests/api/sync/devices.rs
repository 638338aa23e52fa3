//! A model of a log that two phones and another app share: answers are lost, servers are killed,
//! and one phone is away for a month. In the end nothing is lost or duplicated, and every copy
//! equals the log.

use std::{cell::Cell, collections::BTreeMap};

use actix_web::http::Method;
use futures_util::future::join3;
use nix::sys::signal::Signal;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{
    changes::age,
    device::{Deeds, Device, SOURCE, name},
    network::Network,
};
use crate::support::{
    SERVER_KEY, TestApp, User, attempt, free_port, process::Process, settings, until,
};

/// Two servers on one database, which are killed and restarted.
struct Servers {
    variables: Vec<Vec<(&'static str, String)>>,
    processes: Vec<Process>,
}

impl Servers {
    fn start(app: &TestApp) -> (Self, Vec<String>) {
        let ports = [free_port(), free_port()];
        let variables: Vec<_> = ports
            .iter()
            .map(|port| {
                let mut variables = settings(&app.database.url, app.smtp.port);
                variables.push(("BIND_ADDR", format!("127.0.0.1:{port}")));
                variables
            })
            .collect();
        let start = |variables: &Vec<_>| Process::start(&["serve"], variables);
        let processes = variables.iter().map(start).collect();
        let bases = ports.iter().map(|port| format!("http://127.0.0.1:{port}")).collect();
        (Self { variables, processes }, bases)
    }

    /// Kills one of them at a random moment.
    async fn kill(&mut self, random: &mut StdRng) {
        for _ in 0..random.random_range(0..200) {
            tokio::task::yield_now().await;
        }
        let index = random.random_range(0..self.processes.len());
        self.processes.remove(index).end(Signal::SIGKILL);
        let again = Process::start(&["serve"], &self.variables[index]);
        self.processes.insert(index, again);
    }
}

async fn are_ready(bases: &[String]) {
    for base in bases {
        until("it is ready", async || {
            let answer = attempt(Method::GET, base, "/readyz", &[], None).await;
            answer.is_ok_and(|answer| answer.status == 200)
        })
        .await;
    }
}

/// A phone's turn: it changes something, and syncs if it can.
async fn turn(phone: &mut Device<'_>) {
    for _ in 0..2 {
        if phone.chance(60) {
            phone.add();
        }
        if phone.chance(60)
            && let Some(id) = phone.any()
        {
            phone.edit(&id);
        }
        if phone.chance(25)
            && let Some(id) = phone.any()
        {
            phone.delete(&id);
        }
        if phone.chance(80) {
            // If it is offline, it tries again the next time.
            let _ = phone.sync().await;
        }
    }
}

/// Another app writes activities under the same names as a phone, and deletes some of them.
async fn write(network: &Network, random: &mut StdRng, written: &mut BTreeMap<String, Value>) {
    let external_id = format!("one-{}", random.random_range(1..8));
    let body = json!({
        "activity_type": "swim", "started_at": "2026-05-04T08:00:00Z", "source": "other-app",
        "duration_secs": random.random_range(7000..70_000), "external_id": external_id,
    });
    let path = (Method::POST, "/activities");
    // It retries until it has an answer, so it knows what is stored.
    while network.send(random, path.clone(), Some(&body), &[]).await.is_err() {}
    written.insert(external_id.clone(), body["duration_secs"].clone());
    if random.random_range(0..4) == 0 {
        let path = format!("/activities?source=other-app&external_id={external_id}");
        let page = loop {
            if let Ok(page) = network.send(random, (Method::GET, &path), None, &[]).await {
                break page.expect(200).json();
            }
        };
        let path = format!("/activities/{}", page["activities"][0]["id"].as_str().unwrap());
        while network.send(random, (Method::DELETE, &path), None, &[]).await.is_err() {}
        written.remove(&external_id);
    }
}

/// Makes what the server remembers a month older, and the phone's position in the feed three
/// months.
async fn a_month_passes(app: &TestApp, user: &User, phone: &mut Device<'_>) {
    for (table, column) in [
        ("idempotent_answers", "created_at"),
        ("activity_tombstones", "deleted_at"),
        ("deleted_names", "deleted_at"),
    ] {
        let sql = format!("UPDATE {table} SET {column} = {column} - interval '31 days'");
        app.database.execute(&sql).await;
    }
    let key = sports_log::credentials::ServerKey::new(&SERVER_KEY.into());
    let since = phone.state.since.take().unwrap();
    phone.state.since = Some(age(&since, &key, &user.id, 91));
}

#[actix_rt::test]
async fn nothing_is_lost_or_doubled_between_two_phones_and_another_app() {
    let seed: u64 = rand::random::<u32>().into();
    println!("seed {seed}");
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (mut servers, bases) = Servers::start(&app);
    let token = ann.token.clone();
    let network = Network { bases: bases.clone(), token, losses: Cell::new((10, 20)) };
    let random = |n: u64| StdRng::seed_from_u64(seed + n);
    let mut one = Device::new(&network, "one", random(1));
    let mut two = Device::new(&network, "two", random(2));
    let (mut of_other, mut of_kills) = (random(3), random(4));
    let mut written = BTreeMap::new();
    for round in 0..9 {
        let is_deadly = round % 4 == 1;
        if is_deadly || round == 0 {
            are_ready(&bases).await;
        }
        let others = async {
            write(&network, &mut of_other, &mut written).await;
            if is_deadly {
                servers.kill(&mut of_kills).await;
            }
        };
        if round == 4 {
            are_ready(&bases).await;
            let (edited, deleted) = away(&network, &mut one, &mut two).await;
            one.edit(&edited);
            one.delete(&deleted);
            one.sync().await.unwrap();
            a_month_passes(&app, &ann, &mut two).await;
            network.losses.set((10, 20));
        }
        join3(turn(&mut one), turn(&mut two), others).await;
    }
    network.losses.set((0, 0));
    are_ready(&bases).await;
    // Each reads what the other still had to send.
    for _ in 0..2 {
        one.sync().await.unwrap();
        two.sync().await.unwrap();
    }
    one.pull().await.unwrap();
    let log = whole_log(&app, &ann).await;
    assert_eq!(one.state.activities, log);
    assert_eq!(two.state.activities, log);
    let of = |source: &str| -> Vec<&Value> {
        log.values().filter(|activity| activity["source"] == source).collect()
    };
    let others: BTreeMap<String, Value> =
        of("other-app").into_iter().map(|one| (name(one), one["duration_secs"].clone())).collect();
    assert_eq!(others, written);
    check(&of(SOURCE), &[one.deeds, two.deeds]);
    assert_eq!(log.len(), others.len() + of(SOURCE).len());
}

/// The second phone sends two activities, gets no answer and is off for a month. The first phone
/// has them and is about to change one and delete the other.
async fn away(network: &Network, one: &mut Device<'_>, two: &mut Device<'_>) -> (String, String) {
    network.losses.set((0, 0));
    two.sync().await.unwrap();
    let names = [two.add(), two.add()];
    network.losses.set((0, 100));
    two.push_new().await.unwrap_err();
    network.losses.set((0, 0));
    one.sync().await.unwrap();
    let ids = names.map(|name| {
        let is_named = |(_, activity): &(&String, &Value)| activity["external_id"] == name.as_str();
        one.state.activities.iter().find(is_named).unwrap().0.clone()
    });
    let [edited, deleted] = ids;
    (edited, deleted)
}

/// All activities, from the list.
async fn whole_log(app: &TestApp, user: &User) -> BTreeMap<String, Value> {
    let path = "/activities?limit=100&include=laps,sets,device_data";
    let page = app.get_as(user, path).await.expect(200).json();
    assert_eq!(page["next_cursor"], Value::Null);
    let activities = page["activities"].as_array().unwrap().iter();
    activities.map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone())).collect()
}

fn check(log: &[&Value], deeds: &[Deeds]) {
    let all = |of: fn(&Deeds) -> &std::collections::BTreeSet<String>| deeds.iter().flat_map(of);
    let mut there = BTreeMap::new();
    for activity in log {
        assert!(there.insert(name(activity), activity).is_none(), "doubled: {activity}");
        assert_eq!(activity["sets"][0]["reps"], 5, "its sets are lost: {activity}");
    }
    for added in all(|deeds| &deeds.added) {
        let may_be_gone = all(|deeds| &deeds.wanted_deleted).any(|name| name == added);
        assert!(may_be_gone || there.contains_key(added), "lost: {added}");
    }
    for deleted in all(|deeds| &deeds.deleted) {
        assert!(!there.contains_key(deleted), "came back: {deleted}");
    }
    // An applied edit is still there, or somebody who had seen it made another edit.
    let tried: Vec<_> = deeds.iter().flat_map(|deeds| &deeds.tried).collect();
    for (name, edit) in deeds.iter().flat_map(|deeds| &deeds.applied) {
        let Some(activity) = there.get(name) else { continue };
        let is_there = activity["notes"] == edit.set.as_str();
        let was_seen =
            tried.iter().any(|(of, later)| of == name && later.was.as_ref() == Some(&edit.set));
        assert!(is_there || was_seen, "lost: {edit:?} of {activity}");
    }
}
