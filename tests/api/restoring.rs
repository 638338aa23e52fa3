//! Restores that are interrupted, restores of an older backup, and undoing a restore.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Stdio,
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use tempfile::TempDir;

use crate::{
    backup::{backup, create_activity, dumps, finished, script},
    support::{Database, OwnPostgres, SmtpServer, TestApp, process::said, settings, until},
};

/// Runs PostgreSQL's programs, but stops before a database is renamed.
const HALTING: &str = r#"#!/bin/sh
[ "$1" = psql ] || exec "$@"
statements=$(cat)
case $statements in *RENAME*) touch "${0%/*}/halted" && exec sleep 60 ;; esac
printf '%s\n' "$statements" | "$@"
"#;

/// The migration that the tests treat as the newest.
const NEWEST: &str = "20261130000018";
const NEWEST_UP: &str =
    include_str!("../../migrations/steps/2026-11-30-000018_announced_records/up.sql");
const NEWEST_DOWN: &str =
    include_str!("../../migrations/steps/2026-11-30-000018_announced_records/down.sql");

fn program(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

async fn served(postgres: &OwnPostgres) -> TestApp {
    let database = Database::at(postgres.url());
    TestApp::spawn_on(database, SmtpServer::start().await, &[]).await
}

async fn run_all(database: &Database, statements: &str) {
    use diesel_async::SimpleAsyncConnection;
    database.connect().await.batch_execute(statements).await.unwrap();
}

#[actix_rt::test]
async fn an_interrupted_restore_leaves_everything_as_it_was() {
    let folder = TempDir::new().unwrap();
    let postgres = OwnPostgres::start();
    let app = served(&postgres).await;
    let ann = app.user("ann@example.com").await;
    let url = app.database.url.clone();
    let made = backup(&url, folder.path(), &["create"]).await;
    assert!(made.status.success(), "{}", said(&made));
    let run = create_activity(&app, &ann, 1).await;
    let [dump] = dumps(&folder).try_into().unwrap();
    let halted = folder.path().join("halted");
    let halting = program(folder.path(), "halting", HALTING);
    let maintenance = Database::at(url.replace("/sports_log?", "/postgres?"));
    for signal in [Signal::SIGHUP, Signal::SIGTERM] {
        let mut command = script(&url, folder.path(), &["restore", dump.to_str().unwrap()]);
        // Signals go to the whole process group, like those of a terminal.
        command.env("BACKUP_RUN", &halting).process_group(0).stderr(Stdio::piped());
        let restoring = command.spawn().unwrap();
        until("the database is about to be renamed", async || halted.exists()).await;
        let is_open = "SELECT datallowconn FROM pg_database WHERE datname = 'sports_log'";
        assert_eq!(maintenance.text(is_open).await, "false");
        killpg(Pid::from_raw(restoring.id().try_into().unwrap()), signal).unwrap();
        let waiting = actix_rt::task::spawn_blocking(move || restoring.wait_with_output().unwrap());
        let output = waiting.await.unwrap();
        assert_eq!(output.status.code(), Some(128 + signal as i32), "{}", said(&output));
        assert!(said(&output).contains("is open again"), "{}", said(&output));
        until("it is ready again", async || app.get("/readyz").await.status == 200).await;
        app.get_as(&ann, &format!("/activities/{run}")).await.expect(200);
        let all = "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'sports%'";
        assert_eq!(maintenance.text(all).await, "sports_log");
        fs::remove_file(&halted).unwrap();
    }
}

#[actix_rt::test]
async fn an_older_backup_is_brought_up_to_date_and_the_way_back_is_said() {
    let folder = TempDir::new().unwrap();
    let postgres = OwnPostgres::start();
    let app = served(&postgres).await;
    let ann = app.user("ann@example.com").await;
    let url = app.database.url.clone();
    let older = format!(
        "{NEWEST_DOWN}; DELETE FROM __diesel_schema_migrations WHERE version >= '{NEWEST}'"
    );
    run_all(&app.database, &older).await;
    app.get("/readyz").await.expect_error(503, "schema_mismatch");
    let made = backup(&url, folder.path(), &["create"]).await;
    assert!(made.status.success(), "{}", said(&made));
    let newer = format!(
        "{NEWEST_UP}; INSERT INTO __diesel_schema_migrations (version) VALUES ('{NEWEST}')"
    );
    run_all(&app.database, &newer).await;
    app.get("/readyz").await.expect(200);
    let later = create_activity(&app, &ann, 1).await;

    // Without a command that migrates it, the script says so, and the server is not ready.
    let [dump] = dumps(&folder).try_into().unwrap();
    let restore = ["restore", dump.to_str().unwrap()];
    let restored = backup(&url, folder.path(), &restore).await;
    assert_eq!(restored.status.code(), Some(1), "{}", said(&restored));
    assert!(said(&restored).contains("restart sports-log"), "{}", said(&restored));
    until("the server noticed", async || {
        app.get("/readyz").await.text().contains("schema_mismatch")
    })
    .await;

    // The script prints the command that undoes the restore.
    let told = said(&restored);
    let (_, kept) = told.split_once("put-back ").unwrap();
    let kept = kept.lines().next().unwrap();
    let put_back = backup(&url, folder.path(), &["put-back", kept]).await;
    assert!(put_back.status.success(), "{}", said(&put_back));
    until("it is ready again", async || app.get("/readyz").await.status == 200).await;
    app.get_as(&ann, &format!("/activities/{later}")).await.expect(200);
    let refused = backup(&url, folder.path(), &["put-back", "postgres"]).await;
    assert!(said(&refused).contains("sports_log_before_"), "{}", said(&refused));

    let variables: String = settings(&url, 25)
        .into_iter()
        .map(|(name, value)| format!("export {name}='{value}'\n"))
        .collect();
    let binary = env!("CARGO_BIN_EXE_sports-log");
    let text = format!("#!/bin/sh\n{variables}exec {binary} migrate\n");
    let mut command = script(&url, folder.path(), &restore);
    command.env("BACKUP_MIGRATE", program(folder.path(), "migrate", &text));
    let restored = finished(command).await;
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(said(&restored).contains(&format!("applied {NEWEST}")), "{}", said(&restored));
    until("it is ready again", async || app.get("/readyz").await.status == 200).await;
    app.get_as(&ann, &format!("/activities/{later}")).await.expect(404);
    let unknown = "SELECT count(*) FROM pg_class
                   WHERE relname IN ('users', 'activities', 'sessions') AND reltuples < 0";
    assert_eq!(app.database.text(unknown).await, "0", "what the planner needs is not known");
}
