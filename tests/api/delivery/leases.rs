//! A claim is a lease with a fence: it expires, and a process that has lost its lease cannot record
//! an outcome.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;

use super::{STATES, enqueue, register_only};
use crate::support::{Scrape, Stage, TestApp, until, until_selects};

#[actix_rt::test]
async fn what_a_dead_process_was_sending_is_sent_when_its_lease_has_run_out() {
    let app = TestApp::spawn().await;
    // Messages that another process left behind: one lease expires soon, the other expired long
    // ago.
    app.database
        .execute(
            "WITH made AS (INSERT INTO users (email) VALUES ('user1@example.com'), ('user2@example.com')
                           RETURNING id, email)
             INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at,
                                 status, attempts, fence, lease_until)
             SELECT 'account_exists', 'email', id, id, now() + interval '1 hour', 'sending', 1, 1,
                    now() + CASE email WHEN 'user1@example.com' THEN interval '1.5 seconds'
                                       ELSE interval '-1 hour' END
             FROM made",
        )
        .await;
    app.smtp.mail_to("user2@example.com").await;
    app.smtp.mail_to("user1@example.com").await;
    until_selects(&app.database, STATES, "sent 2").await;
    let early = "SELECT count(*) FROM outbox JOIN users ON users.id = user_id
                 WHERE email = 'user1@example.com' AND attempts = 2 AND fence = 2";
    assert_eq!(app.database.text(early).await, "1");
}

#[actix_rt::test]
async fn a_claim_that_another_took_over_completes_nothing() {
    let app = TestApp::spawn().await;
    app.smtp.hold(Some(Stage::Dot));
    register_only(&app, "ann@example.com").await;
    until("the server has the mail", async || !app.smtp.unanswered().is_empty()).await;
    // Another replica has found the lease expired and is sending the message now.
    let taken_over = "UPDATE outbox SET fence = fence + 1, lease_until = now() + interval '1 hour'";
    assert_eq!(app.database.execute(taken_over).await, 1);
    let row = "SELECT (status, attempts, lease_until, fence, last_error_class, provider_id, finished_at) FROM outbox";
    let before = app.database.text(row).await;
    app.smtp.hold(None);
    app.smtp.mail_to("ann@example.com").await;
    let lost = "sports_log_outbox_lost_leases_total";
    until("the loss is counted", async || Scrape::of(&app).await.count(lost) == 1.0).await;
    assert_eq!(app.database.text(row).await, before);
    let latency = "sports_log_outbox_commit_to_sent_seconds_count";
    assert_eq!(Scrape::of(&app).await.count(latency), 0.0);
}

#[actix_rt::test]
async fn a_lease_is_renewed_while_the_server_takes_longer_than_it() {
    let settings = [("DELIVERY_LEASE_SECS", "2"), ("DELIVERY_DEADLINE_SECS", "60")];
    let first = TestApp::spawn_with(&settings).await;
    let second = TestApp::spawn_on(first.database.clone(), first.smtp.clone(), &settings).await;
    first.smtp.take_its_time_over_the_next(&[Duration::from_secs(6)]);
    register_only(&first, "ann@example.com").await;
    until_selects(&first.database, STATES, "sent 1").await;
    assert_eq!(first.smtp.seen().len(), 1);
    let row = "SELECT attempts || ' ' || fence FROM outbox";
    assert_eq!(first.database.text(row).await, "1 1");
    drop(second);
}

#[actix_rt::test]
async fn an_attempt_whose_lease_was_lost_ends_before_the_server_has_the_text() {
    let app =
        TestApp::spawn_with(&[("DELIVERY_LEASE_SECS", "3"), ("DELIVERY_DEADLINE_SECS", "60")])
            .await;
    app.smtp.hold(Some(Stage::Rcpt));
    register_only(&app, "ann@example.com").await;
    until("it is being sent", async || !app.smtp.heard("RCPT").is_empty()).await;
    let taken_over = "UPDATE outbox SET fence = fence + 1, lease_until = now() + interval '1 hour'";
    assert_eq!(app.database.execute(taken_over).await, 1);
    let lost = "sports_log_outbox_lost_leases_total";
    until("the loss is counted", async || Scrape::of(&app).await.count(lost) == 1.0).await;
    app.smtp.hold(None);
    app.register("bob@example.com", crate::support::PASSWORD).await;
    assert_eq!(app.smtp.seen().len(), 1);
    until_selects(&app.database, STATES, "sending 1, sent 1").await;
}

#[actix_rt::test]
async fn a_quick_mail_renews_nothing_and_a_slow_one_its_lease() {
    let settings = [("DELIVERY_LEASE_SECS", "6"), ("DELIVERY_DEADLINE_SECS", "60")];
    let app = TestApp::spawn_with(&settings).await;
    // Only a renewal updates a message that is being sent and keeps both its status and its fence.
    let noted = "CREATE TABLE renewals ();
                 CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN INSERT INTO renewals DEFAULT VALUES; RETURN NEW; END $$;
                 CREATE TRIGGER note BEFORE UPDATE ON outbox FOR EACH ROW
                 WHEN (OLD.status = 'sending' AND NEW.status = 'sending' AND OLD.fence = NEW.fence)
                 EXECUTE FUNCTION note()";
    app.database.connect().await.batch_execute(noted).await.unwrap();
    enqueue(&app, 50).await;
    until_selects(&app.database, STATES, "sent 50").await;
    assert_eq!(app.database.text("SELECT count(*) FROM renewals").await, "0");
    app.smtp.take_its_time_over_the_next(&[Duration::from_secs(3)]);
    register_only(&app, "ann@example.com").await;
    until_selects(&app.database, STATES, "sent 51").await;
    assert_eq!(app.database.text("SELECT count(*) FROM renewals").await, "1");
}

#[actix_rt::test]
async fn no_connection_and_no_lock_is_held_while_a_mail_is_sent() {
    let app = TestApp::spawn().await;
    app.smtp.hold(Some(Stage::Dot));
    enqueue(&app, 4).await;
    until("all are being sent", async || app.smtp.unanswered().len() == 4).await;
    let open = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()";
    // Periodic queries have a transaction for a moment.
    until_selects(&app.database, open, "0").await;
    let in_use = "sports_log_db_pool_connections{pool=\"delivery\",state=\"in_use\"}";
    until("all connections are idle", async || Scrape::of(&app).await.get(in_use) == Some(0.0))
        .await;
    assert_eq!(app.database.text(STATES).await, "sending 4");
    app.smtp.hold(None);
    until_selects(&app.database, STATES, "sent 4").await;
}
