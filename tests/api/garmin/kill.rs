//! The real program is killed during a sync.

use nix::sys::signal::Signal;
use serde_json::json;

use super::{KEY, developer::connect, until_read};
use crate::support::{
    Database, SmtpServer, TestApp, User, fit,
    garmin::{Fault, Garmin, Person, listed},
    process::Process,
    settings, until, until_selects,
};

fn serve(database: &Database, smtp: &SmtpServer, garmin: &Garmin) -> Process {
    let mut variables = settings(&database.url, smtp.port);
    variables.extend(garmin.settings());
    variables.push(("HASH_CONCURRENCY", "2".to_owned()));
    // With a shorter lease, a thread of low priority that gets no CPU time for two seconds would
    // lose what it has fetched.
    variables.push(("GARMIN_LEASE_SECS", "6".to_owned()));
    let server = Process::start(&["serve"], &variables);
    server.port();
    server
}

/// A database with a connected user, whose server has been stopped.
async fn prepared(garmin: &Garmin) -> (Database, SmtpServer, User) {
    garmin.log_in(Person("g-ann"));
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let app = spawn_on(&database, &smtp, garmin).await;
    let ann = app.user("ann@example.com").await;
    connect(&app, garmin, &ann).await.expect(204);
    until_read(&app, &ann).await;
    drop(app);
    (database, smtp, ann)
}

async fn spawn_on(database: &Database, smtp: &SmtpServer, garmin: &Garmin) -> TestApp {
    let settings = garmin.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
    TestApp::spawn_on(database.clone(), smtp.clone(), &settings).await
}

#[actix_rt::test]
async fn a_first_sync_goes_on_where_it_was_killed() {
    let garmin = Garmin::start().await;
    garmin.add_key(KEY);
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    {
        let app = spawn_on(&database, &smtp, &garmin).await;
        let ann = app.user("ann@example.com").await;
        app.post_as(&ann, "/me/garmin", &json!({"api_key": KEY})).await.expect(200);
        until_read(&app, &ann).await;
    }
    let now = chrono::Utc::now().timestamp();
    for n in 0..200 {
        let start = now - 86_400 * 40 - n * 43_200;
        garmin.add(listed(n + 1, start, 120), Some(fit::run(start, 120)));
    }
    database
        .execute("UPDATE garmin_connections SET history_done_at = NULL, history_before = NULL")
        .await;
    let count =
        async || database.text("SELECT count(*) FROM activities").await.parse::<i64>().unwrap();
    let mut kills = 0;
    for target in [20, 70, 130] {
        let server = serve(&database, &smtp, &garmin);
        until("some more have come", async || count().await >= target).await;
        server.end(Signal::SIGKILL);
        kills += i32::from(count().await < 200);
    }
    assert!(kills >= 2, "killed in the middle {kills} times only");
    let _server = serve(&database, &smtp, &garmin);
    until_selects(&database, "SELECT history_done_at IS NOT NULL FROM garmin_connections", "true")
        .await;
    for query in [
        "SELECT count(*) FROM activities",
        "SELECT count(DISTINCT external_id) FROM activities",
        "SELECT count(*) FROM originals",
        "SELECT count(*) FROM garmin_activities",
    ] {
        assert_eq!(database.text(query).await, "200", "{query}");
    }
    // Files were not downloaded again, except those that were in transit when the server died.
    assert!(garmin.calls("download-service").len() <= 203);
}

/// Garmin has rotated the refresh token, and the server dies before it gets the answer: the old
/// token is worthless. Only the owner can reconnect, and is notified.
#[actix_rt::test]
async fn a_rotation_that_nobody_heard_of_ends_in_a_mail_and_not_in_silence() {
    let garmin = Garmin::start().await;
    let (database, smtp, ann) = prepared(&garmin).await;
    garmin.fail("/oauth/token", &[Fault::RotateThenHang]);
    let rotations = garmin.calls("/oauth/token").len();
    database
        .execute("UPDATE garmin_connections SET access_expires_at = now() + interval '9 minutes', next_sync_at = now()")
        .await;
    let server = serve(&database, &smtp, &garmin);
    until("it is rotated", async || garmin.calls("/oauth/token").len() > rotations).await;
    server.end(Signal::SIGKILL);
    let app = spawn_on(&database, &smtp, &garmin).await;
    until_selects(&database, "SELECT needs_reauth FROM garmin_connections", "true").await;
    until("its owner is told", async || {
        smtp.mails().iter().any(|mail| mail.subject.contains("Connect Garmin"))
    })
    .await;
    connect(&app, &garmin, &ann).await.expect(204);
    assert_eq!(super::sync(&app, &ann).await["last_error"], json!(null));
}

/// A rotated token is stored in one step, before it is used: a crash after that loses nothing.
#[actix_rt::test]
async fn a_rotation_that_was_heard_of_is_kept() {
    let garmin = Garmin::start().await;
    // Every token has to be renewed before it is used.
    garmin.set_lifetime(300);
    let (database, smtp, _) = prepared(&garmin).await;
    for _ in 0..4 {
        let orders = garmin.calls("backfill").len();
        database.execute("UPDATE garmin_connections SET next_sync_at = now()").await;
        let server = serve(&database, &smtp, &garmin);
        until("it is rotated and used", async || garmin.calls("backfill").len() > orders).await;
        server.end(Signal::SIGKILL);
    }
    database.execute("UPDATE garmin_connections SET next_sync_at = now()").await;
    let _server = serve(&database, &smtp, &garmin);
    until_selects(&database, "SELECT next_sync_at > now() FROM garmin_connections", "true").await;
    assert_eq!(database.text("SELECT needs_reauth FROM garmin_connections").await, "false");
}
