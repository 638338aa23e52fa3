//! The real program is killed during an import.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use nix::sys::signal::Signal;

use super::{MORNING, zip};
use crate::support::{
    Database, SmtpServer, TestApp, fit, process::Process, settings, until, until_selects,
};

fn serve(database: &Database, smtp: &SmtpServer) -> Process {
    let mut variables = settings(&database.url, smtp.port);
    variables.extend([
        ("IMPORT_LEASE_SECS", "1".to_owned()),
        ("IMPORT_POLL_SECS", "0.2".to_owned()),
        ("HASH_CONCURRENCY", "2".to_owned()),
    ]);
    let server = Process::start(&["serve"], &variables);
    server.port();
    server
}

/// An archive of `files` runs, some of them in an inner archive.
fn archive(files: i64) -> Vec<u8> {
    let runs: Vec<_> =
        (0..files).map(|n| (format!("{n}.fit"), fit::run(MORNING + n * 3600, 300))).collect();
    let inner: Vec<_> =
        runs.iter().skip(400).map(|(name, run)| (name.as_str(), run.as_slice())).collect();
    let inner = zip(&inner);
    let mut files: Vec<_> =
        runs.iter().take(400).map(|(name, run)| (name.as_str(), run.as_slice())).collect();
    files.insert(100, ("inner.zip", &inner));
    zip(&files)
}

#[actix_rt::test]
async fn an_import_goes_on_where_it_was_killed_and_nothing_is_lost_or_doubled() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    {
        // Accepts the upload but reads nothing: its runner cannot claim it.
        let app = TestApp::spawn_on(database.clone(), smtp.clone(), &[]).await;
        let ann = app.user("ann@example.com").await;
        let gate = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                    CREATE TRIGGER gate BEFORE UPDATE ON imports FOR EACH ROW WHEN (NEW.status = 'running')
                        EXECUTE FUNCTION no()";
        database.connect().await.batch_execute(gate).await.unwrap();
        super::upload(&app, &ann, "a.zip", &archive(500)).await.expect(202);
    }
    database.execute("DROP TRIGGER gate ON imports").await;
    let count =
        async || database.text("SELECT count(*) FROM import_files").await.parse::<i64>().unwrap();
    let mut kills = 0;
    for target in [40, 130, 180, 320, 460] {
        let server = serve(&database, &smtp);
        until("some more files are over", async || count().await >= target).await;
        server.end(Signal::SIGKILL);
        let after = count().await;
        if after < 500 {
            kills += 1;
        }
        let activities = database.text("SELECT count(*) FROM activities").await;
        assert_eq!(activities, after.to_string());
    }
    assert!(kills >= 3, "killed in the middle {kills} times only");
    let server = serve(&database, &smtp);
    until_selects(&database, "SELECT status FROM imports", "done").await;
    for (query, expected) in [
        ("SELECT count(*) FROM import_files WHERE outcome = 'imported'", "500"),
        ("SELECT count(*) FROM activities", "500"),
        ("SELECT count(DISTINCT started_at) FROM activities", "500"),
        ("SELECT count(*) FROM originals", "500"),
        ("SELECT count(*) FROM activity_streams", "500"),
        ("SELECT found FROM imports", "500"),
        ("SELECT count(*) FROM import_parts", "0"),
    ] {
        assert_eq!(database.text(query).await, expected, "{query}");
    }
    drop(server);
}

/// A shutdown waits for one file only, and the next server continues at once.
#[actix_rt::test]
async fn a_stop_gives_the_job_back() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let patient = [("IMPORT_LEASE_SECS", "3600")];
    let app = TestApp::spawn_on(database.clone(), smtp.clone(), &patient).await;
    let ann = app.user("ann@example.com").await;
    super::upload(&app, &ann, "a.zip", &archive(100)).await.expect(202);
    until_selects(&database, "SELECT count(*) > 10 FROM import_files", "true").await;
    let started = std::time::Instant::now();
    drop(app);
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(database.text("SELECT status FROM imports").await, "waiting");
    let _app = TestApp::spawn_on(database.clone(), smtp, &patient).await;
    until_selects(&database, "SELECT status FROM imports", "done").await;
    assert_eq!(database.text("SELECT count(*) FROM activities").await, "100");
}
