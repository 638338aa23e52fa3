//! `status`: the state of a server, its database and its queue.

mod clock;
mod lost;
mod report;
mod server;
mod show;

use report::{Database, LastBackup, Status};

use chrono::Utc;

use self::server::Server;
use super::{CommandResult, healthcheck::own_url, serve::configured, tables::as_json};
use crate::config::Source;

/// Prints the status. Fails if something needs attention.
pub fn status(mut source: Source, json: bool) -> CommandResult {
    let url = own_url(&mut source);
    let config = configured(source)?;
    let status = actix_rt::System::new().block_on(async {
        let server = Server::ask(&url).await;
        let database = Database::ask(&config).await.unwrap_or_else(|error| Database {
            error: Some(error.to_string()),
            ..Database::default()
        });
        let problems = [server.problems(), database.problems()].concat();
        let version = env!("CARGO_PKG_VERSION");
        Status { version, asked_at: Utc::now(), server, database, problems }
    });
    if json {
        as_json(&status)?
    } else {
        show::table(&status)
    }
    match status.problems.len() {
        0 => Ok(()),
        problems => Err(format!("{problems} problem(s) need attention").into()),
    }
}
