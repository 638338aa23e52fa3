//! `/readyz`: what it depends on, and what it reveals to whom. Also servers on a schema that is
//! missing or that requires a newer server.

use actix_web::http::Method;
use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{
    Database, TestApp,
    process::{run, said},
    settings, until_selects,
};

#[actix_rt::test]
async fn a_full_pool_is_no_reason_to_be_called_unready() {
    let app = TestApp::spawn_with(&[("DATABASE_STATEMENT_TIMEOUT_SECS", "2")]).await;
    let ann = app.user("ann@example.com").await;
    let body =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1});
    let mut lock = app.database.connect().await;
    lock.batch_execute("BEGIN; LOCK TABLE activities IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let posts = join_all((0..6).map(|_| app.post_as(&ann, "/activities", &body)));
    let asking = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until_selects(&app.database, waiting, "4").await;
        app.get("/readyz").await.expect(200);
        lock.batch_execute("ROLLBACK").await.unwrap();
    };
    futures_util::future::join(posts, asking).await;
}

#[actix_rt::test]
async fn outsiders_are_told_nothing_but_that() {
    let app = TestApp::spawn().await;
    assert!(app.get("/readyz").await.expect(200).text().contains("relay"));
    for header in [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1")] {
        let answer = app.send(Method::GET, "/readyz", &[header], None).await.expect(200);
        assert_eq!(answer.json(), json!({"status": "ready"}));
    }
}

#[actix_rt::test]
async fn a_server_that_is_too_old_for_a_schema_says_so() {
    let app = TestApp::spawn().await;
    app.get("/readyz").await.expect(200);
    let set = |version: &str| format!("UPDATE oldest_server SET version = '{version}'");
    app.database.execute(&set("99.1.0")).await;
    app.get("/readyz").await.expect_error(503, "schema_mismatch");
    for subcommand in ["serve", "migrate", "status"] {
        let variables = settings(&app.database.url, 25);
        let output = actix_rt::task::spawn_blocking(move || run(&[subcommand], &variables));
        let output = output.await.unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("needs version 99.1.0"), "{}", said(&output));
    }
    app.database.execute(&set("0.0.9")).await;
    app.get("/readyz").await.expect(200);
}

#[actix_rt::test]
async fn a_database_without_our_schema_is_not_ready() {
    let app = TestApp::spawn().await;
    app.database.execute("ALTER TABLE __diesel_schema_migrations RENAME TO nothing").await;
    app.get("/readyz").await.expect_error(503, "schema_mismatch");
    let empty = Database::empty().await;
    let output =
        actix_rt::task::spawn_blocking(move || run(&["status"], &settings(&empty.url, 25)));
    assert!(said(&output.await.unwrap()).contains("the schema is out of date"));
}
