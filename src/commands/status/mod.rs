//! `status`: how a server, its database and its queue are, at a glance.

mod clock;
mod lost;
mod server;
mod show;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use self::server::Server;
use super::{
    CommandError, CommandResult, healthcheck::own_url, serve::configured, tables::as_json,
};
use crate::{
    app::most_connections,
    config::{Config, Source},
    db::{self, Backup, Connector, Inspection, migrations},
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
    /// Of PostgreSQL.
    version: String,
    /// The most that one server opens, and that the database takes.
    server_connections: usize,
    possible_connections: i64,
    /// What makes it unfit, so that nothing else was looked at.
    refusals: Vec<String>,
    warnings: Vec<String>,
    applied_migrations: usize,
    pending_migrations: Vec<String>,
    /// The oldest version of sports-log that may use the schema, where that is not this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    newer_server: Option<String>,
    outbox: Vec<Depth>,
    /// Messages of the last day that were given up.
    dead_messages: i64,
    /// Messages of the last day that nobody got, by why.
    lost: Vec<Lost>,
    last_backup: Option<LastBackup>,
    /// Seconds by which this machine's clock is ahead of the database's.
    clock_offset_seconds: Option<f64>,
}

/// A backup, and whether a thief of its file could read it.
#[derive(Serialize)]
struct LastBackup {
    #[serde(flatten)]
    backup: Backup,
    is_encrypted: bool,
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
        let found = Inspection::of(&connector, Duration::ZERO).await?;
        let server_connections = most_connections(config);
        let shortage = found.shortage(server_connections);
        let mut known = Self {
            version: found.version,
            server_connections,
            possible_connections: found.room,
            refusals: found.refusals,
            warnings: found.warnings.into_iter().chain(shortage).collect(),
            ..Self::default()
        };
        if !known.refusals.is_empty() {
            return Ok(known);
        }
        let schema = migrations::compare(&connector).await?;
        (known.applied_migrations, known.pending_migrations) = (schema.applied, schema.pending);
        known.newer_server = schema.newer_server;
        let conn = connector.connect().await?;
        known.clock_offset_seconds = db::clock::measure(&conn).await?;
        // An older schema has not all of the tables.
        if known.pending_migrations.is_empty() && known.newer_server.is_none() {
            known.outbox = store::depth(&conn).await?;
            known.lost = store::recently_lost(&conn).await?;
            let dead = known.lost.iter().filter(|lost| lost.status == "dead");
            known.dead_messages = dead.map(|lost| lost.messages).sum();
            known.last_backup = Backup::latest(&conn)
                .await?
                .map(|backup| LastBackup { is_encrypted: backup.is_encrypted(), backup });
        }
        Ok(known)
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = self.refusals.clone();
        if let Some(error) = &self.error {
            problems.push(format!("the database cannot be asked: {error}"));
        }
        if !self.pending_migrations.is_empty() {
            problems.push("the schema is behind: run `sports-log migrate`".into());
        }
        problems.extend(self.newer_server.as_ref().map(|needed| {
            format!(
                "only version {needed} of sports-log or a newer one may use the schema: upgrade"
            )
        }));
        problems.extend(self.clock_offset_seconds.and_then(clock::problem));
        problems.extend(lost::sentences(&self.lost));
        problems.extend_from_slice(&self.warnings);
        problems
    }
}
