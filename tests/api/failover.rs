//! The primary disappears and another server takes over: several hosts in `DATABASE_URL`.

use std::net::TcpListener;

use actix_web::http::Method;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::{
    Answer, Database, OwnPostgres, SmtpServer, TestApp, User, connector, free_port,
    process::{run, said},
    settings, until, until_selects,
};

const SHORT_WAIT: (&str, &str) = ("DATABASE_WAIT_SECS", "1");

fn activity(name: &str) -> Value {
    let start = "2026-05-04T08:00:00Z";
    json!({"external_id": name, "activity_type": "run", "started_at": start, "duration_secs": 60})
}

async fn post(app: &TestApp, user: &User, name: &str) -> Answer {
    app.post_as(user, "/activities", &activity(name)).await
}

async fn is_ready(app: &TestApp) -> bool {
    app.get("/readyz").await.status == 200
}

/// Runs `statement` on a server that may be read-only.
async fn tell(url: &str, statement: &str) {
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}target_session_attrs=any");
    let mut conn = connector(&url).connect().await.unwrap();
    diesel::sql_query(statement).execute(&mut conn).await.unwrap();
}

#[actix_rt::test]
async fn a_standby_takes_over_and_nothing_acknowledged_is_lost() {
    let mut primary = OwnPostgres::start();
    let mut standby = primary.standby();
    let database = Database::at(standby.url_with(&primary));
    let app = TestApp::spawn_on(database, SmtpServer::start().await, &[SHORT_WAIT]).await;
    let user = app.user("ann@example.com").await;
    let mut acknowledged = Vec::new();
    for number in 0..20 {
        post(&app, &user, &number.to_string()).await.expect(201);
        acknowledged.push(number.to_string());
    }
    primary.crash();
    let refused = post(&app, &user, "lost").await.expect_error(503, "database_unavailable");
    assert_eq!(refused.header("Retry-After"), "5");
    app.get("/readyz").await.expect_error(503, "database_unavailable");
    app.get_as(&user, "/me").await.expect_error(503, "database_unavailable");

    tell(&standby.url(), "SELECT pg_promote()").await;
    until("it is ready again", async || is_ready(&app).await).await;
    app.get_as(&user, "/me").await.expect(200);
    post(&app, &user, "after").await.expect(201);
    acknowledged.push("after".into());
    for name in acknowledged {
        let named = format!("SELECT count(*) FROM activities WHERE external_id = '{name}'");
        assert_eq!(app.database.text(&named).await, "1", "{name}");
    }
    // Delivery has reconnected, too, and listens for new messages.
    let listens = "SELECT count(*) > 0 FROM pg_stat_activity WHERE query = 'LISTEN outbox'";
    until_selects(&app.database, listens, "true").await;
    app.register("bob@example.com", "seven silver swans").await;
    drop(app);
    standby.stop();
}

#[actix_rt::test]
async fn a_primary_that_freezes_holds_nobody() {
    let mut primary = OwnPostgres::start();
    let mut standby = primary.standby();
    let database = Database::at(standby.url_with(&primary));
    let app = TestApp::spawn_on(database, SmtpServer::start().await, &[SHORT_WAIT]).await;
    let user = app.user("ann@example.com").await;
    // Its connections stay open and silent: only a timeout ends them.
    let frozen = primary.freeze();
    tell(&standby.url(), "SELECT pg_promote()").await;
    until("it is ready again", async || is_ready(&app).await).await;
    post(&app, &user, "after").await.expect(201);
    app.get_as(&user, "/me").await.expect(200);
    app.register("bob@example.com", "seven silver swans").await;
    drop(app);
    drop(frozen);
    standby.stop();
}

#[actix_rt::test]
async fn a_server_that_takes_no_writes_any_more_is_let_go() {
    let postgres = OwnPostgres::start();
    let database = Database::at(postgres.url());
    let app = TestApp::spawn_on(database, SmtpServer::start().await, &[SHORT_WAIT]).await;
    let user = app.user("ann@example.com").await;
    app.get_as(&user, "/me").await.expect(200);

    let told = "ALTER SYSTEM SET default_transaction_read_only = on";
    tell(&postgres.url(), told).await;
    tell(&postgres.url(), "SELECT pg_reload_conf()").await;
    until("writes are refused", async || post(&app, &user, "1").await.status == 503).await;
    // It is not read from either: the data of a standby may be old.
    app.get_as(&user, "/me").await.expect_error(503, "database_unavailable");
    app.get("/readyz").await.expect_error(503, "database_unavailable");

    let command = "ALTER ROLE sports_log SET default_transaction_read_only = off";
    tell_anyway(&postgres.url(), command).await;
    until("it is ready again", async || is_ready(&app).await).await;
    post(&app, &user, "2").await.expect(201);
    app.get_as(&user, "/me").await.expect(200);
}

/// Like [`tell`], in a session that may write although the default is read-only.
async fn tell_anyway(url: &str, statement: &str) {
    let options = "&options=-c%20default_transaction_read_only%3Doff";
    tell(&format!("{url}{options}"), statement).await;
}

#[actix_rt::test]
async fn a_host_that_accepts_connections_and_says_nothing_keeps_nobody_from_the_next() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut postgres = OwnPostgres::start();
    let port = free_port();
    postgres.configure(&format!("listen_addresses = '127.0.0.1'\nport = {port}\n"));
    let silent = silent.local_addr().unwrap();
    let url = format!("postgres://sports_log@{silent},127.0.0.1:{port}/sports_log");
    let app = TestApp::spawn_on(Database::at(url), SmtpServer::start().await, &[SHORT_WAIT]).await;
    app.user("ann@example.com").await;
    let answer = app.send(Method::GET, "/readyz", &[], None).await;
    answer.expect(200);
}

#[test]
fn several_hosts_are_shown_without_their_password_and_must_make_sense() {
    let urls = "postgres://ann:open%40sesame@one:5433,two,[::1]:5434/log?target_session_attrs=";
    let check = |name, value: String| {
        let mut variables = settings("postgres://ann@one/log", 25);
        variables.retain(|(other, _)| *other != name);
        variables.push((name, value));
        run(&["check-config"], &variables)
    };
    for name in ["DATABASE_URL", "DATABASE_DIRECT_URL"] {
        let accepted = check(name, format!("{urls}read-write"));
        let shown = format!("{name} ");
        let said_of_it = said(&accepted);
        assert!(accepted.status.success(), "{said_of_it}");
        let line = said_of_it.lines().find(|line| line.starts_with(&shown)).unwrap();
        assert!(line.contains("ann:[redacted]@one:5433,two,[::1]:5434/log"), "{line}");
        for (value, problem) in [
            (format!("{urls}read-only"), "the server writes"),
            ("postgres://one,two/log?hostaddr=127.0.0.1".into(), "as many hosts"),
            ("postgres:///log".into(), "has no host"),
        ] {
            let refused = check(name, value);
            assert!(!refused.status.success());
            let said = said(&refused);
            assert!(said.contains(&format!("{name}: ")) && said.contains(problem), "{said}");
            assert!(!said.contains("sesame"), "{said}");
        }
    }
}
