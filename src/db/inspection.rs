//! Checks whether a database is usable, and says what to do if it is not.

use std::{collections::BTreeMap, time::Duration};

use derive_more::Display;
use diesel::{
    ConnectionError,
    prelude::*,
    sql_types::{Array, Bool, Integer, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Connector, FetchOne, session::MEANING};

/// The oldest version of PostgreSQL that the schema and the statements support.
pub const OLDEST_VERSION: u32 = 14;

const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Why a database cannot be used.
#[derive(Debug, Display)]
pub enum DatabaseError {
    #[display("the database cannot be reached: {_0}")]
    Unreachable(ConnectionError),
    #[display("the database cannot be inspected: {_0}")]
    Unknown(diesel::result::Error),
    /// Sentences, each with a remedy.
    #[display("the database cannot be used:\n  {}", _0.join("\n  "))]
    Unfit(Vec<String>),
}

impl std::error::Error for DatabaseError {}

/// The result of the checks.
pub struct Inspection {
    /// In PostgreSQL's notation: `15.18`.
    pub version: String,
    /// The reasons why the database cannot be used, in sentences. Empty if there are none.
    pub refusals: Vec<String>,
    /// Settings that may lose acknowledged data if the machine fails.
    pub warnings: Vec<String>,
    /// The maximum number of connections for our role.
    pub room: i64,
}

impl Inspection {
    /// Inspects the database, bypassing a pooler, and then the pooler's sessions. Waits up to
    /// `patience` for a database that is starting.
    pub async fn of(connector: &Connector, patience: Duration) -> Result<Self, DatabaseError> {
        let facts = Facts::find(connector.direct(), patience).await?;
        let mut refusals = facts.refusals();
        if refusals.is_empty() && connector.is_pooled() {
            refusals = Facts::find(connector, patience).await?.wrong_settings();
        }
        Ok(Self {
            refusals,
            warnings: facts.warnings(),
            room: facts.room(),
            version: facts.version(),
        })
    }

    /// Fails if there are reasons not to use the database.
    pub fn fit(self) -> Result<Self, DatabaseError> {
        if self.refusals.is_empty() { Ok(self) } else { Err(DatabaseError::Unfit(self.refusals)) }
    }

    /// A warning with a remedy, if the database has too few connections.
    pub fn shortage(&self, connections: usize) -> Option<String> {
        let is_short = i64::try_from(connections).is_ok_and(|connections| connections > self.room);
        is_short.then(|| {
            format!(
                "a server opens up to {connections} connections, and the database has room for {}: raise \
                 max_connections (or the CONNECTION LIMIT of the role or the database), lower \
                 DATABASE_POOL_SIZE or HTTP_WORKERS, or put a pooler between them",
                self.room
            )
        })
    }
}

/// A session's settings, and the privileges of its role.
struct Facts {
    settings: BTreeMap<String, String>,
    role: Role,
    /// Whether the session was opened without our settings, so that wrong values of those mean
    /// nothing.
    is_bare: bool,
}

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    database: String,
    /// The schema in which tables are created; `None` if no schema of `search_path` exists.
    #[diesel(sql_type = Nullable<Text>)]
    schema: Option<String>,
    #[diesel(sql_type = Bool)]
    may_create: bool,
    /// The connection limits of the role and of the database; -1 means no limit.
    #[diesel(sql_type = Array<Integer>)]
    limits: Vec<i32>,
}

