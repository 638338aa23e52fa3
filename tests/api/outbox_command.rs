//! `sports-log outbox` and `send-test`, run by an operator beside a server.

use serde_json::{Value, json};

use crate::support::{
    PASSWORD, SmtpServer, Stage, TestApp,
    process::{run, said},
    settings,
    twilio::{Fault, Twilio},
    until_selects,
};

/// The environment variables of `app`'s server.
fn variables(app: &TestApp) -> Vec<(&'static str, String)> {
    settings(&app.database.url, app.smtp.port)
}

async fn register(app: &TestApp, email: &str) {
    let body = json!({"email": email, "password": PASSWORD});
    app.post("/auth/register", &body).await.expect(202);
}

async fn id_of(app: &TestApp, status: &str) -> String {
    until_selects(
        &app.database,
        &format!("SELECT count(*) > 0 FROM outbox WHERE status = '{status}'"),
        "true",
    )
    .await;
    app.database.text(&format!("SELECT id FROM outbox WHERE status = '{status}' LIMIT 1")).await
}

#[actix_rt::test]
async fn messages_are_listed_as_a_table_and_as_json() {
    let app = TestApp::spawn().await;
    let empty = run(&["outbox", "list"], &variables(&app));
    assert!(empty.status.success() && said(&empty).contains("No messages match"), "{empty:?}");
    app.smtp.refuse_recipient("bob@example.com", "550 no such user");
    app.register("ann@example.com", PASSWORD).await;
    register(&app, "bob@example.com").await;
    let dead = id_of(&app, "dead").await;
    id_of(&app, "sent").await;

    let table = said(&run(&["outbox", "list"], &variables(&app)));
    assert_eq!(table.lines().count(), 3, "{table}");
    assert!(table.contains("permanent 550") && table.contains("verify_email"), "{table}");
    let json = run(&["outbox", "list", "--json", "--status", "dead"], &variables(&app));
    let listed: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!((&listed[0]["id"], &listed[0]["status"]), (&json!(dead), &json!("dead")));
    let none = run(&["outbox", "list", "--json", "--channel", "sms"], &variables(&app));
    assert_eq!(said(&none).trim(), "[]");

    let one = said(&run(&["outbox", "show", &dead], &variables(&app)));
    assert!(one.contains("last error") && one.contains("permanent 550"), "{one}");
    let one = run(&["outbox", "show", &dead, "--json"], &variables(&app));
    assert_eq!(serde_json::from_slice::<Value>(&one.stdout).unwrap()["attempts"], 1);
    for output in [table, said(&json)] {
        assert!(!output.contains("@example.com"), "{output}");
    }
}

#[actix_rt::test]
async fn a_dead_message_can_be_tried_again() {
    let app = TestApp::spawn_with(&[("DELIVERY_POLL_SECS", "300")]).await;
    app.smtp.refuse(1, "550 no such user");
    register(&app, "bob@example.com").await;
    let dead = id_of(&app, "dead").await;
    let retried = run(&["outbox", "retry", &dead], &variables(&app));
    assert!(retried.status.success(), "{}", said(&retried));
    app.smtp.mail_to("bob@example.com").await;
    until_selects(&app.database, "SELECT status || attempts FROM outbox", "sent2").await;
    let again = run(&["outbox", "retry", &dead], &variables(&app));
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again).contains("unchanged, its status is sent"), "{}", said(&again));
}

