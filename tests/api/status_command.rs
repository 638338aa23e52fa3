//! `sports-log status`: what it shows, and what it reports as a problem.

use serde_json::Value;

use crate::support::{
    Database, OwnPostgres, SmtpServer, TestApp, connector, free_port,
    process::{run, said},
    settings, until_selects,
};

/// The status of `app`, and the exit code.
async fn status(app: &TestApp, database_url: &str) -> (Value, Option<i32>) {
    let mut variables = settings(database_url, 25);
    variables.retain(|(name, _)| *name != "BIND_ADDR");
    variables.push(("BIND_ADDR", app.base.trim_start_matches("http://").to_owned()));
    let output = actix_rt::task::spawn_blocking(move || run(&["status", "--json"], &variables));
    let output = output.await.unwrap();
    let json = serde_json::from_slice(&output.stdout);
    (json.unwrap_or_else(|_| panic!("{}", said(&output))), output.status.code())
}

#[actix_rt::test]
async fn a_well_server_has_no_problems() {
    // The cluster that tests share is not durable, which is a problem.
    let postgres = OwnPostgres::start();
    let database = Database::at(postgres.url());
    let app = TestApp::spawn_on(database, SmtpServer::start().await, &[]).await;
    app.user("ann@example.com").await;
    app.database
        .execute(
            "INSERT INTO backups (file, bytes) VALUES ('monday.dump', 100), ('tuesday.dump', 200)",
        )
        .await;
    let (status, code) = status(&app, &app.database.url).await;
    assert_eq!(code, Some(0), "{status}");
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["server"]["server_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["server"]["pool"]["http max"], 4.0);
    assert_eq!(status["database"]["pending_migrations"], serde_json::json!([]));
    assert_eq!(status["database"]["last_backup"]["file"], "tuesday.dump");
    assert_eq!(status["problems"], serde_json::json!([]));
}

#[actix_rt::test]
async fn what_is_wrong_is_said_and_makes_the_exit_code() {
    let app = TestApp::spawn().await;
    app.registered_user("ann@example.com").await;
    until_selects(&app.database, "SELECT count(*) FROM outbox WHERE status = 'sent'", "1").await;
    let refused = "UPDATE outbox SET status = 'dead', last_error_class = 'permanent',
                                     last_error_code = '550 5.1.1 at RCPT'";
    app.database.execute(refused).await;
    let (told, code) = status(&app, &app.database.url).await;
    assert_eq!(code, Some(1), "{told}");
    let problem = told["problems"][0].as_str().unwrap();
    assert!(problem.contains("--status dead"), "{told}");
    assert!(
        problem.contains("1 mail of the last day was rejected permanently: 1 × 550 5.1.1 at RCPT"),
        "{told}"
    );
    assert_eq!(told["database"]["lost"][0]["code"], "550 5.1.1 at RCPT");

    let empty = Database::empty().await;
    let (told, _) = status(&app, &empty.url).await;
    assert!(told["problems"].to_string().contains("sports-log migrate"), "{told}");
    // The command changed nothing.
    connector(&empty.url).connect().await.unwrap();
    let tables = "SELECT count(*) FROM pg_class WHERE relname = 'users'";
    assert_eq!(empty.text(tables).await, "0");

    let nowhere = format!("postgres://somebody:sesame@127.0.0.1:{}/sports_log", free_port());
    let (told, _) = status(&app, &nowhere).await;
    assert!(told["problems"].to_string().contains("the database cannot be queried"), "{told}");
    assert!(!told.to_string().contains("sesame"));
}

#[actix_rt::test]
async fn people_get_a_table_even_without_a_server() {
    let database = Database::new().await;
    let mut variables = settings(&database.url, 25);
    variables.retain(|(name, _)| *name != "BIND_ADDR");
    variables.push(("BIND_ADDR", format!("127.0.0.1:{}", free_port())));
    let output = run(&["status"], &variables);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in [
        "server",
        " applied, none pending",
        "outbox",
        "last backup",
        "never",
        "! the server is not ready",
    ] {
        assert!(said.contains(part), "no {part:?} in: {said}");
    }
}
