//! `sports-log dev` starts everything it needs, keeps its data between starts, and stops everything
//! when it ends.

use std::{path::Path, time::Duration};

use actix_web::http::Method;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{
    PASSWORD, User,
    process::{Process, run, said},
    send, until_found,
};

const PATIENCE: Duration = Duration::from_secs(20);

fn variables() -> Vec<(&'static str, String)> {
    vec![("BIND_ADDR", "127.0.0.1:0".to_owned()), ("LOG_FORMAT", "json".to_owned())]
}

/// The token of the link in a mail of the mailbox, once there is one.
fn token(home: &Path) -> String {
    let look = || {
        let mails = std::fs::read_dir(home.join("mailbox")).unwrap().flatten();
        mails.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "eml"))
    };
    let mail = until_found(PATIENCE, || "no mail".to_owned(), look);
    let mail = std::fs::read_to_string(mail).unwrap();
    let (_, rest) = mail.split_once("/verify-email#token=").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

fn wait_until_postgres_is_gone(home: &Path) {
    let pid_file = home.join("postgres/data/postmaster.pid");
    let look = || (!pid_file.exists()).then_some(());
    until_found(PATIENCE, || "PostgreSQL is still there".to_owned(), look);
}

#[actix_rt::test]
async fn data_and_keys_survive_and_nothing_else_does() {
    let home = std::env::temp_dir().join(format!("sports-log-dev-{}", std::process::id()));
    let arguments = ["dev", "--dir", home.to_str().unwrap()];
    let post = async |base: &str, path: &str, body: serde_json::Value| {
        let headers = [("content-type", "application/json")];
        send(Method::POST, base, path, &headers, Some(body.to_string().into_bytes())).await
    };
    let base = |server: &Process| format!("http://127.0.0.1:{}", server.port());

    let server = Process::start(&arguments, &variables());
    let url = base(&server);
    post(&url, "/auth/register", json!({"email": "ann@example.com", "password": PASSWORD}))
        .await
        .expect(202);
    let token = token(&home);
    server.wait_for(&format!("/verify-email#token={token}"));
    let user =
        User::of(&post(&url, "/auth/verify-email", json!({"token": token})).await.expect(200));
    let second = run(&arguments, &variables());
    assert!(said(&second).contains("another sports-log is running"), "{}", said(&second));
    assert_eq!(server.end(Signal::SIGINT), Some(0));
    assert!(!home.join("postgres/data/postmaster.pid").exists());

    let authorization = format!("Bearer {}", user.token);
    let headers = [("authorization", authorization.as_str())];
    let server = Process::start(&arguments, &variables());
    send(Method::GET, &base(&server), "/me", &headers, None).await.expect(200);
    server.end(Signal::SIGKILL);
    wait_until_postgres_is_gone(&home);

    let server = Process::start(&arguments, &variables());
    send(Method::GET, &base(&server), "/me", &headers, None).await.expect(200);
    assert_eq!(server.end(Signal::SIGTERM), Some(0));
    std::fs::remove_dir_all(home).unwrap();
}

/// Links, pages of this machine and commands beside the server go by the port that was bound.
#[actix_rt::test]
async fn a_demo_is_there_to_look_at() {
    let home = std::env::temp_dir().join(format!("sports-log-demo-{}", std::process::id()));
    let dir = ["--dir", home.to_str().unwrap()];
    let none = run(&[&dir[..], &["user", "list"]].concat(), &[]);
    assert!(said(&none).contains("`sports-log dev` has never run in"), "{}", said(&none));

    let server = Process::start(&[&["dev", "--demo"], &dir[..]].concat(), &variables());
    let base = format!("http://127.0.0.1:{}", server.port());
    server.wait_for("demo@example.com / two years of five sports");
    let body = json!({"email": "demo@example.com", "password": "two years of five sports"});
    let headers = [("content-type", "application/json"), ("origin", "http://localhost:5173")];
    let body = Some(body.to_string().into_bytes());
    let answer = send(Method::POST, &base, "/auth/login", &headers, body).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:5173");
    let look = || {
        let listed = run(&[&dir[..], &["user", "list", "--json"]].concat(), &[]);
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        listed[0]["activities"].as_i64().filter(|activities| *activities > 20)
    };
    until_found(PATIENCE, || "no activities".to_owned(), look);
    let status = said(&run(&[&dir[..], &["status"]].concat(), &[]));
    assert!(status.contains(&format!("ready ({base})")), "{status}");
    let link = run(&[&dir[..], &["user", "grant-reset", "demo@example.com"]].concat(), &[]);
    let expected = format!("http://localhost:{}/reset-password#token=", server.port());
    assert!(said(&link).contains(&expected), "{}", said(&link));
    assert_eq!(server.end(Signal::SIGTERM), Some(0));
    std::fs::remove_dir_all(home).unwrap();
}

#[test]
fn programs_of_postgresql_are_looked_for_in_the_folder_that_is_named_and_nowhere_else() {
    let (home, programs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let [home, programs] = [&home, &programs].map(|folder| folder.path().to_str().unwrap());
    let arguments = ["dev", "--dir", home, "--postgres", programs];
    let refused = run(&arguments, &variables());
    assert!(!refused.status.success());
    let expected = format!("no PostgreSQL server binaries (version 14 or later) in {programs}");
    assert!(said(&refused).contains(&expected), "{}", said(&refused));
}
