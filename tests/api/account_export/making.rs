//! Making an account export.

use actix_web::http::Method;
use diesel_async::SimpleAsyncConnection;
use nix::sys::signal::Signal;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{entry, manifest, take_out};
use crate::{
    imports::{MORNING, import, zip},
    personal_tokens::made,
    support::{
        Database, PASSWORD, SmtpServer, TestApp, fit, process::Process, settings, until_selects,
    },
};

#[actix_rt::test]
async fn there_is_one_at_a_time_and_it_is_its_owners() {
    let app = TestApp::spawn().await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    for (method, path) in [
        (Method::GET, "/me/export"),
        (Method::GET, "/me/export/file"),
        (Method::DELETE, "/me/export"),
    ] {
        app.request(&ann, method, path, None).await.expect_error(404, "not_found");
    }
    let gate = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                CREATE TRIGGER gate BEFORE UPDATE ON account_exports FOR EACH ROW WHEN (NEW.status = 'running')
                    EXECUTE FUNCTION no()";
    app.database.connect().await.batch_execute(gate).await.unwrap();
    let proof = json!({"password": PASSWORD});
    let ask = async || app.post_as(&ann, "/me/export", &proof).await.expect(202).json();
    let first = ask().await;
    assert_eq!(first["status"], "waiting");
    assert_eq!(ask().await["created_at"], first["created_at"]);
    app.get_as(&ann, "/me/export/file").await.expect_error(409, "not_ready");
    app.get_as(&bob, "/me/export").await.expect_error(404, "not_found");
    app.database.execute("DROP TRIGGER gate ON account_exports").await;
    let made = take_out(&app, &ann).await;
    assert_eq!(manifest(&made)["activities"], 0);
    app.get_as(&bob, "/me/export/file").await.expect_error(404, "not_found");
    // A new export replaces it.
    take_out(&app, &ann).await;
    app.request(&ann, Method::DELETE, "/me/export", None).await.expect(204);
    assert_eq!(app.database.text("SELECT count(*) FROM account_export_chunks").await, "0");
}

#[actix_rt::test]
async fn it_wants_a_proof_and_its_owner_is_told() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    // An attempt with a stolen access token is recorded once, even if it is repeated.
    for _ in 0..2 {
        let bare = app.request(&ann, Method::POST, "/me/export", None).await;
        bare.expect_error(403, "reauthentication_required");
        let wrong = json!({"password": "a guess"});
        app.post_as(&ann, "/me/export", &wrong).await.expect_error(401, "invalid_credentials");
    }
    app.get_as(&ann, "/me/export").await.expect_error(404, "not_found");
    app.post_as(&ann, "/me/export", &json!(null)).await.expect(403);
    let number = json!({"password": 7});
    app.post_as(&ann, "/me/export", &number).await.expect_error(422, "validation_failed");
    take_out(&app, &ann).await;
    let notice = app.smtp.notice_to("ann@example.com").await;
    assert_eq!(notice.subject, "Your whole account is being exported (sports-log)");
    let kinds =
        "SELECT string_agg(kind, ' ' ORDER BY at) FROM auth_events WHERE kind LIKE 'export%'";
    let kinds = app.database.text(kinds).await;
    assert_eq!(kinds, "export_refused export_created export_downloaded");
}

/// A nightly copy must work without anybody who knows the password.
#[actix_rt::test]
async fn a_token_with_the_scope_needs_no_proof_and_sends_no_mail() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (nightly, _) = made(&app, &ann, &["export"]).await;
    let others = ["activities:read", "activities:write", "profile"];
    let (other, _) = made(&app, &ann, &others).await;
    for (method, path) in [
        (Method::POST, "/me/export"),
        (Method::GET, "/me/export"),
        (Method::GET, "/me/export/file"),
    ] {
        let refused = app.request(&other, method, path, None).await;
        refused.expect_error(403, "insufficient_scope");
    }
    app.request(&nightly, Method::POST, "/me/export", None).await.expect(202);
    until_selects(&app.database, "SELECT status FROM account_exports", "done").await;
    assert_eq!(app.get_as(&nightly, "/me/export").await.expect(200).json()["status"], "done");
    let zip = app.get_as(&nightly, "/me/export/file").await.expect(200).body;
    assert_eq!(manifest(&zip)["activities"], 0);
    for path in ["/activities", "/activities/export", "/me", "/me/tokens"] {
        app.get_as(&nightly, path).await.expect_error(403, "insufficient_scope");
    }
    let deleted = app.request(&nightly, Method::DELETE, "/me/export", None).await;
    deleted.expect_error(403, "insufficient_scope");
    let events = app.get_as(&ann, "/me/security-events").await.expect(200).json();
    let event = &events["events"][1];
    assert_eq!((&event["kind"], &event["method"]), (&json!("export_created"), &json!("token")));
    // The two tokens were mailed, and the export was not.
    let notices = "SELECT count(*) FROM outbox WHERE kind = 'security_notice'";
    assert_eq!(app.database.text(notices).await, "2");
    // It ends with its token.
    let tokens = app.get_as(&ann, "/me/tokens").await.expect(200).json();
    for token in tokens["tokens"].as_array().unwrap() {
        let path = format!("/me/tokens/{}", token["id"].as_str().unwrap());
        app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    }
    let ended = app.request(&nightly, Method::POST, "/me/export", None).await;
    ended.expect_error(401, "invalid_access_token");
}

