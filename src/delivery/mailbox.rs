//! The mailbox folder of a development server, with a file for each message.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use chrono::Utc;
use uuid::Uuid;

use super::send_error::SendError;

/// Writes a message to a new file and returns its path when the file is durable. Readers of the
/// folder never see a partial message.
pub async fn deposit(
    folder: &Path,
    name: &str,
    id: Uuid,
    extension: &str,
    content: Vec<u8>,
) -> Result<PathBuf, SendError> {
    let time = Utc::now().format("%Y%m%dT%H%M%S%.3fZ");
    let file = folder.join(format!("{time}-{name}-{id}.{extension}"));
    let folder = folder.to_owned();
    let written = tokio::task::spawn_blocking(move || {
        fs::create_dir_all(&folder)?;
        let unfinished = file.with_extension("tmp");
        let mut new = File::create(&unfinished)?;
        new.write_all(&content)?;
        new.sync_all()?;
        fs::rename(unfinished, &file)?;
        File::open(folder)?.sync_all()?;
        Ok(file)
    });
    written
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
        .map_err(SendError::transport)
}
