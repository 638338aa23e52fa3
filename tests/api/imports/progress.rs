//! Following and cancelling an import.

use actix_web::http::Method;
use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{MORNING, finished, import, upload, zip};
use crate::support::{TestApp, fit, until};

fn archive(files: i64) -> Vec<u8> {
    let runs: Vec<_> =
        (0..files).map(|n| (format!("{n}.fit"), fit::run(MORNING + n * 3600, 30))).collect();
    let files: Vec<_> = runs.iter().map(|(name, run)| (name.as_str(), run.as_slice())).collect();
    zip(&files)
}

#[actix_rt::test]
async fn events_tell_of_it_until_it_is_finished() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let answer = upload(&app, &ann, "a.zip", &archive(200)).await.expect(202);
    let path = format!("{}/events", answer.header("location"));
    let events = app.get_as(&ann, &path).await.expect(200);
    assert_eq!(events.header("content-type"), "text/event-stream");
    let text = events.text();
    let told: Vec<Value> = text
        .split("\n\n")
        .filter(|event| !event.is_empty())
        .map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap())
        .collect();
    let last = told.last().unwrap();
    assert_eq!((&last["status"], &last["progress"]), (&json!("done"), &json!(1.0)));
    assert_eq!(last["counts"]["imported"], 200);
    assert!(told.iter().map(|event| event["progress"].as_f64().unwrap()).is_sorted());
    let bob = app.user("bob@example.com").await;
    app.get_as(&bob, &path).await.expect_error(404, "not_found");
}

#[actix_rt::test]
async fn files_are_listed_page_by_page() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let import = import(&app, &ann, "a.zip", &archive(25)).await;
    let path = format!("/imports/{}", import["id"].as_str().unwrap());
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = app.get_as(&ann, &format!("{path}?limit=10{after}")).await.expect(200).json();
        seen.extend(page["files"].as_array().unwrap().iter().map(|file| file["number"].clone()));
        if page["next"].is_null() {
            break;
        }
        after = format!("&after={}", page["next"]);
    }
    assert_eq!(seen, (0..25).map(|n| json!(n)).collect::<Vec<_>>());
    let list = app.get_as(&ann, "/imports").await.expect(200).json();
    assert_eq!(list["imports"][0]["id"], import["id"]);
    assert!(list["imports"][0].get("files").is_none());
    let bob = app.user("bob@example.com").await;
    assert_eq!(app.get_as(&bob, "/imports").await.expect(200).json()["imports"], json!([]));
    app.get_as(&bob, &path).await.expect_error(404, "not_found");
    for wrong in ["limit=x", "limit=-1", "after=x", "outcome=lost"] {
        app.get_as(&ann, &format!("{path}?{wrong}")).await.expect_error(400, "invalid_parameter");
    }
}

#[actix_rt::test]
async fn one_that_is_cancelled_goes_no_further_and_keeps_what_it_has() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    // The runner blocks at the eleventh file until the test opens the gate.
    let mut gate = app.database.connect().await;
    let trigger = "
        CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$;
        CREATE TRIGGER gate BEFORE INSERT ON import_files FOR EACH ROW WHEN (NEW.number = 10)
            EXECUTE FUNCTION wait_at_gate();
        SELECT pg_advisory_lock(7)";
    gate.batch_execute(trigger).await.unwrap();
    let location =
        upload(&app, &ann, "a.zip", &archive(50)).await.expect(202).header("location").to_owned();
    until("ten files are over", async || {
        app.get_as(&ann, &location).await.expect(200).json()["counts"]["imported"] == 10
    })
    .await;
    let cancel = async || app.request(&ann, Method::DELETE, &location, None).await.expect(204);
    let mut open = async || gate.batch_execute("SELECT pg_advisory_unlock(7)").await.unwrap();
    // Cancelling waits for the file that is being stored.
    futures_util::future::join(cancel(), open()).await;
    let import = finished(&app, &ann, &location).await;
    assert_eq!(import["status"], "cancelled");
    let kept = import["counts"]["imported"].as_i64().unwrap();
    assert!((10..50).contains(&kept), "{kept}");
    let listed = app.database.text("SELECT count(*) FROM activities").await;
    assert_eq!(listed, kept.to_string());
    assert_eq!(app.database.text("SELECT count(*) FROM import_parts").await, "0");
    cancel().await;
    let bob = app.user("bob@example.com").await;
    app.request(&bob, Method::DELETE, &location, None).await.expect_error(404, "not_found");
    // The next import is not affected.
    assert_eq!(super::import(&app, &ann, "b.zip", &archive(50)).await["status"], "done");
}

