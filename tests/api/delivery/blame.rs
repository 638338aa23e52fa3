//! Whether a refusal is about the message or about us, by stage and enhanced status code. A refusal
//! that is about us ends no message.

use super::{STATES, enqueue, register_only};
use crate::support::{Scrape, Stage, TestApp, until, until_selects};

const BREAKER: &str = "sports_log_outbox_breaker_open{channel=\"email\"}";
const ROW: &str = "SELECT concat_ws(' ', status, last_error_class, last_error_code) FROM outbox";

/// The stages before the recipient is judged, with replies of a server in trouble.
#[actix_rt::test]
async fn a_server_in_maintenance_for_a_while_loses_none_of_twenty() {
    for (stage, reply) in [
        (Stage::Greeting, "554 5.3.2 maintenance"),
        (Stage::Greeting, "521 no mail here"),
        (Stage::Hello, "421 4.3.2 closing"),
        (Stage::Auth, "535 5.7.8 who are you?"),
        (Stage::Mail, "550 5.7.23 SPF"),
        (Stage::Mail, "553 5.1.8 no such sender"),
        (Stage::Data, "554 5.5.1 no valid recipients"),
    ] {
        let app = TestApp::spawn_with(&[
            ("SMTP_USER", "ann"),
            ("SMTP_PASS", "sesame"),
            ("DELIVERY_PROBE_SECS", "0.2"),
        ])
        .await;
        app.smtp.answer_always(stage, Some(reply));
        enqueue(&app, 20).await;
        until("the breaker is open", async || Scrape::of(&app).await.get(BREAKER) == Some(1.0))
            .await;
        let tried = "SELECT count(*) > 0 FROM outbox WHERE attempts > 1 AND status = 'queued'";
        until_selects(&app.database, tried, "true").await;
        let said = "SELECT last_error_class || ' ' || last_error_code FROM outbox
                    WHERE last_error_code IS NOT NULL LIMIT 1";
        let said = app.database.text(said).await;
        assert!(said.starts_with(&format!("transport {}", &reply[..3])), "{said}");
        app.smtp.answer_always(stage, None);
        until_selects(&app.database, STATES, "sent 20").await;
    }
}

#[actix_rt::test]
async fn a_server_without_ehlo_is_greeted_by_helo() {
    let app = TestApp::spawn().await;
    app.smtp.answer_always(Stage::Hello, Some("502 5.5.1 not implemented"));
    register_only(&app, "ann@example.com").await;
    until_selects(&app.database, ROW, "sent").await;
    assert_eq!(app.smtp.heard("HELO").len(), 1);
}

#[actix_rt::test]
async fn a_recipient_is_given_up_for_its_own_sake_only() {
    for (stage, reply, expected) in [
        (Stage::Rcpt, "550 no such user", "dead permanent 550 at RCPT"),
        (Stage::Rcpt, "550 5.1.1 <ann@example.com>: no", "dead permanent 550 5.1.1 at RCPT"),
        (Stage::Rcpt, "550 5.1.8 bad sender", "sent refused 550 5.1.8 at RCPT"),
        (Stage::Rcpt, "550 5.7.1 relaying denied", "sent refused 550 5.7.1 at RCPT"),
        (Stage::Rcpt, "554 no", "sent refused 554 at RCPT"),
        (Stage::Rcpt, "421 4.7.0 too fast", "sent transport 421 4.7.0 at RCPT"),
        (Stage::Rcpt, "452 4.2.2 full", "sent transient 452 4.2.2 at RCPT"),
        (Stage::Dot, "552 5.2.2 mailbox full", "dead permanent 552 5.2.2 at dot"),
        (Stage::Dot, "550 5.7.26 unauthenticated", "sent refused 550 5.7.26 at dot"),
        (Stage::Dot, "550 no", "sent refused 550 at dot"),
        (Stage::Dot, "554 5.6.0 content", "sent refused 554 5.6.0 at dot"),
        (Stage::Dot, "451 4.3.0 trouble", "sent refused 451 4.3.0 at dot"),
    ] {
        let app = TestApp::spawn().await;
        app.smtp.answer(stage, 1, reply);
        register_only(&app, "ann@example.com").await;
        until_selects(&app.database, ROW, expected).await;
        // The connection is used again after a refusal.
        let connections = if reply.starts_with("421") { 2 } else { 1 };
        assert_eq!(app.smtp.connections(), connections, "{reply}");
    }
}

#[actix_rt::test]
async fn a_policy_that_one_mail_meets_holds_up_no_other() {
    let app = TestApp::spawn().await;
    app.smtp.refuse_recipient("user7@example.com", "550 5.7.1 not from you");
    enqueue(&app, 50).await;
    until_selects(&app.database, STATES, "queued 1, sent 49").await;
    let tried = "SELECT attempts > 3 FROM outbox WHERE status = 'queued'";
    until_selects(&app.database, tried, "true").await;
    assert_eq!(Scrape::of(&app).await.get(BREAKER), Some(0.0));
    register_only(&app, "user99@example.com").await;
    app.smtp.mail_to("user99@example.com").await;
}

#[actix_rt::test]
async fn a_policy_that_every_mail_meets_opens_the_breaker_and_a_good_one_closes_it() {
    let app = TestApp::spawn().await;
    app.smtp.answer_always(Stage::Rcpt, Some("550 5.4.5 daily quota exceeded"));
    enqueue(&app, 10).await;
    until("the breaker is open", async || Scrape::of(&app).await.get(BREAKER) == Some(1.0)).await;
    assert!(!app.database.text(STATES).await.contains("dead"));
    app.smtp.answer_always(Stage::Rcpt, None);
    until_selects(&app.database, STATES, "sent 10").await;
    until("it is closed", async || Scrape::of(&app).await.get(BREAKER) == Some(0.0)).await;
}

#[actix_rt::test]
async fn a_mail_that_the_server_cannot_take_is_refused_before_its_text() {
    let app = TestApp::spawn().await;
    app.smtp.offer(&["8BITMIME", "SIZE 100"]);
    register_only(&app, "ann@example.com").await;
    until_selects(&app.database, ROW, "dead permanent 5.3.4 at MAIL").await;
    assert!(app.smtp.heard("MAIL").is_empty());
}

#[actix_rt::test]
async fn an_address_outside_ascii_needs_a_server_that_takes_it() {
    let app = TestApp::spawn().await;
    register_only(&app, "zoé@example.com").await;
    until_selects(&app.database, ROW, "sent").await;
    app.smtp.offer(&["8BITMIME"]);
    app.smtp.hang_up("421 idle for too long");
    app.database.execute("DELETE FROM outbox").await;
    register_only(&app, "léa@example.com").await;
    until_selects(&app.database, ROW, "dead permanent 5.6.7 at MAIL").await;
}
