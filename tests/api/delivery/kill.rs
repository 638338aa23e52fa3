//! The real program, killed in the middle: faults F1 and F2.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use nix::sys::signal::Signal;
use serde_json::json;

use super::STATES;
use crate::support::{
    Database, PASSWORD, SmtpServer, process::Process, settings, until, until_selects,
};

const IN_FLIGHT: usize = 3;

fn serve(database: &Database, smtp: &SmtpServer) -> (Process, String) {
    let mut variables = settings(&database.url, smtp.port);
    variables.extend([
        ("DELIVERY_IN_FLIGHT", IN_FLIGHT.to_string()),
        ("DELIVERY_DEADLINE_SECS", "1".to_owned()),
        ("DELIVERY_LEASE_SECS", "2".to_owned()),
        ("HASH_CONCURRENCY", "2".to_owned()),
    ]);
    let server = Process::start(&["serve"], &variables);
    let base = format!("http://127.0.0.1:{}", server.port());
    (server, base)
}

/// Registers `email`; whether that was acknowledged. The server may die meanwhile.
async fn register(base: &str, email: &str) -> bool {
    let client = awc::Client::builder().timeout(Duration::from_secs(30)).finish();
    let request = client.post(format!("{base}/auth/register")).force_close();
    let answer = request.send_json(&json!({"email": email, "password": PASSWORD})).await;
    answer.is_ok_and(|answer| answer.status() == 202)
}

/// Registers users until the server is gone; those that were acknowledged.
async fn register_many(base: &str, round: usize) -> Vec<String> {
    stream::iter(0..20)
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
    smtp.take_its_time(Duration::from_millis(100));
    let mut acknowledged = BTreeSet::new();

    // Killed after the last registration, while their mails are being sent.
    let (server, base) = serve(&database, &smtp);
    let registered = register_many(&base, 1).await;
    assert_eq!(registered.len(), 20);
    acknowledged.extend(registered);
    assert!(smtp.received() < 20, "the mail server is too quick for this test");
    server.end(Signal::SIGKILL);

    // Killed in the middle of registrations.
    let (server, base) = serve(&database, &smtp);
    let before = smtp.received();
    let kill = async {
        until("mails are being sent again", async || smtp.received() >= before + 3).await;
        server.end(Signal::SIGKILL);
    };
    let ((), registered) = futures_util::future::join(kill, register_many(&base, 2)).await;
    acknowledged.extend(registered);

    smtp.take_its_time(Duration::ZERO);
    let (server, _) = serve(&database, &smtp);
    let committed = database.text("SELECT count(*) FROM outbox").await;
    until_selects(&database, STATES, &format!("sent {committed}")).await;
    assert_eq!(server.end(Signal::SIGTERM), Some(0));

    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for mail in smtp.mails() {
        *copies.entry(mail.message_id).or_default() += 1;
    }
    let reached: BTreeSet<String> = smtp.mails().into_iter().map(|mail| mail.to).collect();
    let missing: Vec<&String> = acknowledged.difference(&reached).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // One mail for each that was committed, and none for what was not.
    assert_eq!(copies.len().to_string(), committed);
    let duplicates: usize = copies.values().map(|n| n - 1).sum();
    assert!(duplicates <= 2 * IN_FLIGHT, "{duplicates} duplicates");
}
