//! `sports-log user`, run by an operator beside a server.

use std::process::Output;

use serde_json::{Value, json};

use crate::support::{
    PASSWORD, TestApp, User,
    process::{run, said},
    settings,
};

const ANN: &str = "ann@example.com";

pub fn user(app: &TestApp, arguments: &[&str]) -> Output {
    let arguments: Vec<&str> = ["user"].iter().chain(arguments).copied().collect();
    run(&arguments, &settings(&app.database.url, app.smtp.port))
}

#[track_caller]
fn done(output: &Output, what: &str) {
    assert!(output.status.success() && said(output).contains(what), "{output:?}");
}

async fn is_over(app: &TestApp, user: &User) {
    app.get_as(user, "/me").await.expect_error(401, "invalid_access_token");
    let body = json!({"refresh_token": user.refresh_token});
    app.post("/auth/refresh", &body).await.expect_error(401, "invalid_refresh_token");
}

#[actix_rt::test]
async fn an_account_is_shown_by_address_or_id_and_nothing_of_its_log() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let run = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z",
                     "duration_secs": 60, "notes": "a private matter"});
    app.post_as(&ann, "/activities", &run).await.expect(201);
    for who in [ANN, "Ann@Example.com", ann.id.as_str()] {
        let shown = user(&app, &["show", who, "--json"]);
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert_eq!(shown["id"], ann.id);
        assert_eq!((&shown["sessions"], &shown["activities"]), (&json!(1), &json!(1)));
        assert_eq!((&shown["has_password"], &shown["locked_at"]), (&json!(true), &json!(null)));
    }
    let table = user(&app, &["show", ANN]);
    done(&table, "address verified");
    assert!(!said(&table).contains("private"), "{table:?}");
    for nobody in ["nobody@example.com", "00000000-0000-4000-8000-000000000000", "' OR true --"] {
        let output = user(&app, &["show", nobody]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("there is no account"));
    }
}

#[actix_rt::test]
async fn an_operator_makes_accounts_and_lists_them() {
    let app = TestApp::spawn().await;
    app.user(ANN).await;
    let made = user(&app, &["create", "Bob@Example.com"]);
    assert!(made.status.success(), "{}", said(&made));
    let link = String::from_utf8(made.stdout).unwrap();
    let (_, token) = link.trim().split_once("/reset-password#token=").unwrap();
    let chosen = json!({"token": token, "new_password": PASSWORD});
    app.post("/auth/reset-password", &chosen).await.expect(200);
    app.login("bob@example.com", PASSWORD).await.expect(200);
    // No second account for one address, and none for what is no address.
    let again = user(&app, &["create", ANN]);
    assert!(said(&again).contains("ann@example.com already has an account"), "{}", said(&again));
    assert_eq!(user(&app, &["create", "nobody"]).status.code(), Some(2));
    let listed: Value = serde_json::from_slice(&user(&app, &["list", "--json"]).stdout).unwrap();
    let emails: Vec<&str> =
        listed.as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap()).collect();
    assert_eq!(emails, [ANN, "bob@example.com"]);
    done(&user(&app, &["list"]), "bob@example.com");
}

#[actix_rt::test]
async fn nobody_gets_into_a_locked_account_until_it_is_unlocked() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    done(&user(&app, &["lock", ANN]), ": locked");
    is_over(&app, &ann).await;
    app.login(ANN, PASSWORD).await.expect_error(403, "account_locked");
    app.login(ANN, "not the password").await.expect_error(401, "invalid_credentials");
    app.post("/auth/otp/request", &json!({"identifier": ANN, "channel": "email"}))
        .await
        .expect(200);
    let code: String = app.smtp.mail_to(ANN).await.subject.chars().take(6).collect();
    let verify = json!({"identifier": ANN, "code": code});
    app.post("/auth/otp/verify", &verify).await.expect_error(403, "account_locked");
    assert_eq!(app.smtp.notice_to(ANN).await.subject, "Your account was locked (sports-log)");
    done(&user(&app, &["lock", ANN]), "was already locked");
    done(&user(&app, &["unlock", ANN]), ": unlocked");
    app.login(ANN, PASSWORD).await.expect(200);
    is_over(&app, &ann).await;
    done(&user(&app, &["unlock", ANN]), "was not locked");
}

