//! Registrations that are never confirmed and accounts that are never verified are deleted.

use serde_json::json;

use crate::support::{PASSWORD, Scrape, TestApp, until_selects};

const REMAINING: &str =
    "SELECT string_agg(split_part(email, '@', 1), ' ' ORDER BY email) FROM users";

#[actix_rt::test]
async fn what_nobody_proves_is_forgotten_after_days() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for name in ["expired", "resent", "resetting", "coding", "again"] {
        app.register(&format!("{name}@example.com"), PASSWORD).await;
    }
    // The events of the expired account are deleted with it.
    let recorded = "INSERT INTO auth_events (user_id, kind)
                    SELECT id, 'login_failed' FROM users WHERE email = 'expired@example.com'";
    app.database.execute(recorded).await;
    let everybody = "UPDATE users SET created_at = now() - interval '8 days'";
    app.database.execute(everybody).await;
    let expired = "UPDATE registrations SET verify_expires = now() - interval '3 days 1 minute'
                   WHERE user_id IN (SELECT id FROM users WHERE email NOT LIKE 'resent@%')";
    app.database.execute(expired).await;
    let recently = "UPDATE registrations SET verify_expires = now() - interval '2 days'
                    WHERE user_id IN (SELECT id FROM users WHERE email LIKE 'resent@%')";
    app.database.execute(recently).await;
    // The owners of these accounts are about to verify them.
    app.post("/auth/forgot-password", &json!({"email": "resetting@example.com"})).await.expect(200);
    let code = json!({"identifier": "coding@example.com", "channel": "email"});
    app.post("/auth/otp/request", &code).await.expect(200);
    app.register("again@example.com", PASSWORD).await;
    app.register("new@example.com", PASSWORD).await;

    let app = app.restarted(&[]).await;
    until_selects(&app.database, REMAINING, "again ann coding new resent resetting").await;
    until_selects(&app.database, "SELECT count(*) FROM registrations", "3").await;
    let events = "SELECT count(*) FROM auth_events WHERE kind = 'login_failed'";
    until_selects(&app.database, events, "0").await;
    for (what, count) in [("registration", 3.0), ("account", 1.0)] {
        let series = format!("sports_log_unproven_purged_total{{what=\"{what}\"}}");
        crate::support::until("it is counted", async || {
            Scrape::of(&app).await.get(&series) == Some(count)
        })
        .await;
    }
    // A token that was mailed again is valid for an account that still exists.
    app.post("/auth/resend-verification", &json!({"email": "resent@example.com"}))
        .await
        .expect(202);
    let mail = app.smtp.mail_to("resent@example.com").await;
    app.verify(&mail.token()).await.expect(200);
    app.get_as(&ann, "/me").await.expect(200);
    app.register("expired@example.com", PASSWORD).await;
}