/// A file that cannot be stored, for whatever reason, is given up without blocking the import for
/// long.
#[actix_rt::test]
async fn a_file_that_fails_again_and_again_is_given_up() {
    let app = TestApp::spawn_with(&[("IMPORT_POLL_SECS", "0.2")]).await;
    let ann = app.user("ann@example.com").await;
    let trigger = "
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no'; END $$;
        CREATE TRIGGER failing BEFORE INSERT ON import_files FOR EACH ROW
            WHEN (NEW.number = 1 AND NEW.outcome = 'imported') EXECUTE FUNCTION fail()";
    app.database.connect().await.batch_execute(trigger).await.unwrap();
    let import = import(&app, &ann, "a.zip", &archive(3)).await;
    let outcomes: Vec<_> =
        super::outcomes(&import).into_iter().map(|(_, outcome, code)| (outcome, code)).collect();
    let expected = [("imported", ""), ("refused", "gave_up"), ("imported", "")];
    assert_eq!(outcomes, expected.map(|(outcome, code)| (outcome.to_owned(), code.to_owned())));
}

#[actix_rt::test]
async fn five_at_once_are_enough() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut gate = app.database.connect().await;
    gate.batch_execute("BEGIN; LOCK TABLE import_files IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let files: Vec<_> = (0..12).map(|n| fit::run(MORNING + n * 3600, 30)).collect();
    let at_once = join_all(files.iter().map(|file| upload(&app, &ann, "a.fit", file))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 202).count(), 5);
    upload(&app, &ann, "a.fit", &fit::run(MORNING, 30)).await.expect_error(409, "too_many_imports");
    let bob = app.user("bob@example.com").await;
    upload(&app, &bob, "a.fit", &fit::run(MORNING, 30)).await.expect(202);
    gate.batch_execute("COMMIT").await.unwrap();
    until("they are done", async || {
        app.database.text("SELECT count(*) FROM imports WHERE status = 'done'").await == "6"
    })
    .await;
    upload(&app, &ann, "a.fit", &fit::run(MORNING, 30)).await.expect(202);
}

/// A user who uploads one run does not wait for another user's ten years.
#[actix_rt::test]
async fn a_small_one_does_not_wait_for_a_large_one() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    let mut gate = app.database.connect().await;
    let trigger = "
        CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$;
        CREATE TRIGGER gate BEFORE INSERT ON import_files FOR EACH ROW WHEN (NEW.name = 'large.fit')
            EXECUTE FUNCTION wait_at_gate();
        SELECT pg_advisory_lock(7)";
    gate.batch_execute(trigger).await.unwrap();
    let picture: Vec<u8> =
        (0_u32..9 << 18).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let large = |day: i64| {
        let run = fit::run(MORNING + day * 86_400, 30);
        zip(&[("large.fit", run.as_slice()), ("picture.jpg", picture.as_slice())])
    };
    assert!(large(0).len() > 8 << 20);
    let mut waiting = Vec::new();
    for day in 0..2 {
        let answer = upload(&app, &ann, "a.zip", &large(day)).await.expect(202);
        waiting.push(answer.header("location").to_owned());
    }
    assert_eq!(import(&app, &bob, "b.fit", &fit::run(MORNING, 30)).await["status"], "done");
    let status = async |location: &str| {
        app.get_as(&ann, location).await.expect(200).json()["status"].clone()
    };
    assert_eq!(
        (status(&waiting[0]).await, status(&waiting[1]).await),
        (json!("running"), json!("waiting"))
    );
    gate.batch_execute("SELECT pg_advisory_unlock(7)").await.unwrap();
    for location in &waiting {
        assert_eq!(finished(&app, &ann, location).await["status"], "done");
    }
}
