//! PostgreSQL crashes under load and restarts: fault F13.

use serde_json::json;

use super::{STATES, tally::Tally};
use crate::support::{Database, OwnPostgres, PASSWORD, SmtpServer, TestApp, until, until_selects};

#[actix_rt::test]
async fn a_crash_of_the_database_loses_nothing_that_was_acknowledged() {
    let mut postgres = OwnPostgres::start();
    let (database, smtp) = (Database::at(postgres.url()), SmtpServer::start().await);
    let short_wait = [("DATABASE_WAIT_SECS", "0.5")];
    let app = TestApp::spawn_on(database, smtp, &short_wait).await;
    let register = async |n: usize| {
        let body = json!({"email": format!("user{n}@example.com"), "password": PASSWORD});
        app.post("/auth/register", &body).await
    };
    let mut acknowledged = Vec::new();
    for n in 0..6 {
        register(n).await.expect(202);
        acknowledged.push(format!("user{n}@example.com"));
    }
    postgres.crash();
    // Requests are answered with 503, and the process stays alive.
    register(6).await.expect_error(503, "database_unavailable");
    app.get("/readyz").await.expect_error(503, "database_unavailable");
    app.get("/healthz").await.expect(200);
    postgres.start_again();
    until("it is ready again", async || app.get("/readyz").await.status == 200).await;
    for n in 10..14 {
        register(n).await.expect(202);
        acknowledged.push(format!("user{n}@example.com"));
    }
    until_selects(&app.database, STATES, &format!("sent {}", acknowledged.len())).await;
    // The process stayed alive: whatever was sent during the crash is recorded after it.
    let tally = Tally::take("F13, the database crashes", &app.database, &app.smtp).await;
    assert_eq!((tally.received, tally.duplicated, tally.lost), (acknowledged.len(), 0, 0));
    let reached: Vec<String> = app.smtp.mails().into_iter().map(|mail| mail.to).collect();
    assert!(acknowledged.iter().all(|email| reached.contains(email)), "{reached:?}");
}
