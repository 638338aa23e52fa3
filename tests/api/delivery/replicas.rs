//! Several servers on one database, one after the other and side by side.

use std::time::Duration;

use super::{STATES, copies, enqueue, register_only, tally::Tally};
use crate::support::{Scrape, Stage, TestApp, until, until_selects};

#[actix_rt::test]
async fn two_replicas_send_each_mail_once() {
    let first = TestApp::spawn().await;
    let second = first.replica().await;
    enqueue(&first, 1000).await;
    until_selects(&first.database, STATES, "sent 1000").await;
    let tally = Tally::take("F14, two replicas", &first.database, &first.smtp).await;
    assert_eq!((tally.received, tally.duplicated, tally.lost), (1000, 0, 0));
    let mut attempts = Vec::new();
    for app in [&first, &second] {
        let sent = "sports_log_outbox_attempts_total{channel=\"email\",outcome=\"sent\"}";
        attempts.push(Scrape::of(app).await.count(sent));
    }
    assert!(attempts.iter().all(|n| *n > 0.0), "{attempts:?}");
    assert_eq!(attempts.iter().sum::<f64>(), 1000.0);
}

#[actix_rt::test]
async fn a_stop_in_the_middle_sends_what_is_in_flight_and_leaves_the_rest() {
    let app = TestApp::spawn_with(&[("DELIVERY_IN_FLIGHT", "2")]).await;
    app.smtp.take_its_time(Duration::from_millis(100));
    enqueue(&app, 30).await;
    let (database, smtp) = (app.database.clone(), app.smtp.clone());
    until("some were sent", async || smtp.received() >= 4).await;
    drop(app);
    let sent = smtp.received();
    assert!(sent < 30);
    until_selects(&database, STATES, &format!("queued {}, sent {sent}", 30 - sent)).await;
    smtp.take_its_time(Duration::ZERO);
    let app = TestApp::spawn_on(database, smtp.clone(), &[]).await;
    until_selects(&app.database, STATES, "sent 30").await;
    let copies = copies(&smtp);
    assert!(copies.len() == 30 && copies.values().all(|n| *n == 1), "{copies:?}");
}

#[actix_rt::test]
async fn a_stop_that_cannot_wait_gives_its_leases_back() {
    let hour_long = [
        ("DELIVERY_LEASE_SECS", "3600"),
        ("DELIVERY_DEADLINE_SECS", "1800"),
        ("DELIVERY_DRAIN_SECS", "0.3"),
    ];
    let app = TestApp::spawn_with(&hour_long).await;
    app.smtp.hold(Some(Stage::Dot));
    register_only(&app, "ann@example.com").await;
    until("the server has the mail", async || !app.smtp.unanswered().is_empty()).await;
    let (database, smtp) = (app.database.clone(), app.smtp.clone());
    drop(app);
    assert_eq!(database.text(STATES).await, "queued 1");
    smtp.hold(None);
    let app = TestApp::spawn_on(database, smtp.clone(), &hour_long).await;
    let mail = smtp.mail_to("ann@example.com").await;
    assert_eq!(smtp.unanswered()[0].message_id, mail.message_id);
    until_selects(&app.database, STATES, "sent 1").await;
}

#[actix_rt::test]
async fn a_database_that_drops_every_connection_loses_nothing() {
    let app = TestApp::spawn_with(&[("DELIVERY_IN_FLIGHT", "4")]).await;
    app.smtp.take_its_time(Duration::from_millis(30));
    enqueue(&app, 40).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for sent in [5, 15] {
        until("some more were sent", async || app.smtp.received() >= sent).await;
        app.database.execute(cut).await;
    }
    until_selects(&app.database, STATES, "sent 40").await;
    let copies = copies(&app.smtp);
    assert_eq!(copies.len(), 40);
    // No process died, so no outcome is lost: every accepted mail is recorded in the end.
    assert!(copies.values().all(|n| *n == 1), "{copies:?}");
    app.get("/readyz").await.expect(200);
}
