//! A mail server that is absent, hangs, or disappears while it takes a mail.

use super::{STATES, enqueue, register_only, tally::Tally};
use crate::support::{Database, SmtpServer, Stage, TestApp, until, until_selects};

/// An attempt ends after 0.6 s, and its message is retried soon after.
const QUICK: [(&str, &str); 3] = [
    ("DELIVERY_DEADLINE_SECS", "0.6"),
    ("DELIVERY_LEASE_SECS", "3"),
    ("DELIVERY_PROBE_SECS", "0.2"),
];

#[actix_rt::test]
async fn a_mail_server_that_is_not_there_yet_loses_nothing() {
    let absent = SmtpServer::absent();
    let port = absent.port().to_string();
    let database = Database::new().await;
    let elsewhere = SmtpServer::start().await;
    let app = TestApp::spawn_on(database, elsewhere, &[("SMTP_PORT", &port)]).await;
    enqueue(&app, 12).await;
    let tried =
        "SELECT count(*) > 0 FROM outbox WHERE attempts > 1 AND last_error_class = 'transport'";
    until_selects(&app.database, tried, "true").await;
    let ended = "SELECT count(*) FROM outbox WHERE finished_at IS NOT NULL";
    assert_eq!(app.database.text(ended).await, "0");
    let smtp = absent.appear().await;
    until_selects(&app.database, STATES, "sent 12").await;
    let tally = Tally::take("F3, refused", &app.database, &smtp).await;
    assert_eq!((tally.received, tally.duplicated, tally.lost), (12, 0, 0));
}

#[actix_rt::test]
async fn a_server_that_does_not_greet_ends_the_attempt_and_not_the_mail() {
    survives_a_hang_at(Stage::Greeting).await;
}

#[actix_rt::test]
async fn a_server_that_hangs_after_ehlo_ends_the_attempt_and_not_the_mail() {
    survives_a_hang_at(Stage::Hello).await;
}

#[actix_rt::test]
async fn a_server_that_hangs_after_mail_ends_the_attempt_and_not_the_mail() {
    survives_a_hang_at(Stage::Mail).await;
}

#[actix_rt::test]
async fn a_server_that_hangs_after_rcpt_ends_the_attempt_and_not_the_mail() {
    survives_a_hang_at(Stage::Rcpt).await;
}

#[actix_rt::test]
async fn a_server_that_hangs_after_data_ends_the_attempt_and_not_the_mail() {
    survives_a_hang_at(Stage::Data).await;
}

#[actix_rt::test]
async fn a_server_that_hangs_after_the_dot_gets_the_same_mail_again() {
    let copies = survives_a_hang_at(Stage::Dot).await;
    assert!(copies > 0);
}

/// Registers while the server hangs, and waits for the mail after the hang. Returns the number of
/// copies that the server had received before that.
async fn survives_a_hang_at(stage: Stage) -> usize {
    let app = TestApp::spawn_with(&QUICK).await;
    app.smtp.hold(Some(stage));
    register_only(&app, "ann@example.com").await;
    // Requests are answered while the attempt hangs.
    app.login("ann@example.com", "not the password").await.expect(401);
    app.get("/readyz").await.expect(200);
    let ended = "SELECT count(*) FROM outbox WHERE last_error_class IN ('timeout', 'transport')";
    until_selects(&app.database, ended, "1").await;
    app.smtp.hold(None);
    let mail = app.smtp.mail_to("ann@example.com").await;
    until_selects(&app.database, STATES, "sent 1").await;
    let id = app.database.text("SELECT id FROM outbox").await;
    assert_eq!(mail.message_id, format!("{id}@log.example"));
    let copies = app.smtp.unanswered();
    for copy in &copies {
        assert_eq!((&copy.message_id, copy.token()), (&mail.message_id, mail.token()));
    }
    // When the server recovers, it also takes a copy whose sender has left.
    assert!((1..=1 + copies.len()).contains(&app.smtp.received()));
    Tally::take(&format!("F7, hang: {stage:?}"), &app.database, &app.smtp).await;
    copies.len()
}

#[actix_rt::test]
async fn a_connection_that_breaks_after_the_dot_means_at_most_one_copy_more() {
    let app = TestApp::spawn().await;
    app.smtp.drop_after_dot(1);
    register_only(&app, "ann@example.com").await;
    let mail = app.smtp.mail_to("ann@example.com").await;
    until_selects(&app.database, STATES, "sent 1").await;
    let copies: Vec<String> =
        app.smtp.unanswered().into_iter().map(|copy| copy.message_id).collect();
    assert_eq!(copies, [mail.message_id]);
    let tally = Tally::take("F8, dropped after the dot", &app.database, &app.smtp).await;
    assert_eq!((tally.duplicated, tally.lost), (1, 0));
    assert_eq!(app.smtp.received(), 1);
}

#[actix_rt::test]
async fn a_hang_holds_up_one_mail_and_a_recovery_sends_all() {
    let app = TestApp::spawn_with(&QUICK).await;
    app.smtp.hold(Some(Stage::Data));
    enqueue(&app, 30).await;
    until("some are in flight", async || app.smtp.heard("DATA").len() >= 8).await;
    app.smtp.hold(None);
    until_selects(&app.database, STATES, "sent 30").await;
    assert_eq!(app.smtp.received(), 30);
}
