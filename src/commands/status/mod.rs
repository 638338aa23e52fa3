//! `status`: how a server, its database and its queue are, at a glance.

mod lost;
mod server;
mod show;

use chrono::{DateTime, Utc};
use serde::Serialize;

use self::server::Server;
use super::{
    CommandError, CommandResult, healthcheck::own_url, serve::configured, tables::as_json,
};
use crate::{
    config::{Config, Source},
    db::{Backup, Connector, migrations},
    outbox::store::{self, Depth, Lost},
};

/// All of it.
#[derive(Serialize)]
struct Status {
    /// Of this program; the server's own is in `server`.
    version: &'static str,
    asked_at: DateTime<Utc>,
    server: Server,
    database: Database,
    /// What is wrong, in sentences; empty when nothing is.
    problems: Vec<String>,
}

/// What the database says.
#[derive(Default, Serialize)]
struct Database {
    /// Why nothing else is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    applied_migrations: usize,
    pending_migrations: Vec<String>,
    outbox: Vec<Depth>,
    /// Messages of the last day that were given up.
    dead_messages: i64,
    /// Messages of the last day that nobody got, by why.
    lost: Vec<Lost>,
    last_backup: Option<Backup>,
}

/// Prints how things are; an error when something needs somebody.
pub fn status(json: bool) -> CommandResult {
    let url = own_url();
    let config = configured(Source::from_environment())?;
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
        problems => Err(format!("{problems} of these need somebody").into()),
    }
}

impl Database {
    async fn ask(config: &Config) -> Result<Self, CommandError> {
        let connector = Connector::new(&config.database)?;
        let schema = migrations::compare(&connector).await?;
        let conn = connector.connect().await?;
        let mut known = Self {
            applied_migrations: schema.applied,
            pending_migrations: schema.pending,
            ..Self::default()
        };
        // An older schema has not all of the tables.
        if known.pending_migrations.is_empty() {
            known.outbox = store::depth(&conn).await?;
            known.lost = store::recently_lost(&conn).await?;
            let dead = known.lost.iter().filter(|lost| lost.status == "dead");
            known.dead_messages = dead.map(|lost| lost.messages).sum();
            known.last_backup = Backup::latest(&conn).await?;
        }
        Ok(known)
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(error) = &self.error {
            problems.push(format!("the database cannot be asked: {error}"));
        }
        if !self.pending_migrations.is_empty() {
            problems.push("the schema is behind: run `sports-log migrate`".into());
        }
        problems.extend(lost::sentences(&self.lost));
        problems
    }
}
