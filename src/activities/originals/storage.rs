//! Storage of original files: in the database, or in a folder.
//!
//! In a folder, a file is written and synced before the transaction that refers to it ends. A file
//! that nothing refers to, because that transaction failed or the row was deleted, is swept later.

use std::{collections::HashSet, fs, io, path::PathBuf};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{
    folder,
    packed::StoredFile,
    store::{self, NewOriginal, NewRow, Original},
};
use crate::{
    activities,
    config::ImportConfig,
    error::{ApiError, ApiResult, ErrorCode},
};

/// Stores files in the database or in a folder.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The folder, which all servers share; `None` for the database.
    folder: Option<PathBuf>,
    /// Uploads are refused if less of the folder's disk is free, in percent.
    min_free: u8,
}

impl Storage {
    pub fn new(config: &ImportConfig) -> Self {
        Self { folder: config.originals_dir.clone(), min_free: config.min_free }
    }

    /// Checks that files can be written. A full disk is only a warning, since space may be freed
    /// while the server runs.
    pub fn try_out(&self) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        match folder::try_writing(folder) {
            Err(error) if is_full(&error) => {
                tracing::warn!(error.cause = %error, "ORIGINALS_DIR is full: original files cannot be stored");
                Ok(())
            }
            tried => {
                tried.map_err(|error| format!("{} is not writable: {error}", folder.display()))
            }
        }
    }

    /// 507 `storage_full` if the folder's disk is nearly full. PostgreSQL does not report how much
    /// space its disk has left.
    pub async fn check_room(&self) -> ApiResult<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let free = run(move || folder::free_percent(&folder)).await?;
        if free >= u64::from(self.min_free) { Ok(()) } else { Err(full()) }
    }

    /// Stores a file in the caller's transaction, which holds the name lock; returns its id. A row
    /// with the same digest is reused. Errors: 503 `storage_unavailable`, 507 `storage_full`.
    pub async fn insert(&self, conn: &AsyncPgConnection, new: &NewOriginal<'_>) -> ApiResult<Uuid> {
        let NewOriginal { user_id, file_name, file } = *new;
        let (sha256, is_packed) = (file.sha256.as_slice(), file.is_packed);
        let mut content = Some(file.data.as_slice());
        if let Some(folder) = &self.folder {
            let path = folder::path(folder, user_id, sha256, is_packed);
            let data = file.data.clone();
            run(move || folder::write(&path, &data)).await?;
            content = None;
        }
        let row = NewRow { user_id, sha256, file_name, bytes: file.bytes, content, is_packed };
        Ok(store::insert(conn, &row).await?)
    }

    /// Reads a stored file from its row, or else from the folder.
    pub async fn read(&self, user_id: Uuid, original: Original) -> ApiResult<StoredFile> {
        let Original { sha256, content, is_packed, .. } = original;
        let data = match (content, &self.folder) {
            (Some(content), _) => content,
            (None, Some(folder)) => {
                let path = folder::path(folder, user_id, &sha256, is_packed);
                run(move || fs::read(path)).await?
            }
            (None, None) => {
                let what = "the file is stored in a folder, but ORIGINALS_DIR is not set";
                return Err(ApiError::internal(what));
            }
        };
        Ok(StoredFile { data, is_packed })
    }

    /// The uncompressed file, byte for byte as it arrived.
    pub async fn content(&self, user_id: Uuid, original: Original) -> ApiResult<Vec<u8>> {
        unpacked(self.read(user_id, original).await?).await
    }

    /// Deletes files in the folder that no row refers to.
    pub async fn sweep(&self, conn: &mut AsyncPgConnection) -> ApiResult<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let listed = folder.clone();
        for user_id in run(move || folder::users(&listed)).await? {
            let folder = folder.join(user_id.to_string());
            conn.transaction::<_, ApiError, _>(async |conn| {
                // Prevents files of this user from being added meanwhile.
                activities::lock_names(conn, user_id).await?;
                let kept = store::in_folder(conn, user_id).await?;
                let names = kept.iter().map(|(digest, is_packed)| folder::name(digest, *is_packed));
                let kept: HashSet<String> = names.collect();
                let folder = folder.clone();
                run(move || folder::sweep_user(&folder, &kept)).await
            })
            .await?;
        }
        Ok(())
    }
}

/// The uncompressed file, unpacked on a blocking thread so that no request is delayed.
pub async fn unpacked(file: StoredFile) -> ApiResult<Vec<u8>> {
    let unpacking = spawn_blocking(move || file.content());
    unpacking.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> ApiResult<T> {
    spawn_blocking(work).await.map_err(ApiError::internal)?.map_err(failed)
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn full() -> ApiError {
    let message = "the server's disk is nearly full; files are accepted again once there is space";
    ApiError::new(ErrorCode::StorageFull, message)
}

fn failed(error: io::Error) -> ApiError {
    let told = match error.kind() {
        // A lost file does not come back, so the client is not asked to try again.
        io::ErrorKind::NotFound => return ApiError::internal(error),
        _ if is_full(&error) => full(),
        _ => ApiError::new(
            ErrorCode::StorageUnavailable,
            "the server cannot access its stored files; try again",
        ),
    };
    ApiError { cause: Some(error.into()), ..told }
}
