//! The record that the backup script keeps of what it finished.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;

use super::schema::backups;

/// A finished backup.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = backups, check_for_backend(diesel::pg::Pg))]
pub struct Backup {
    pub finished_at: DateTime<Utc>,
    /// Its name in the folder of backups.
    pub file: String,
    pub bytes: i64,
}

impl Backup {
    /// As the script names files that only a key opens.
    pub fn is_encrypted(&self) -> bool {
        self.file.ends_with(".age") || self.file.ends_with(".gpg")
    }

    /// The last one, if there ever was one.
    pub async fn latest(mut conn: &AsyncPgConnection) -> QueryResult<Option<Self>> {
        backups::table
            .order(backups::id.desc())
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
    }
}
