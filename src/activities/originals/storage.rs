//! Where the files themselves are: in the database, or in a folder.
//!
//! In a folder, a file is written and synced before the transaction that refers to it ends. One that nothing
//! refers to, because that transaction failed or because it was deleted since, is swept away later.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::store::{self, NewOriginal, NewRow};
use crate::{
    activities::batch,
    error::{ApiError, ApiResult},
};

/// A file of a transaction that has not ended is younger.
const SWEPT_AFTER: Duration = Duration::from_secs(3600);

/// See the module.
#[derive(Clone, Debug)]
pub struct Storage(Option<PathBuf>);

impl Storage {
    /// The database, or a folder that all servers share.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self(folder)
    }

    /// Keeps a file in the caller's transaction, which holds the user's names; its id. One that no activity was
    /// made of any more is taken over.
    pub async fn insert(&self, conn: &AsyncPgConnection, new: &NewOriginal<'_>) -> ApiResult<Uuid> {
        let NewOriginal { user_id, sha256, file_name, content } = *new;
        let bytes = i64::try_from(content.len()).map_err(ApiError::internal)?;
        let mut row = NewRow { user_id, sha256, file_name, bytes, content: Some(content) };
        if let Some(folder) = &self.0 {
            let (path, content) = (path(folder, user_id, sha256), content.to_vec());
            run(move || write(&path, &content)).await?;
            row.content = None;
        }
        Ok(store::insert(conn, &row).await?)
    }

    /// What a row says, or else what is in the folder.
    pub async fn read(
        &self,
        user_id: Uuid,
        sha256: &[u8],
        content: Option<Vec<u8>>,
    ) -> ApiResult<Vec<u8>> {
        match (content, &self.0) {
            (Some(content), _) => Ok(content),
            (None, Some(folder)) => {
                let path = path(folder, user_id, sha256);
                run(move || fs::read(path)).await
            }
            (None, None) => {
                Err(ApiError::internal("a file is in a folder, and ORIGINALS_DIR is not set"))
            }
        }
    }

    /// Deletes files that nothing refers to.
    pub async fn sweep(&self, conn: &mut AsyncPgConnection) -> ApiResult<()> {
        let Some(folder) = &self.0 else { return Ok(()) };
        let listed = folder.clone();
        for user_id in run(move || users(&listed)).await? {
            let folder = folder.join(user_id.to_string());
            conn.transaction::<_, ApiError, _>(async |conn| {
                // Nobody brings a file of this user's meanwhile.
                batch::lock_names(conn, user_id).await?;
                let kept: HashSet<String> = store::in_folder(conn, user_id)
                    .await?
                    .iter()
                    .map(|digest| hex(digest))
                    .collect();
                let folder = folder.clone();
                run(move || sweep_user(&folder, &kept)).await
            })
            .await?;
        }
        Ok(())
    }
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> ApiResult<T> {
    spawn_blocking(work).await.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

fn path(folder: &Path, user_id: Uuid, sha256: &[u8]) -> PathBuf {
    folder.join(user_id.to_string()).join(hex(sha256))
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All of it or nothing, whenever the power fails.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let unfinished = path.with_extension(format!("{}.new", Uuid::new_v4()));
    let mut file = File::create(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    // The file's name is in its folder, and the folder's in the one above, where it may be new.
    for folder in path.ancestors().skip(1).take(2) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn users(folder: &Path) -> io::Result<Vec<Uuid>> {
    let names = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
    let names: Vec<_> = names.collect::<io::Result<_>>()?;
    Ok(names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect())
}

fn sweep_user(folder: &Path, kept: &HashSet<String>) -> io::Result<()> {
    let now = SystemTime::now();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_kept = entry.file_name().to_str().is_some_and(|name| kept.contains(name));
        let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
        if !is_kept && age > SWEPT_AFTER {
            fs::remove_file(entry.path())?;
        }
    }
    if fs::read_dir(folder)?.next().is_none() {
        // Somebody may bring the first one just now.
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}