#[actix_rt::test]
async fn sessions_are_ended_from_outside() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    done(&user(&app, &["logout", ANN]), "1 sessions ended");
    is_over(&app, &ann).await;
    app.login(ANN, PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn an_account_is_deleted_only_when_that_is_meant() {
    let app = TestApp::spawn().await;
    let ann = app.user(ANN).await;
    let asked = user(&app, &["delete", ANN]);
    assert_eq!(asked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&asked.stderr).contains("--yes"), "{asked:?}");
    app.get_as(&ann, "/me").await.expect(200);
    done(&user(&app, &["delete", ANN, "--yes"]), ": deleted");
    is_over(&app, &ann).await;
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "0");
    assert_eq!(app.smtp.notice_to(ANN).await.subject, "Your account was deleted (sports-log)");
}

#[actix_rt::test]
async fn a_granted_link_chooses_a_new_password_once() {
    let app = TestApp::spawn().await;
    app.user(ANN).await;
    let output = user(&app, &["grant-reset", ANN]);
    let link = said(&output);
    let token = link.trim().strip_prefix("https://log.example/reset-password#token=").unwrap();
    let reset = json!({"token": token, "new_password": "nine nimble newts"});
    app.post("/auth/reset-password", &reset).await.expect(200);
    app.post("/auth/reset-password", &reset).await.expect_error(400, "invalid_token");
    let ann = User::of(&app.login(ANN, "nine nimble newts").await.expect(200));
    let events = app.get_as(&ann, "/me/security-events").await.expect(200).json();
    let granted = |event: &Value| event["kind"] == "reset_granted";
    assert!(events["events"].as_array().unwrap().iter().any(granted), "{events}");
}

#[actix_rt::test]
async fn the_first_account_is_an_admin_with_a_name() {
    let app = TestApp::spawn_with(&[("REGISTRATION", "invited")]).await;
    let made = user(&app, &["create", ANN, "--name", " Ann ", "--admin"]);
    let link = said(&made);
    let token = link.trim().strip_prefix("https://log.example/reset-password#token=").unwrap();
    let chosen = json!({"token": token, "new_password": PASSWORD});
    app.post("/auth/reset-password", &chosen).await.expect(200);
    let ann = User::of(&app.login(ANN, PASSWORD).await.expect(200));
    let me = app.get_as(&ann, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["display_name"], "Ann");
    let shown: Value =
        serde_json::from_slice(&user(&app, &["show", ANN, "--json"]).stdout).unwrap();
    assert_eq!((&shown["is_admin"], &shown["bytes"]), (&json!(true), &json!(0)));
    let nameless = user(&app, &["create", "bob@example.com", "--name", " "]);
    assert!(said(&nameless).contains("--name must not be empty"), "{nameless:?}");
    done(&user(&app, &["set-admin", ANN]), "already was an admin");
    done(&user(&app, &["set-admin", ANN, "--off"]), "is now not an admin");
    let password = app.smtp.notice_to(ANN).await.subject;
    assert_eq!(password, "Your password was changed (sports-log)");
    let subject = "You are no longer an admin of this server (sports-log)";
    assert_eq!(app.smtp.notice_to(ANN).await.subject, subject);
}

#[actix_rt::test]
async fn near_misses_are_proposed() {
    let app = TestApp::spawn().await;
    app.user(ANN).await;
    app.user("zoe@elsewhere.example").await;
    for typed in ["anne@example.com", "ann@exmaple.com", "Ann@example.co", "ann"] {
        let output = user(&app, &["show", typed]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(said(&output).contains("; did you mean ann@example.com?"), "{}", said(&output));
    }
    assert!(!said(&user(&app, &["show", "quentin@other.test"])).contains("did you mean"));
}
