//! How the relay learns of new messages: from the commit, by polling, and after its listening
//! connection was restored.

use super::{STATES, enqueue};
use crate::support::{PASSWORD, TestApp, until_selects};

/// Longer than any test waits: the relay finds no message by polling.
const NEVER_POLL: (&str, &str) = ("DELIVERY_POLL_SECS", "300");

const IS_LISTENING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND query = 'LISTEN outbox'";

#[actix_rt::test]
async fn a_commit_wakes_the_relay_at_once() {
    let app = TestApp::spawn_with(&[NEVER_POLL]).await;
    until_selects(&app.database, IS_LISTENING, "1").await;
    for n in 0..9 {
        app.register(&format!("user{n}@example.com"), PASSWORD).await;
    }
    until_selects(&app.database, STATES, "sent 9").await;
    let median = "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY finished_at - created_at)
                         < interval '0.5 seconds' FROM outbox";
    assert_eq!(app.database.text(median).await, "true");
}

#[actix_rt::test]
async fn a_row_that_nobody_told_of_is_found_by_looking() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    enqueue(&app, 1).await;
    app.smtp.mail_to("user1@example.com").await;
}

#[actix_rt::test]
async fn what_was_committed_while_nobody_listened_is_sent_after_the_reconnect() {
    let app = TestApp::spawn_with(&[NEVER_POLL]).await;
    until_selects(&app.database, IS_LISTENING, "1").await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND query = 'LISTEN outbox'";
    assert_eq!(app.database.execute(cut).await, 1);
    until_selects(&app.database, IS_LISTENING, "0").await;
    enqueue(&app, 1).await;
    app.smtp.mail_to("user1@example.com").await;
    app.get("/readyz").await.expect(200);
}
