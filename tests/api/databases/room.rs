//! The number of connections, the version of PostgreSQL, and settings that risk data in a crash.

use serde_json::Value;

use super::{made, maintenance, run};
use crate::support::process::said;

/// The connections of a server with the tests' settings: 4 and 1 for point reads in its worker's
/// pools, 4 for delivery, 5 for imports, 2 each for Garmin and account exports, 1 that listens and
/// 1 that computes efforts.
const MOST: usize = 5 + 4 + 5 + 2 + 2 + 2;

#[actix_rt::test]
async fn a_server_that_wants_more_connections_than_there_are_is_warned_of() {
    let database = made("crowded", "").await;
    let fitting = run(&["check-config"], &database.url).await;
    assert!(fitting.status.success(), "{}", said(&fitting));
    let all = format!("Each server opens up to {MOST}.");
    assert!(said(&fitting).contains(&all), "{}", said(&fitting));
    assert!(said(&fitting).contains("PostgreSQL 1"), "{}", said(&fitting));
    assert!(!said(&fitting).contains("CONNECTION LIMIT"), "{}", said(&fitting));

    let limit = format!("ALTER DATABASE crowded CONNECTION LIMIT {}", MOST - 1);
    maintenance().execute(&limit).await;
    let short =
        format!("opens up to {MOST} connections, and the database has room for {}", MOST - 1);
    let warned = run(&["check-config"], &database.url).await;
    assert!(said(&warned).contains(&short), "{}", said(&warned));
    let status = run(&["status"], &database.url).await;
    assert!(said(&status).contains(&format!("! a server {short}")), "{}", said(&status));

    // Only the connection that listens bypasses a pooler.
    let mut variables = crate::support::settings(&database.url, 25);
    variables.push(("DATABASE_DIRECT_URL", database.url.clone()));
    let pooled = actix_rt::task::spawn_blocking(move || {
        crate::support::process::run(&["check-config"], &variables)
    });
    let pooled = said(&pooled.await.unwrap());
    assert!(pooled.contains("Each server opens up to 1."), "{pooled}");
}

#[actix_rt::test]
async fn a_database_that_may_forget_is_a_problem() {
    // The tests' cluster is fast because it is not durable.
    let database = made("forgetful", "").await;
    let status = run(&["status", "--json"], &database.url).await;
    let status: Value = serde_json::from_slice(&status.stdout).unwrap();
    let problems = status["problems"].to_string();
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert!(problems.contains(&format!("{setting} is off")), "{problems}");
    }
    assert!(status["database"]["version"].as_str().unwrap().starts_with('1'), "{status}");
}