#[actix_rt::test]
async fn a_waiting_message_can_be_taken_back_and_a_finished_one_not() {
    let app = TestApp::spawn().await;
    app.register("ann@example.com", PASSWORD).await;
    let sent = id_of(&app, "sent").await;
    app.smtp.close(Some("421 closed for the night"));
    register(&app, "bob@example.com").await;
    until_selects(
        &app.database,
        "SELECT count(*) FROM outbox WHERE status = 'queued' AND attempts > 0",
        "1",
    )
    .await;
    let waiting = id_of(&app, "queued").await;
    // The relay does not claim it, so it certainly stays queued.
    app.database.execute("UPDATE outbox SET not_before = now() + interval '1 hour'").await;
    let unknown = "00000000-0000-4000-8000-000000000000";
    let taken_back = run(&["outbox", "cancel", &waiting, &sent, unknown], &variables(&app));
    assert_eq!(taken_back.status.code(), Some(1));
    let said = said(&taken_back);
    for expected in [
        "cancelled",
        "unchanged, its status is sent",
        "message not found",
        "2 of 3 messages unchanged",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let states = "SELECT string_agg(status, ' ' ORDER BY status) FROM outbox";
    assert_eq!(app.database.text(states).await, "cancelled sent");
}

#[test]
fn what_is_no_id_status_or_channel_is_refused() {
    let id = "00000000-0000-4000-8000-000000000000";
    for arguments in [
        vec!["outbox", "show", "7"],
        vec!["outbox", "list", "--status", "lost"],
        vec!["outbox", "list", "--kind", "pigeon_code"],
        vec!["outbox", "list", "--code", " "],
        vec!["outbox", "list", "--since", "yesterday"],
        vec!["outbox", "list", "--since", "2999-01-01"],
        vec!["outbox", "list", "--limit", "0"],
        vec!["outbox", "retry"],
        vec!["outbox", "retry", "--dry-run"],
        vec!["outbox", "retry", id, "--all"],
        vec!["outbox", "retry", id, "--status", "dead"],
        vec!["outbox", "retry", id, "--dry-run"],
        vec!["outbox", "retry", "--all", "--code", "554"],
        vec!["outbox", "cancel", "--json"],
        vec!["send-test", "pigeon", "ann@example.com"],
    ] {
        let output = run(&arguments, &settings("postgres://nobody@localhost/none", 25));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
    }
}

#[actix_rt::test]
async fn a_test_message_shows_whether_a_channel_works() {
    let (smtp, twilio) = (SmtpServer::start().await, Twilio::start().await);
    let mut variables = settings("postgres://nobody@localhost/none", smtp.port);
    variables.extend(twilio.settings());
    let sent = run(&["send-test", "email", "ann@example.com"], &variables);
    assert!(sent.status.success() && said(&sent).contains("queued as 4711"), "{}", said(&sent));
    assert!(smtp.mail_to("ann@example.com").await.subject.contains("can send mail"));
    let sent = run(&["send-test", "sms", "+390612345678", "--json"], &variables);
    let outcome: Value = serde_json::from_slice(&sent.stdout).unwrap();
    assert_eq!(outcome["outcome"], "sent");
    assert_eq!(outcome["detail"], twilio.sms_to("+390612345678").await.sid);

    smtp.refuse(1, "550 no such user");
    let refused = run(&["send-test", "email", "ann@example.com"], &variables);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("not sent: permanent 550"), "{}", said(&refused));
    for (stage, reply, said_of_it) in [
        (Stage::Greeting, "554 5.3.2 maintenance", "transport 554 5.3.2 at greeting"),
        (Stage::Mail, "550 5.7.23 SPF", "transport 550 5.7.23 at MAIL"),
        (Stage::Dot, "550 5.7.26 not authenticated", "refused 550 5.7.26 at dot"),
        (Stage::Dot, "", "ambiguous connection closed at dot"),
    ] {
        smtp.answer(stage, 1, reply);
        let refused = run(&["send-test", "email", "ann@example.com"], &variables);
        assert_eq!(refused.status.code(), Some(1));
        let expected = format!("not sent: {said_of_it}");
        assert!(said(&refused).contains(&expected), "{}", said(&refused));
    }
    twilio.fail(&[Fault::Refuse { status: 401, code: 20003, retry_after: None }]);
    let refused = run(&["send-test", "sms", "+390612345678"], &variables);
    assert!(said(&refused).contains("not sent: transport 20003"), "{}", said(&refused));
    let wrong = run(&["send-test", "sms", "ann@example.com"], &variables);
    assert!(said(&wrong).contains("must be a phone number"), "{}", said(&wrong));
    let unavailable = settings("postgres://nobody@localhost/none", smtp.port);
    let unavailable = run(&["send-test", "sms", "+390612345678"], &unavailable);
    assert!(said(&unavailable).contains("not_configured"), "{}", said(&unavailable));
}
