//! The limits of an upload and of a user.

use std::{
    io::{Cursor, Read, Write},
    net::TcpStream,
};

use diesel_async::SimpleAsyncConnection;
use serde_json::json;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{MORNING, finished, import, outcomes, upload, zip};
use crate::support::{TestApp, User, fit, until_selects};

#[actix_rt::test]
async fn many_files_that_are_none_are_summed_up() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let names: Vec<_> = (0..10_050).map(|n| format!("{n}.fit")).collect();
    let run = fit::run(MORNING, 30);
    let mut files: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    files.insert(9_000, ("run.fit", &run));
    files.push(("photo.jpg", b"not looked at"));
    let import = import(&app, &ann, "a.zip", &zip(&files)).await;
    let counts = &import["counts"];
    assert_eq!((&counts["imported"], &counts["refused"]), (&json!(1), &json!(10_050)));
    assert_eq!((&import["status"], &import["progress"]), (&json!("done"), &json!(1.0)));
    assert_eq!((&import["found"], &import["ignored"]), (&json!(10_052), &json!(1)));
    let files = import["files"].as_array().unwrap();
    assert_eq!(files.len(), 103);
    let sum = &files[100];
    assert_eq!((&sum["code"], &sum["files"]), (&json!("unknown_format"), &json!(9_899)));
    assert_eq!(files[101]["name"], "run.fit");
    let too_many = &files[102];
    assert_eq!((&too_many["code"], &too_many["files"]), (&json!("too_many_files"), &json!(51)));
}

#[actix_rt::test]
async fn an_upload_may_not_grow_without_bounds() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let import = import(&app, &ann, "bomb.zip", &zeros()).await;
    assert_eq!((&import["status"], &import["code"]), (&json!("failed"), &json!("archive_bomb")));
    assert_eq!(app.database.text("SELECT count(*) FROM import_chunks").await, "0");
}

/// An archive within an archive. The inner one is nearly all zeros.
fn zeros() -> Vec<u8> {
    let mut inner = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    inner.start_file("zeros", stored).unwrap();
    inner.write_all(&vec![0; 8 << 20]).unwrap();
    let inner = inner.finish().unwrap().into_inner();
    zip(&[("inner.zip", &inner)])
}

#[actix_rt::test]
async fn an_import_has_a_budget_of_processor_time() {
    let app = TestApp::spawn_with(&[("IMPORT_CPU_SECS", "0.2")]).await;
    let ann = app.user("ann@example.com").await;
    let runs: Vec<_> =
        (0..300).map(|n| (format!("{n}.fit"), fit::run(MORNING + n * 3600, 600))).collect();
    let files: Vec<_> = runs.iter().map(|(name, run)| (name.as_str(), run.as_slice())).collect();
    let import = import(&app, &ann, "a.zip", &zip(&files)).await;
    assert_eq!((&import["status"], &import["code"]), (&json!("failed"), &json!("too_costly")));
    assert!(import["message"].as_str().unwrap().contains("takes more processing time"), "{import}");
    // What was read by then is kept.
    let kept = app.database.text("SELECT count(*) FROM activities").await;
    assert_eq!(json!(kept.parse::<i64>().unwrap()), import["counts"]["imported"]);
}

#[actix_rt::test]
async fn messages_that_say_nothing_cost_next_to_nothing() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let import = import(&app, &ann, "a.fit", &fit::silent(200_000)).await;
    let refused = ("a.fit".to_owned(), "refused".to_owned(), "not_an_activity".to_owned());
    assert_eq!(outcomes(&import), [refused]);
}

/// Prevents claims until the trigger `gate` is dropped.
async fn shut_gate(app: &TestApp, table: &str) {
    let gate = format!(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
         CREATE TRIGGER gate BEFORE UPDATE ON {table} FOR EACH ROW WHEN (NEW.status = 'running')
             EXECUTE FUNCTION no()"
    );
    app.database.connect().await.batch_execute(&gate).await.unwrap();
}

#[actix_rt::test]
async fn users_take_turns() {
    let app = TestApp::spawn_with(&[("IMPORT_POLL_SECS", "0.2")]).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    shut_gate(&app, "imports").await;
    for n in 0..4 {
        upload(&app, &ann, "a.fit", &fit::run(MORNING + n * 3600, 30)).await.expect(202);
    }
    upload(&app, &bob, "b.fit", &fit::run(MORNING, 30)).await.expect(202);
    app.database.execute("DROP TRIGGER gate ON imports").await;
    until_selects(&app.database, "SELECT count(*) FROM imports WHERE status = 'done'", "5").await;
    let before = format!(
        "SELECT count(*) FROM imports a JOIN imports b ON a.claimed_at < b.claimed_at
         WHERE b.user_id = '{}'",
        bob.id
    );
    assert_eq!(app.database.text(&before).await, "1");
}

#[actix_rt::test]
async fn what_kills_its_process_again_and_again_is_given_up() {
    let app = TestApp::spawn_with(&[("IMPORT_POLL_SECS", "0.2")]).await;
    let ann = app.user("ann@example.com").await;
    shut_gate(&app, "imports").await;
    let answer = upload(&app, &ann, "a.fit", &fit::run(MORNING, 30)).await.expect(202);
    // Servers that die before they have read a file leave an import in this state.
    app.database.execute("UPDATE imports SET attempts = 6").await;
    app.database.execute("DROP TRIGGER gate ON imports").await;
    let import = finished(&app, &ann, answer.header("location")).await;
    assert_eq!((&import["status"], &import["code"]), (&json!("failed"), &json!("gave_up")));
    assert_eq!(app.database.text("SELECT count(*) FROM import_chunks").await, "0");
}

/// A connection that has sent two mebibytes of an upload and has one more byte to send.
fn begun(app: &TestApp, user: &User) -> TcpStream {
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    let (most, token) = (vec![0; 2 << 20], &user.token);
    let head = format!(
        "POST /imports HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
        most.len() + 1
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&most).unwrap();
    stream
}

fn ended(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    let _ = stream.write_all(b"x");
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[actix_rt::test]
async fn what_a_user_has_under_way_is_bounded_and_short_lived() {
    let app = TestApp::spawn_with(&[("IMPORT_MAX_BYTES", "3M")]).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let first = begun(&app, &ann);
    until_selects(&app.database, "SELECT sum(octet_length(data)) FROM import_chunks", "2097152")
        .await;
    let second = begun(&app, &ann);
    let answer = ended(second);
    assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("too_many_imports"), "{answer}");
    until_selects(&app.database, "SELECT count(*) FROM imports", "1").await;
    // Other users' imports are not affected.
    import(&app, &bob, "b.fit", &fit::run(MORNING, 30)).await;
    // An upload without progress is deleted soon.
    let long_ago = "UPDATE imports SET progressed_at = now() - interval '16 minutes'
                    WHERE status = 'receiving'";
    app.database.execute(long_ago).await;
    until_selects(&app.database, "SELECT count(*) FROM import_chunks", "0").await;
    let answer = ended(first);
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("too slowly"), "{answer}");
    import(&app, &ann, "a.fit", &fit::run(MORNING, 30)).await;
}
