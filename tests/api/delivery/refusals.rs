//! A mail server that answers but does not take the mail: which answers are about the mail, and
//! which are about us.

use std::time::Duration;

use super::{STATES, enqueue, register_only, tally::Tally};
use crate::support::{PASSWORD, Scrape, TestApp, until, until_selects};

const BREAKER: &str = "sports_log_outbox_breaker_open{channel=\"email\"}";

#[actix_rt::test]
async fn a_server_that_wants_it_later_gets_it_later_and_later() {
    let app = TestApp::spawn().await;
    app.smtp.refuse(3, "451 later");
    app.register("ann@example.com", PASSWORD).await;
    let row = "SELECT status || ' ' || attempts || ' ' || last_error_class || ' ' || last_error_code FROM outbox";
    until_selects(&app.database, row, "sent 4 transient 451 at RCPT").await;
    let asked = app.smtp.heard("RCPT");
    let gaps: Vec<Duration> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // The first pause is 0.1 s here. Each is twice the one before, and varies by a fifth.
    let least = [80, 160, 320].map(Duration::from_millis);
    assert!(
        gaps.len() == 3 && gaps.iter().zip(least).all(|(gap, least)| *gap >= least),
        "{gaps:?}"
    );
}

#[actix_rt::test]
async fn a_recipient_that_is_refused_is_given_up_at_once_and_no_other() {
    let app = TestApp::spawn().await;
    app.smtp.refuse_recipient("user7@example.com", "550 no such user");
    enqueue(&app, 100).await;
    until_selects(&app.database, STATES, "dead 1, sent 99").await;
    let dead = "SELECT email || ' ' || last_error_class || ' ' || last_error_code
                FROM outbox JOIN users ON users.id = user_id WHERE status = 'dead'";
    assert_eq!(app.database.text(dead).await, "user7@example.com permanent 550 at RCPT");
    assert_eq!(app.database.text("SELECT max(attempts) FROM outbox").await, "1");
    assert_eq!(app.smtp.received(), 99);
    Tally::take("F5, 550 for one", &app.database, &app.smtp).await;
    let metrics = Scrape::of(&app).await;
    let attempts = |outcome: &str| {
        let labels = format!("{{channel=\"email\",outcome=\"{outcome}\"}}");
        metrics.count(&format!("sports_log_outbox_attempts_total{labels}"))
    };
    assert_eq!((attempts("sent"), attempts("permanent")), (99.0, 1.0));
    assert_eq!(metrics.get(BREAKER), Some(0.0));
}

#[actix_rt::test]
async fn a_login_that_is_refused_opens_the_breaker_and_kills_nothing() {
    let login = [("SMTP_USER", "ann"), ("SMTP_PASS", "a pass that only the server knows")];
    let app = TestApp::spawn_with(&login).await;
    app.smtp.refuse_logins(Some("535 who are you?"));
    nothing_dies_until(&app, |app| app.smtp.refuse_logins(None)).await;
}

#[actix_rt::test]
async fn a_server_that_closes_opens_the_breaker_and_kills_nothing() {
    let app = TestApp::spawn().await;
    app.smtp.close(Some("421 closed for the night"));
    nothing_dies_until(&app, |app| app.smtp.close(None)).await;
}

#[actix_rt::test]
async fn a_server_that_wants_a_login_first_kills_nothing() {
    let app = TestApp::spawn().await;
    app.smtp.close(Some("530 log in first"));
    nothing_dies_until(&app, |app| app.smtp.close(None)).await;
}

/// Registers during the outage, waits for the breaker to open, and ends the outage with `repair`.
async fn nothing_dies_until(app: &TestApp, repair: impl Fn(&TestApp)) {
    for n in 0..3 {
        register_only(app, &format!("user{n}@example.com")).await;
    }
    until("the breaker is open", async || Scrape::of(app).await.get(BREAKER) == Some(1.0)).await;
    let tried = "SELECT count(*) > 0 FROM outbox WHERE attempts > 1 AND status = 'queued'";
    until_selects(&app.database, tried, "true").await;
    assert_eq!(app.smtp.received(), 0);
    let dead = "SELECT count(*) FROM outbox WHERE status NOT IN ('queued', 'sending')";
    assert_eq!(app.database.text(dead).await, "0");
    assert_eq!(Scrape::of(app).await.get(BREAKER), Some(1.0));
    repair(app);
    until_selects(&app.database, STATES, "sent 3").await;
    assert_eq!(app.smtp.received(), 3);
    Tally::take("F6, an outage", &app.database, &app.smtp).await;
    until("the breaker is closed", async || Scrape::of(app).await.get(BREAKER) == Some(0.0)).await;
}

#[actix_rt::test]
async fn an_open_breaker_asks_one_question_at_a_time() {
    let app = TestApp::spawn_with(&[
        ("DELIVERY_IN_FLIGHT", "3"),
        ("SMTP_USER", "ann"),
        ("SMTP_PASS", "sesame"),
    ])
    .await;
    app.smtp.refuse_logins(Some("535 who are you?"));
    enqueue(&app, 9).await;
    until("six logins were tried", async || app.smtp.heard("AUTH").len() >= 6).await;
    let asked = app.smtp.heard("AUTH");
    // Three attempts started together before the first answer. From then on each waits for
    // DELIVERY_PROBE_SECS.
    let gaps: Vec<Duration> = asked[2..].windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| *gap >= Duration::from_millis(450)), "{gaps:?}");
    app.smtp.refuse_logins(None);
    until_selects(&app.database, STATES, "sent 9").await;
}
