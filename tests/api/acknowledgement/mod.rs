//! What is acknowledged is committed: others see it at once, and it outlives a crash of PostgreSQL at
//! that moment.
//!
//! From version 17 on PostgreSQL sends rows above 8 KiB before the commit, so whether this holds shows
//! only there, with large rows and slow commits.

mod kill;
mod visibility;
mod writes;

use writes::{Kind, Size, Writer};

use crate::support::{Database, OwnPostgres, SmtpServer, TestApp};

/// A PostgreSQL whose every commit takes `millis`, and a server with a connection for each writer.
async fn start(millis: u32) -> (OwnPostgres, TestApp) {
    let mut postgres = OwnPostgres::start();
    let micros = 1000 * millis;
    postgres.configure(&format!("commit_delay = {micros}\ncommit_siblings = 0\n"));
    let database = Database { url: postgres.url() };
    // Receivers of webhooks that nobody can reach are given up soon.
    let patience = ("DELIVERY_DEADLINE_SECS", "0.5");
    let settings = [("DATABASE_POOL_SIZE", "20"), ("DATABASE_WAIT_SECS", "1"), patience];
    let app = TestApp::spawn_on(database, SmtpServer::start().await, &settings).await;
    (postgres, app)
}

/// One writer of each kind.
async fn writers(app: &TestApp) -> Vec<Writer<'_>> {
    futures_util::future::join_all(Kind::ALL.map(|kind| Writer::new(app, kind))).await
}
