//! A drill of `deploy/backup/sports-log-backup`: back up under load, destroy, restore, compare.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::json;
use tempfile::TempDir;

use crate::support::{
    Database, OwnPostgres, PASSWORD, SmtpServer, TestApp, User, postgres_path, process::said,
    until_selects,
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/backup/sports-log-backup");

/// The dumps in a backup folder.
pub fn dumps(folder: &TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|e| e == "dump")).collect()
}

/// The command that runs the script against the PostgreSQL at `url`.
pub fn script(url: &str, folder: &Path, arguments: &[&str]) -> Command {
    let (_, socket_dir) = url.split_once("host=").unwrap();
    let socket_dir = socket_dir.replace("%2F", "/");
    let mut command = Command::new(SCRIPT);
    command
        .args(arguments)
        .env("PATH", postgres_path())
        .env("BACKUP_RUN", "")
        .env("BACKUP_DIR", folder);
    command.env("PGHOST", socket_dir).env("PGUSER", "sports_log").env("BACKUP_MIGRATE", "");
    command
}

/// Runs the script to its end without blocking the test's runtime.
pub async fn finished(mut command: Command) -> Output {
    actix_rt::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

pub async fn backup(url: &str, folder: &Path, arguments: &[&str]) -> Output {
    finished(script(url, folder, arguments)).await
}

pub async fn create_activity(app: &TestApp, user: &User, minute: usize) -> String {
    let body = json!({
        "activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60 * (minute + 1)
    });
    let created = app.post_as(user, "/activities", &body).await.expect(201);
    created.json()["id"].as_str().unwrap().to_owned()
}

#[actix_rt::test]
async fn what_was_acknowledged_before_a_backup_comes_back_after_everything_is_lost() {
    let folder = TempDir::new().unwrap();
    let mut postgres = OwnPostgres::start();
    let app = TestApp::spawn_on(Database::at(postgres.url()), SmtpServer::start().await, &[]).await;
    let user = app.user("ann@example.com").await;
    let mut acknowledged = Vec::new();
    for minute in 0..50 {
        acknowledged.push(create_activity(&app, &user, minute).await);
    }
    // Writes go on while the backup is made.
    let url = app.database.url.clone();
    let mut making = std::pin::pin!(backup(&url, folder.path(), &["create"]));
    let mut written_meanwhile = 0;
    let made = loop {
        tokio::select! {
            made = &mut making => break made,
            _ = create_activity(&app, &user, 50 + written_meanwhile) => written_meanwhile += 1,
        }
    };
    assert!(made.status.success(), "{}", said(&made));
    assert!(written_meanwhile > 0);
    until_selects(&app.database, "SELECT count(*) FROM backups", "1").await;
    let verified = backup(&url, folder.path(), &["verify"]).await;
    assert!(verified.status.success(), "{}", said(&verified));
    let databases = "SELECT count(*) FROM pg_database WHERE datname LIKE 'sports_log%'";
    assert_eq!(app.database.text(databases).await, "1", "nothing is left of the verification");

    drop(app);
    postgres.stop();
    drop(postgres);
    let postgres = OwnPostgres::start();
    // `initdb` creates this encoding when no locale is set.
    let ascii = "UPDATE pg_database SET encoding = pg_char_to_encoding('SQL_ASCII')
                 WHERE datname LIKE 'template%'";
    Database::at(postgres.url()).execute(ascii).await;
    let [dump] = dumps(&folder).try_into().unwrap();
    let restored =
        backup(&postgres.url(), folder.path(), &["restore", dump.to_str().unwrap()]).await;
    assert!(restored.status.success(), "{}", said(&restored));
    let app = TestApp::spawn_on(Database::at(postgres.url()), SmtpServer::start().await, &[]).await;
    let user = User::of(&app.login("ann@example.com", PASSWORD).await.expect(200));
    for id in acknowledged {
        app.get_as(&user, &format!("/activities/{id}")).await.expect(200);
    }
}

#[actix_rt::test]
async fn restoring_beside_a_server_keeps_what_was_there_and_needs_no_restart() {
    let folder = TempDir::new().unwrap();
    let postgres = OwnPostgres::start();
    let app = TestApp::spawn_on(Database::at(postgres.url()), SmtpServer::start().await, &[]).await;
    let user = app.user("ann@example.com").await;
    let before = create_activity(&app, &user, 0).await;
    let position =
        app.get_as(&user, "/activities/changes").await.expect(200).json()["next"].clone();
    let since = format!("/activities/changes?since={}", position.as_str().unwrap());
    app.get_as(&user, &since).await.expect(200);
    let made = backup(&app.database.url, folder.path(), &["create"]).await;
    assert!(made.status.success(), "{}", said(&made));
    let after = create_activity(&app, &user, 1).await;
    let [dump] = dumps(&folder).try_into().unwrap();
    let restored =
        backup(&app.database.url, folder.path(), &["restore", dump.to_str().unwrap()]).await;
    assert!(restored.status.success(), "{}", said(&restored));
    crate::support::until("it is ready again", async || app.get("/readyz").await.status == 200)
        .await;
    app.get_as(&user, &format!("/activities/{before}")).await.expect(200);
    app.get_as(&user, &format!("/activities/{after}")).await.expect(404);
    // A client may have synchronised changes that the backup lacks, so it must start again.
    // Revisions that clients have seen are not used again.
    app.get_as(&user, &since).await.expect_error(410, "resync_required");
    let latest =
        app.get_as(&user, &format!("/activities/{before}")).await.json()["revision"].clone();
    let next = create_activity(&app, &user, 2).await;
    let revision =
        app.get_as(&user, &format!("/activities/{next}")).await.json()["revision"].clone();
    assert!(revision.as_i64().unwrap() > latest.as_i64().unwrap() + 2, "{revision}");
    let kept = "SELECT count(*) FROM pg_database WHERE datname LIKE 'sports_log_before_%'";
    assert_eq!(app.database.text(kept).await, "1");
}

#[actix_rt::test]
async fn a_damaged_backup_and_a_failed_one_are_called_so() {
    let folder = TempDir::new().unwrap();
    let postgres = OwnPostgres::start();
    // Before the migrations: a dump of a database without our tables is worthless.
    let refused = backup(&postgres.url(), folder.path(), &["create"]).await;
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("no backup was made"), "{}", said(&refused));
    assert_eq!(dumps(&folder), Vec::<PathBuf>::new());

    let app = TestApp::spawn_on(Database::at(postgres.url()), SmtpServer::start().await, &[]).await;
    let made = backup(&app.database.url, folder.path(), &["create"]).await;
    assert!(made.status.success(), "{}", said(&made));
    let [dump] = dumps(&folder).try_into().unwrap();
    let mut bytes = fs::read(&dump).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&dump, bytes).unwrap();
    for arguments in [vec!["verify"], vec!["restore", dump.to_str().unwrap()]] {
        let refused = backup(&app.database.url, folder.path(), &arguments).await;
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert!(said(&refused).contains("is damaged"), "{}", said(&refused));
    }
    let listed = backup(&app.database.url, folder.path(), &["list"]).await;
    assert!(said(&listed).contains(dump.to_str().unwrap()), "{}", said(&listed));
    let misused = backup(&app.database.url, folder.path(), &["destroy"]).await;
    assert_eq!(misused.status.code(), Some(2));
}
