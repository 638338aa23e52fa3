//! Delivery from a committed row to the mail server, with servers that misbehave, processes that
//! die, and replicas that compete: docs/RELIABILITY.md.

mod at_rest;
mod blame;
mod connections;
mod content;
mod database_restart;
mod kill;
mod late_answers;
mod leases;
mod outages;
mod panics;
mod paused;
mod refusals;
mod replicas;
mod sms;
mod sms_answers;
mod sms_checks;
mod tally;
mod usefulness;
mod wake_up;

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::{Database, PASSWORD, SmtpServer, TestApp};

/// The number of messages in each state.
const STATES: &str = "SELECT string_agg(status || ' ' || n, ', ' ORDER BY status)
                      FROM (SELECT status, count(*) AS n FROM outbox
                            WHERE kind <> 'security_notice' GROUP BY status) s";

/// Registers `email`, without waiting for the mail.
async fn register_only(app: &TestApp, email: &str) {
    let body = json!({"email": email, "password": PASSWORD});
    app.post("/auth/register", &body).await.expect(202);
}

/// The number of mails that each recipient got.
fn copies(smtp: &SmtpServer) -> BTreeMap<String, usize> {
    let mut copies = BTreeMap::new();
    for mail in smtp.mails() {
        *copies.entry(mail.to).or_default() += 1;
    }
    copies
}

async fn forgot(app: &TestApp, email: &str) {
    app.post("/auth/forgot-password", &json!({"email": email})).await.expect(200);
}

/// Creates users with a queued message each: `user1@example.com` and so on.
async fn enqueue(app: &TestApp, messages: usize) {
    enqueue_on(&app.database, messages).await;
}

async fn enqueue_on(database: &Database, messages: usize) {
    let statement = format!(
        "WITH made AS (INSERT INTO users (email) SELECT 'user' || n || '@example.com'
                       FROM generate_series(1, {messages}) n RETURNING id)
         INSERT INTO outbox (kind, channel, user_id, subject_id, expires_at)
         SELECT 'account_exists', 'email', id, id, now() + interval '1 hour' FROM made"
    );
    assert_eq!(database.execute(&statement).await, messages);
}
