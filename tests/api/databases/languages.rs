//! Errors are recognised whatever the language of PostgreSQL's messages.

use std::{cell::Cell, collections::BTreeSet};

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures_util::future::join;
use serde_json::json;
use uuid::Uuid;

use super::is_there;
use crate::support::{Database, OwnPostgres, SmtpServer, TestApp, until, until_selects};

/// A PostgreSQL with German messages, if this machine has the locale and the translation.
async fn german() -> Option<OwnPostgres> {
    const SKIPPED: &str = "SKIPPED: errors of a PostgreSQL that speaks German were not tried:";
    if !is_there("de_DE.UTF-8") {
        eprintln!("{SKIPPED} there is no locale de_DE.UTF-8, and localedef cannot make it");
        return None;
    }
    let mut postgres = OwnPostgres::start();
    postgres.configure("lc_messages = 'de_DE.UTF-8'\n");
    let mut conn = Database::at(postgres.url()).connect().await;
    let error = diesel::sql_query("SELECT 1/0").execute(&mut conn).await.unwrap_err().to_string();
    if error == "22012: division by zero" {
        eprintln!("{SKIPPED} its packages were installed without translations (postgres-*.mo)");
        return None;
    }
    assert_eq!(error, "22012: Division durch Null");
    Some(postgres)
}

/// A time zone that the server knows and the database does not.
async fn unknown_zone(database: &Database) -> Option<String> {
    let known = database.text("SELECT string_agg(name, ' ') FROM pg_timezone_names").await;
    let known: BTreeSet<&str> = known.split(' ').collect();
    let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    names.filter(|name| !known.contains(name)).map(str::to_owned).next()
}

#[actix_rt::test]
async fn errors_mean_the_same_in_german() {
    let Some(mut postgres) = german().await else { return };
    let database = Database::at(postgres.url());
    let patience = [("DATABASE_STATEMENT_TIMEOUT_SECS", "1"), ("DATABASE_POOL_SIZE", "16")];
    let app = TestApp::spawn_on(database.clone(), SmtpServer::start().await, &patience).await;
    let ann = app.user("ann@example.com").await;
    let run = |name: &str| {
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1,
               "source": "garmin", "external_id": name})
    };
    let one = app.post_as(&ann, "/activities", &run("1")).await.expect(201);
    let one = one.header("location").to_owned();
    app.post_as(&ann, "/activities", &run("2")).await.expect(201);
    // A violated constraint.
    app.put_as(&ann, &one, &run("2")).await.expect_error(409, "external_id_taken");
    if let Some(zone) = unknown_zone(&database).await {
        let summary = app.get_as(&ann, &format!("/stats/summary?tz={zone}")).await;
        summary.expect_error(400, "invalid_parameter");
    }

    // A statement that exceeds the lock timeout, then one whose connection is terminated while it
    // waits.
    let mut lock = database.connect().await;
    lock.batch_execute("BEGIN; LOCK TABLE activities IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let busy = app.post_as(&ann, "/activities", &run("3")).await.expect_error(503, "busy");
    assert_ne!(busy.header("retry-after"), "");
    let is_waiting = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    let ending = async {
        until_selects(&database, is_waiting, "true").await;
        let terminate = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                         WHERE wait_event_type = 'Lock'";
        database.text(terminate).await;
    };
    let post = run("4");
    let (cut, ()) = join(app.post_as(&ann, "/activities", &post), ending).await;
    cut.expect_error(503, "database_unavailable");
    lock.batch_execute("ROLLBACK").await.unwrap();

    // A restart under load.
    let is_over = Cell::new(false);
    let mut statuses = BTreeSet::new();
    let load = async {
        while !is_over.get() {
            let body = run(&Uuid::new_v4().to_string());
            for status in [
                app.post_as(&ann, "/activities", &body).await.status,
                app.get_as(&ann, &one).await.status,
                app.get_as(&ann, "/activities").await.status,
                app.put_as(&ann, "/me/preferences", &json!({"units": "metric"})).await.status,
            ] {
                statuses.insert(status.as_u16());
            }
        }
    };
    let restart = async {
        let restarting = actix_rt::task::spawn_blocking(move || {
            postgres.stop();
            postgres.start_again();
            postgres
        });
        let postgres = restarting.await.unwrap();
        until("it serves again", async || app.get("/readyz").await.status == 200).await;
        is_over.set(true);
        postgres
    };
    let ((), _postgres) = join(load, restart).await;
    assert!(statuses.contains(&503), "{statuses:?}");
    assert!(statuses.is_subset(&BTreeSet::from([200, 201, 503])), "{statuses:?}");
}
