//! The data of `status`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{clock, lost, server::Server};
use crate::{
    app::most_connections,
    commands::CommandError,
    config::Config,
    db::{self, Backup, Connector, Inspection, migrations},
    outbox::store::{self, Depth, Lost},
};

/// The complete status.
#[derive(Serialize)]
pub struct Status {
    /// The version of this program. That of the server is in `server`.
    pub version: &'static str,
    pub asked_at: DateTime<Utc>,
    pub server: Server,
    pub database: Database,
    /// Problems in sentences. Empty if there are none.
    pub problems: Vec<String>,
}

/// The state of the database.
#[derive(Default, Serialize)]
pub struct Database {
    /// Why the other fields are empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The version of PostgreSQL.
    pub version: String,
    /// The maximum number of connections that one server opens, and that the database accepts.
    pub server_connections: usize,
    pub possible_connections: i64,
    /// Why the database cannot be used. If not empty, nothing else was checked.
    pub refusals: Vec<String>,
    pub warnings: Vec<String>,
    pub applied_migrations: usize,
    pub pending_migrations: Vec<String>,
    /// The oldest version of sports-log that may use the schema, if this version may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer_server: Option<String>,
    pub outbox: Vec<Depth>,
    /// Messages of the last day that were given up.
    pub dead_messages: i64,
    /// Undelivered messages of the last day, by reason.
    pub lost: Vec<Lost>,
    pub last_backup: Option<LastBackup>,
    /// Seconds by which this machine's clock is ahead of the database's.
    pub clock_offset_seconds: Option<f64>,
}

/// A backup, and whether its file is encrypted.
#[derive(Serialize)]
pub struct LastBackup {
    #[serde(flatten)]
    pub backup: Backup,
    pub is_encrypted: bool,
}

impl Database {
    /// Queries the configured database.
    pub async fn ask(config: &Config) -> Result<Self, CommandError> {
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
        // An older schema may lack some of these tables.
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

    /// The problems in sentences.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.refusals.clone();
        if let Some(error) = &self.error {
            problems.push(format!("the database cannot be queried: {error}"));
        }
        if !self.pending_migrations.is_empty() {
            problems.push("the schema is out of date: run `sports-log migrate`".into());
        }
        problems.extend(self.newer_server.as_ref().map(|needed| {
            format!("the schema needs version {needed} of sports-log or newer: upgrade")
        }));
        problems.extend(self.clock_offset_seconds.and_then(clock::problem));
        problems.extend(lost::sentences(&self.lost));
        problems.extend_from_slice(&self.warnings);
        problems
    }
}