/// Activities whose notes alone fill the first chunk of an export, which is stored before the files
/// are added.
fn incompressible() -> Value {
    let mut rng = StdRng::seed_from_u64(1);
    let activities: Vec<_> = (0..200)
        .map(|_| {
            let notes: String = (0..8000).map(|_| char::from(rng.random_range(b'!'..=b'~'))).collect();
            json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60, "notes": notes})
        })
        .collect();
    json!({ "activities": activities })
}

#[actix_rt::test]
async fn it_is_made_anew_where_its_maker_was_killed() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let ann = {
        let app = TestApp::spawn_on(database.clone(), smtp.clone(), &[]).await;
        let ann = app.user("ann@example.com").await;
        let runs: Vec<_> =
            (0..20).map(|n| (format!("{n}.fit"), fit::run(MORNING + n * 3600, 300))).collect();
        let runs: Vec<_> = runs.iter().map(|(name, run)| (name.as_str(), run.as_slice())).collect();
        import(&app, &ann, "a.zip", &zip(&runs)).await;
        app.post_as(&ann, "/activities/batch", &incompressible()).await.expect(200);
        ann
    };
    let mut variables = settings(&database.url, smtp.port);
    variables
        .extend([("IMPORT_LEASE_SECS", "1".to_owned()), ("IMPORT_POLL_SECS", "0.2".to_owned())]);
    let server = Process::start(&["serve"], &variables);
    server.port();
    database.execute(&format!("INSERT INTO account_exports (user_id) VALUES ('{}')", ann.id)).await;
    until_selects(&database, "SELECT count(*) > 0 FROM account_export_chunks", "true").await;
    server.end(Signal::SIGKILL);
    assert_eq!(database.text("SELECT status FROM account_exports").await, "running");
    let app = TestApp::spawn_on(
        database.clone(),
        smtp,
        &[("IMPORT_LEASE_SECS", "1"), ("IMPORT_POLL_SECS", "0.2")],
    )
    .await;
    until_selects(&database, "SELECT status FROM account_exports", "done").await;
    let made = app.get_as(&ann, "/me/export/file").await.expect(200).body;
    let listed = manifest(&made)["content"].as_array().unwrap().len();
    // 20 files, 20 series, and three lists.
    assert_eq!(listed, 43);
    for file in manifest(&made)["content"].as_array().unwrap() {
        use sha2::{Digest, Sha256};
        let digest: String = Sha256::digest(entry(&made, file["path"].as_str().unwrap()))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(file["sha256"], digest);
    }
}

/// Servers that die while they make an export leave it in this state.
#[actix_rt::test]
async fn one_that_kills_its_maker_again_and_again_is_given_up() {
    let app = TestApp::spawn_with(&[("IMPORT_POLL_SECS", "0.2")]).await;
    let ann = app.user("ann@example.com").await;
    let died = format!(
        "INSERT INTO account_exports (user_id, status, claim, leased_until, attempts)
         VALUES ('{}', 'running', gen_random_uuid(), now() - interval '1 second', 5)",
        ann.id
    );
    app.database.execute(&died).await;
    until_selects(&app.database, "SELECT status FROM account_exports", "failed").await;
    assert_eq!(app.get_as(&ann, "/me/export").await.expect(200).json()["status"], "failed");
    // The next export is not affected.
    take_out(&app, &ann).await;
}
