//! A mail server that answers after the timeout: a late answer must not be taken for the answer to
//! another mail.

use std::time::Duration;

use super::{STATES, enqueue, register_only, tally::Tally};
use crate::support::{Stage, TestApp, until, until_selects};

const QUICK: [(&str, &str); 4] = [
    ("DELIVERY_DEADLINE_SECS", "0.5"),
    ("DELIVERY_LEASE_SECS", "3"),
    ("DELIVERY_PROBE_SECS", "0.1"),
    ("DELIVERY_IN_FLIGHT", "1"),
];

const LATE: Duration = Duration::from_millis(900);

#[actix_rt::test]
async fn a_mail_that_was_refused_after_another_was_cut_off_is_not_called_sent() {
    let app = TestApp::spawn_with(&QUICK).await;
    app.smtp.take_its_time_over_the_next(&[LATE]);
    register_only(&app, "ann@example.com").await;
    let cut_off = "SELECT count(*) FROM outbox WHERE last_error_class = 'timeout'";
    until_selects(&app.database, cut_off, "1").await;
    // The answer to the first mail is still to come. An earlier client continued the same dialogue.
    app.smtp.answer(Stage::Dot, 1, "451 4.2.0 try again later");
    app.smtp.answer(Stage::Dot, 2, "550 5.7.1 refused");
    register_only(&app, "bob@example.com").await;
    register_only(&app, "eve@example.com").await;
    until_selects(&app.database, STATES, "sent 3").await;
    let tally = Tally::take("a late answer", &app.database, &app.smtp).await;
    assert_eq!((tally.lost, tally.unknown), (0, 0));
    for email in ["ann", "bob", "eve"] {
        app.smtp.mail_to(&format!("{email}@example.com")).await;
    }
}

#[actix_rt::test]
async fn of_many_mails_with_late_answers_none_is_called_sent_that_was_not_taken() {
    let app =
        TestApp::spawn_with(&[QUICK[0], QUICK[1], QUICK[2], ("DELIVERY_IN_FLIGHT", "4")]).await;
    let paces: Vec<Duration> =
        (0..40).map(|n| if n % 4 == 0 { LATE } else { Duration::ZERO }).collect();
    app.smtp.take_its_time_over_the_next(&paces);
    for n in 0..40 {
        app.smtp.answer(
            Stage::Dot,
            1,
            match n % 5 {
                1 => "451 4.2.0 later",
                3 => "550 5.7.1 no",
                _ => "250 2.0.0 queued",
            },
        );
    }
    enqueue(&app, 60).await;
    until_selects(&app.database, STATES, "sent 60").await;
    let tally = Tally::take("many late answers", &app.database, &app.smtp).await;
    assert_eq!((tally.lost, tally.unknown), (0, 0));
}

#[actix_rt::test]
async fn only_250_says_that_a_mail_was_taken() {
    let app =
        TestApp::spawn_with(&[("DELIVERY_BACKOFF_SECS", "0.01"), ("DELIVERY_PROBE_SECS", "0.1")])
            .await;
    let answers =
        ["354 go on", "200 ok", "251 elsewhere", "<html>", "250_ok", "250-a\r\n251 b", ""];
    for answer in answers {
        app.smtp.answer(Stage::Dot, 1, answer);
    }
    register_only(&app, "ann@example.com").await;
    until_selects(&app.database, "SELECT last_error_class FROM outbox", "ambiguous").await;
    until_selects(&app.database, STATES, "sent 1").await;
    assert_eq!(app.smtp.seen().len(), 1 + answers.len());
    let code = "SELECT attempts || ' ' || last_error_code FROM outbox";
    assert_eq!(app.database.text(code).await, "8 connection closed at dot");
}

#[actix_rt::test]
async fn an_answer_to_no_question_ends_the_connection() {
    let app = TestApp::spawn().await;
    // After "go on" comes a line that looks like the answer to the final dot.
    app.smtp.answer(Stage::Data, 1, "354 go on\r\n250 2.0.0 queued");
    app.smtp.answer(Stage::Rcpt, 1, "250 ok\r\n250 ok");
    register_only(&app, "ann@example.com").await;
    until_selects(&app.database, STATES, "sent 1").await;
    let row = "SELECT attempts || ' ' || last_error_class || ' ' || last_error_code FROM outbox";
    assert_eq!(app.database.text(row).await, "3 transport unexpected data from the server at text");
    assert_eq!(app.smtp.taken().len(), 1);
}

#[actix_rt::test]
async fn a_cut_off_connection_is_closed_and_another_one_opened() {
    let app = TestApp::spawn_with(&QUICK).await;
    app.smtp.hold(Some(Stage::Rcpt));
    register_only(&app, "ann@example.com").await;
    until("it was asked again", async || app.smtp.heard("RCPT").len() >= 3).await;
    assert!(app.smtp.connections() >= 3);
    app.smtp.hold(None);
    until_selects(&app.database, STATES, "sent 1").await;
}
