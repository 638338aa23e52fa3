//! Panics in our own code, provoked by special recipients (`src/delivery/faults.rs`): fault F15.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{STATES, register_only};
use crate::support::{PASSWORD, Scrape, TestApp, until, until_selects};

const RESTARTS: &str = "sports_log_delivery_restarts_total";

#[actix_rt::test]
async fn a_panic_in_a_send_ends_that_attempt_and_nothing_else() {
    let app = TestApp::spawn().await;
    register_only(&app, "ann@panic.invalid").await;
    let row = "SELECT count(*) FROM outbox WHERE last_error_class = 'panic' AND attempts > 1";
    until_selects(&app.database, row, "1").await;
    let before = Instant::now();
    app.register("bob@example.com", PASSWORD).await;
    assert!(before.elapsed() < Duration::from_secs(10));
    until_selects(&app.database, "SELECT count(*) FROM outbox WHERE status = 'sent'", "1").await;
    assert_eq!(Scrape::of(&app).await.count(RESTARTS), 0.0);
    app.get("/readyz").await.expect(200);
}

#[actix_rt::test]
async fn an_actor_that_dies_is_started_again() {
    let app = TestApp::spawn().await;
    register_only(&app, "ann@death.invalid").await;
    let code = json!({"identifier": "ann@death.invalid", "channel": "email"});
    app.post("/auth/otp/request", &code).await.expect(200);
    until("the actors were started again", async || Scrape::of(&app).await.count(RESTARTS) >= 1.0)
        .await;
    let before = Instant::now();
    app.register("bob@example.com", PASSWORD).await;
    assert!(before.elapsed() < Duration::from_secs(10));
    // The code expires, so its message is cancelled and no longer kills the actor.
    app.database.execute("UPDATE otp_challenges SET expires_at = now()").await;
    until_selects(&app.database, STATES, "cancelled 1, sent 2").await;
    until("all are well", async || app.get("/readyz").await.status == 200).await;
}
