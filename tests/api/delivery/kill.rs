//! The real program is killed while it sends: faults F1 and F2.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use diesel_async::SimpleAsyncConnection;
use futures_util::{StreamExt, stream};
use nix::sys::signal::Signal;
use serde_json::json;

use super::{STATES, tally::Tally};
use crate::support::{
    Database, PASSWORD, SmtpServer, Stage, process::Process, settings, until, until_selects,
};

/// One at a time: a kill can duplicate at most one message.
const IN_FLIGHT: usize = 1;
const LEASE: Duration = Duration::from_secs(2);

fn serve(database: &Database, smtp: &SmtpServer) -> (Process, String) {
    let mut variables = settings(&database.url, smtp.port);
    variables.extend([
        ("DELIVERY_IN_FLIGHT", IN_FLIGHT.to_string()),
        ("DELIVERY_DEADLINE_SECS", "1".to_owned()),
        ("DELIVERY_LEASE_SECS", LEASE.as_secs().to_string()),
        ("HASH_CONCURRENCY", "2".to_owned()),
    ]);
    let server = Process::start(&["serve"], &variables);
    let base = format!("http://127.0.0.1:{}", server.port());
    (server, base)
}

/// Registers `email`. Returns whether that was acknowledged: the server may die meanwhile.
async fn register(base: &str, email: &str) -> bool {
    let client = awc::Client::builder().timeout(Duration::from_secs(30)).finish();
    let request = client.post(format!("{base}/auth/register")).force_close();
    let answer = request.send_json(&json!({"email": email, "password": PASSWORD})).await;
    answer.is_ok_and(|answer| answer.status() == 202)
}

/// Registers the `users` of a round, four at a time, until the server is gone. Returns those that
/// were acknowledged.
async fn register_many(base: &str, round: usize, users: usize) -> Vec<String> {
    stream::iter(0..users)
        .map(|n| async move {
            let email = format!("user{n}.of{round}@example.com");
            register(base, &email).await.then_some(email)
        })
        .buffer_unordered(4)
        .filter_map(async |email| email)
        .collect()
        .await
}

#[actix_rt::test]
async fn every_acknowledged_registration_gets_its_mail_however_often_the_server_is_killed() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    // Slow enough that each kill interrupts a send.
    smtp.take_its_time(Duration::from_millis(20));
    let mut acknowledged = BTreeSet::new();
    let kills = 8;
    for round in 0..kills {
        let (server, base) = serve(&database, &smtp);
        let after = rand::random_range(100..1200);
        let kill = async {
            // At a random time, not at a chosen state.
            tokio::time::sleep(Duration::from_millis(after)).await;
            server.end(Signal::SIGKILL);
        };
        let (_, registered) =
            futures_util::future::join(kill, register_many(&base, round, 30)).await;
        acknowledged.extend(registered);
    }
    smtp.take_its_time(Duration::ZERO);
    let (server, base) = serve(&database, &smtp);
    acknowledged.extend(register_many(&base, kills, 20).await);
    let committed = database.text("SELECT count(*) FROM outbox").await;
    until_selects(&database, STATES, &format!("sent {committed}")).await;
    assert_eq!(server.end(Signal::SIGTERM), Some(0));

    let tally = Tally::take(&format!("F1, {kills} kills"), &database, &smtp).await;
    let reached: BTreeSet<String> = smtp.mails().into_iter().map(|mail| mail.to).collect();
    let missing: Vec<&String> = acknowledged.difference(&reached).collect();
    assert!(acknowledged.len() > 20 && missing.is_empty(), "{missing:?}");
    // No mail is about a registration that was rolled back: each belongs to a row.
    assert_eq!((tally.lost, tally.unknown), (0, 0));
    assert!(tally.duplicated <= kills * IN_FLIGHT, "{} duplicates", tally.duplicated);
}

#[actix_rt::test]
async fn a_kill_before_the_send_means_one_mail() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    smtp.hold(Some(Stage::Greeting));
    let (server, base) = serve(&database, &smtp);
    assert!(register(&base, "ann@example.com").await);
    until_selects(&database, STATES, "sending 1").await;
    server.end(Signal::SIGKILL);
    smtp.hold(None);
    let recovering = Instant::now();
    let (_server, _) = serve(&database, &smtp);
    until_selects(&database, STATES, "sent 1").await;
    assert!(recovering.elapsed() < LEASE + Duration::from_secs(5));
    let tally = Tally::take("F2, killed before the send", &database, &smtp).await;
    assert_eq!((tally.received, tally.duplicated, tally.lost), (1, 0, 0));
}

#[actix_rt::test]
async fn a_kill_between_the_servers_word_and_ours_means_two_mails_of_one_id() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    smtp.hold(Some(Stage::Dot));
    let (server, base) = serve(&database, &smtp);
    assert!(register(&base, "ann@example.com").await);
    until("the mail is there", async || !smtp.unanswered().is_empty()).await;
    // This lock keeps the server from recording the outcome.
    let mut conn = database.connect().await;
    conn.batch_execute("BEGIN; SELECT FROM outbox FOR UPDATE").await.unwrap();
    smtp.hold(None);
    smtp.mail_to("ann@example.com").await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                   AND wait_event_type = 'Lock' AND query LIKE '%UPDATE outbox%'";
    until_selects(&database, waiting, "1").await;
    server.end(Signal::SIGKILL);
    // PostgreSQL would execute the statement of a dead client.
    let forget = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock'";
    database.execute(forget).await;
    until_selects(&database, waiting, "0").await;
    conn.batch_execute("ROLLBACK").await.unwrap();
    let recovering = Instant::now();
    let (_server, _) = serve(&database, &smtp);
    until_selects(&database, STATES, "sent 1").await;
    assert!(recovering.elapsed() < LEASE + Duration::from_secs(5));
    let tally = Tally::take("F2, killed before the update", &database, &smtp).await;
    assert_eq!((tally.received, tally.duplicated, tally.lost), (2, 1, 0));
}
