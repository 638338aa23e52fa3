//! The mailbox folder of a development server: one file for each message.

use std::path::{Path, PathBuf};

use chrono::Utc;
use uuid::Uuid;

use super::send_error::SendError;

/// Writes a message to a file of its own, whose path comes back. Whoever watches the folder never
/// sees half a message.
pub async fn deposit(
    folder: &Path,
    name: &str,
    id: Uuid,
    extension: &str,
    content: Vec<u8>,
) -> Result<PathBuf, SendError> {
    let time = Utc::now().format("%Y%m%dT%H%M%S%.3fZ");
    let file = folder.join(format!("{time}-{name}-{id}.{extension}"));
    let written = tokio::task::spawn_blocking(move || {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let unfinished = file.with_extension("tmp");
        std::fs::write(&unfinished, content)?;
        std::fs::rename(unfinished, &file)?;
        Ok(file)
    });
    written
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
        .map_err(SendError::transport)
}
