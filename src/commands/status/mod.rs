//! `status`: how a server, its database and its queue are, at a glance.

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
    outbox::store::{self, Depth},
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
    /// Within the last day.
    dead_messages: i64,
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
            known.dead_messages = store::recently_dead(&conn).await?;
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
        if self.dead_messages > 0 {
            problems.push(format!(
                "{} messages of the last day could not be sent: see `sports-log outbox list --status dead`",
                self.dead_messages
            ));
        }
        problems
    }
}
