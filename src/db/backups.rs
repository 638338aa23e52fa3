//! The table in which the backup script records finished backups.

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
    /// The file name in the backup folder.
    pub file: String,
    pub bytes: i64,
}

impl Backup {
    /// By the extensions that the script gives to encrypted files.
    pub fn is_encrypted(&self) -> bool {
        self.file.ends_with(".age") || self.file.ends_with(".gpg")
    }

    /// The newest backup.
    pub async fn latest(mut conn: &AsyncPgConnection) -> QueryResult<Option<Self>> {
        backups::table
            .order(backups::id.desc())
            .select(Self::as_select())
            .first(&mut conn)
            .await
            .optional()
    }
}