impl Facts {
    /// Reads them from a normal connection or, if none can be opened, from a bare one that shows
    /// the reason.
    async fn find(connector: &Connector, patience: Duration) -> Result<Self, DatabaseError> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let error = match connector.connect().await {
                Ok(conn) => return Self::ask(&conn, false).await.map_err(DatabaseError::Unknown),
                Err(error) => error,
            };
            if let Ok(conn) = connector.connect_bare().await
                && let Ok(facts) = Self::ask(&conn, true).await
                && !facts.refusals().is_empty()
            {
                return Ok(facts);
            }
            if tokio::time::Instant::now() >= deadline {
                return Err(DatabaseError::Unreachable(error));
            }
            tracing::warn!(error = %error, "the database is not available yet; trying again");
            tokio::time::sleep(RETRY_EVERY).await;
        }
    }

    async fn ask(mut conn: &AsyncPgConnection, is_bare: bool) -> QueryResult<Self> {
        #[derive(QueryableByName)]
        struct Setting {
            #[diesel(sql_type = Text)]
            name: String,
            #[diesel(sql_type = Text)]
            setting: String,
        }
        let settings = "SELECT name, coalesce(setting, '') AS setting FROM pg_settings";
        let settings: Vec<Setting> = diesel::sql_query(settings).load(&mut conn).await?;
        let role = diesel::sql_query(
            "SELECT rolname::text AS name, datname::text AS database, current_schema()::text AS schema,
                    coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
                    ARRAY[rolconnlimit, datconnlimit] AS limits
             FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()",
        )
        .fetch_one(&mut conn)
        .await?;
        let settings = settings.into_iter().map(|row| (row.name, row.setting)).collect();
        Ok(Self { settings, role, is_bare })
    }

    fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }

    fn version(&self) -> String {
        // Debian appends its package version: "15.18 (Debian 15.18-0+deb12u1)".
        self.setting("server_version").split(' ').next().unwrap_or_default().to_owned()
    }

    fn refusals(&self) -> Vec<String> {
        let number: u32 = self.setting("server_version_num").parse().unwrap_or_default();
        if number < OLDEST_VERSION * 10_000 {
            return vec![format!(
                "PostgreSQL {} is too old: sports-log needs version {OLDEST_VERSION} or newer. \
                 See https://www.postgresql.org/docs/current/upgrading.html",
                self.version()
            )];
        }
        let mut refusals = self.wrong_settings();
        let Role { name, database, schema, may_create, .. } = &self.role;
        let encoding = self.setting("server_encoding");
        if encoding != "UTF8" {
            refusals.insert(0, format!(
                "the encoding of the database {database} is {encoding}, but sports-log needs UTF8. The encoding of a \
                 database cannot be changed: create another one with CREATE DATABASE sports_log_utf8 ENCODING 'UTF8' \
                 LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0 OWNER {}; or, to keep its content, run \
                 `sports-log-backup create` and `sports-log-backup restore`, which recreates the database in UTF8",
                quoted(name)
            ));
        }
        if self.is_bare {
            return refusals;
        }
        if schema.is_none() {
            refusals.push(format!(
                "no schema of the search_path ({}) exists and is accessible to the role {name}: run CREATE SCHEMA, \
                 or GRANT USAGE, CREATE ON SCHEMA public TO {};",
                self.setting("search_path"),
                quoted(name)
            ));
        } else if let Some(schema) = schema.as_ref().filter(|_| !may_create) {
            refusals.push(format!(
                "permission denied for schema {schema}: the role {name} may not create tables there; since \
                 PostgreSQL 15 only the database's owner may. Run ALTER DATABASE {} OWNER TO {role}; or \
                 GRANT CREATE ON SCHEMA {} TO {role};",
                quoted(database),
                quoted(schema),
                role = quoted(name)
            ));
        }
        refusals
    }

    fn wrong_settings(&self) -> Vec<String> {
        let known = MEANING.iter().filter(|wanted| wanted.is_only_checked || !self.is_bare);
        let wrong = known.filter_map(|wanted| {
            let value = self.settings.get(wanted.name)?;
            let first = wanted.accepted.first().filter(|_| !wanted.accepted.contains(&&**value))?;
            let (name, role) = (wanted.name, quoted(&self.role.name));
            // Otherwise a read-only session could not run the statement.
            let before = if name.ends_with("_read_only") { format!("SET {name} = off; ") } else { String::new() };
            Some(format!(
                "{name} is {value}, but sports-log needs {first}: run {before}ALTER ROLE {role} IN DATABASE {} \
                 SET {name} = '{first}'; unless the options of the URL or a pooler set it",
                quoted(&self.role.database)
            ))
        });
        wrong.collect()
    }

    fn warnings(&self) -> Vec<String> {
        let consequences = [
            ("fsync", "a crash of the machine may destroy the whole database"),
            ("full_page_writes", "a crash of the machine may destroy pages of the database"),
            ("synchronous_commit", "a crash may lose the last second of acknowledged changes"),
        ];
        let off = consequences.into_iter().filter(|(name, _)| self.setting(name) == "off");
        off.map(|(name, consequence)| format!("{name} is off: {consequence}. Turn it on")).collect()
    }

    fn room(&self) -> i64 {
        let number = |name| self.setting(name).parse::<i64>().unwrap_or_default();
        let reserved = number("superuser_reserved_connections") + number("reserved_connections");
        let limits =
            self.role.limits.iter().filter(|limit| **limit >= 0).map(|limit| i64::from(*limit));
        limits.chain([number("max_connections") - reserved]).min().unwrap_or_default()
    }
}

/// A quoted SQL identifier.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(settings: &[(&str, &str)]) -> Facts {
        let settings =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let role = Role {
            name: "ann".into(),
            database: "log".into(),
            schema: Some("public".into()),
            may_create: true,
            limits: vec![-1, -1],
        };
        Facts { settings: settings.collect(), role, is_bare: false }
    }

    #[test]
    fn a_version_that_is_too_old_is_all_that_is_said() {
        let old = [
            ("server_version", "13.22 (Debian 13.22-0+deb11u1)"),
            ("server_version_num", "130022"),
            ("server_encoding", "SQL_ASCII"),
        ];
        let [sentence] = facts(&old).refusals().try_into().unwrap();
        assert!(sentence.starts_with("PostgreSQL 13.22 is too old"), "{sentence}");
        let oldest = [("server_version_num", "140000"), ("server_encoding", "UTF8")];
        assert_eq!(facts(&oldest).refusals(), Vec::<String>::new());
    }

    #[test]
    fn room_is_the_least_of_all_limits() {
        let set = [
            ("max_connections", "100"),
            ("superuser_reserved_connections", "3"),
            ("reserved_connections", "2"),
        ];
        let mut facts = facts(&set);
        assert_eq!(facts.room(), 95);
        facts.role.limits = vec![50, -1];
        assert_eq!(facts.room(), 50);
    }
}
