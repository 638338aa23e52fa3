//! Acknowledged writes are committed: other connections see them at once, and they survive a crash
//! of PostgreSQL at that moment.
//!
//! Since version 17 PostgreSQL sends rows above 8 KiB before the commit. A violation therefore
//! shows only with that version, large rows and slow commits.

mod kill;
mod visibility;
mod writes;

use writes::{Kind, Size, Writer};

use crate::support::{Database, OwnPostgres, SmtpServer, TestApp};

/// Starts a PostgreSQL in which every commit takes `millis`, and a server with a connection for
/// each writer.
async fn start(millis: u32) -> (OwnPostgres, TestApp) {
    let mut postgres = OwnPostgres::start();
    let micros = 1000 * millis;
    postgres.configure(&format!("commit_delay = {micros}\ncommit_siblings = 0\n"));
    let database = Database::at(postgres.url());
    // Webhook receivers that cannot be reached are given up quickly.
    let patience = ("DELIVERY_DEADLINE_SECS", "0.5");
    let settings = [("DATABASE_POOL_SIZE", "20"), ("DATABASE_WAIT_SECS", "1"), patience];
    let app = TestApp::spawn_on(database, SmtpServer::start().await, &settings).await;
    (postgres, app)
}

/// Returns one writer of each kind. They are made one after the other, because the server waits
/// only a second for a connection.
async fn writers(app: &TestApp) -> Vec<Writer<'_>> {
    let mut writers = Vec::new();
    for kind in Kind::ALL {
        writers.push(Writer::new(app, kind).await);
    }
    writers
}
