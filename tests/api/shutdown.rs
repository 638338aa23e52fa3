//! The shutdown of a server: no request in progress fails, and proxies are informed in time.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use actix_web::http::Method;
use futures_util::future::join_all;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{
    Database, free_port,
    process::{Process, run, said},
    send, settings,
};

fn start(database: &Database, notice: &str) -> (Process, String) {
    let mut variables = settings(&database.url, 1);
    variables.push(("BIND_ADDR", "127.0.0.1:0".into()));
    variables.push(("SHUTDOWN_NOTICE_SECS", notice.into()));
    let server = Process::start(&["serve"], &variables);
    let address = format!("127.0.0.1:{}", server.port());
    (server, address)
}

#[actix_rt::test]
async fn a_request_in_flight_is_answered() {
    let database = Database::new().await;
    let (server, address) = start(&database, "");
    let mut connection = TcpStream::connect(&address).unwrap();
    let body = r#"{"email": "nobody@example.com", "password": "seven silver swans"}"#;
    let (first, second) = body.split_at(20);
    write!(
        connection,
        "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{first}",
        body.len()
    )
    .unwrap();
    // Connections are accepted in order: once a later one is answered, this one was accepted.
    send(Method::GET, &format!("http://{address}"), "/healthz", &[], None).await.expect(200);
    server.signal(Signal::SIGTERM);
    server.wait_for("\"message\":\"stopping\"");
    write!(connection, "{second}").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("invalid_credentials"), "{answer}");
    assert_eq!(server.end(Signal::SIGTERM), Some(0));
}

#[actix_rt::test]
async fn proxies_are_given_notice() {
    let database = Database::new().await;
    let (server, address) = start(&database, "60");
    let base = format!("http://{address}");
    send(Method::GET, &base, "/readyz", &[], None).await.expect(200);
    server.signal(Signal::SIGTERM);
    server.wait_for("\"message\":\"stopping\"");
    for path in ["/healthz", "/readyz"] {
        send(Method::GET, &base, path, &[], None).await.expect_error(503, "shutting_down");
    }
    let served = send(Method::GET, &base, "/openapi.json", &[], None).await.expect(200);
    assert_eq!(served.header("connection"), "close");
}

#[actix_rt::test]
async fn every_answer_has_its_line_in_the_log() {
    let database = Database::new().await;
    let mut variables = settings(&database.url, 1);
    variables.push(("HTTP_WORKERS", "2".into()));
    let server = Process::start(&["serve"], &variables);
    let base = format!("http://127.0.0.1:{}", server.port());
    let ids: Vec<String> = (0..400).map(|number| format!("request-{number:03}")).collect();
    for some in ids.chunks(20) {
        let asked = some.iter().map(async |id| {
            let headers = [("x-request-id", id.as_str())];
            send(Method::GET, &base, "/me", &headers, None).await.expect(401);
        });
        join_all(asked).await;
    }
    let (code, output) = server.end_with_output(Signal::SIGTERM);
    assert_eq!(code, Some(0));
    let lines: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.last().unwrap()["message"], "stopped");
    let answered = lines.iter().filter(|line| line["http.status"] == 401);
    let mut logged: Vec<_> =
        answered.map(|line| line["span"]["request.id"].as_str().unwrap()).collect();
    logged.sort_unstable();
    assert_eq!(logged, ids);
}

#[actix_rt::test]
async fn a_migration_that_fails_leaves_the_old_server_serving() {
    let database = Database::new().await;
    let (server, address) = start(&database, "");
    // Applies the last migration again, to a schema that it does not fit.
    let forget = "DELETE FROM __diesel_schema_migrations
                  WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    database.execute(forget).await;
    let before = database.text("SELECT count(*) FROM __diesel_schema_migrations").await;
    for subcommand in ["migrate", "serve"] {
        let mut variables = settings(&database.url, 1);
        variables.push(("BIND_ADDR", "127.0.0.1:0".into()));
        let failed = actix_rt::task::spawn_blocking(move || run(&[subcommand], &variables));
        let failed = failed.await.unwrap();
        assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));
        assert!(said(&failed).contains("a migration failed"), "{}", said(&failed));
    }
    assert_eq!(database.text("SELECT count(*) FROM __diesel_schema_migrations").await, before);
    let base = format!("http://{address}");
    // It cannot know that the schema is complete, but it serves requests.
    send(Method::GET, &base, "/readyz", &[], None).await.expect_error(503, "schema_mismatch");
    let body = json!({"email": "nobody@example.com", "password": "seven silver swans"});
    let json = [("content-type", "application/json")];
    let login = send(Method::POST, &base, "/auth/login", &json, Some(body.to_string().into()));
    login.await.expect_error(401, "invalid_credentials");
    assert_eq!(server.end(Signal::SIGTERM), Some(0));
}

#[test]
fn a_server_that_waits_for_its_database_ends_at_once() {
    let nowhere = format!("postgres://sports_log@127.0.0.1:{}/sports_log", free_port());
    let home = tempfile::tempdir().unwrap();
    let dev = ["dev", "--dir", home.path().to_str().unwrap()];
    for arguments in [&["serve"][..], &dev] {
        let server = Process::start(arguments, &settings(&nowhere, 25));
        server.wait_for("the database is not available yet");
        let asked = Instant::now();
        assert_eq!(server.end(Signal::SIGTERM), Some(0));
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
}
