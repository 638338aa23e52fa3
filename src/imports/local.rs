//! Importing what is on this machine's disks, for `sports-log import`.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{
    store::{self, CHUNK_BYTES},
    types::{self, Counts},
    upload::shown,
};
use crate::error::{ApiError, ApiResult};

/// What became of an import: the counts, and the files that were refused.
pub struct Report {
    pub counts: Counts,
    pub refused: Vec<types::File>,
    /// Why the whole of it failed.
    pub why: String,
}

/// Reads files into a new import of `user_id`; its id and how many bytes there were. `tell` hears of each
/// piece. Nothing is left of one that could not be read.
pub async fn receive(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    paths: &[PathBuf],
    tell: impl Fn(u64),
) -> ApiResult<(Uuid, i64)> {
    let id = store::create_for(conn, user_id).await?;
    let mut bytes = 0;
    for (part, path) in (0..).zip(paths) {
        match receive_file(conn, id, part, path, &tell).await {
            Ok(more) => bytes += more,
            Err(error) => {
                // What cannot be deleted now is forgotten soon.
                let _ = store::abandon(conn, id).await;
                return Err(error);
            }
        }
    }
    Ok((id, bytes))
}

async fn receive_file(
    conn: &AsyncPgConnection,
    id: Uuid,
    part: i32,
    path: &PathBuf,
    tell: &impl Fn(u64),
) -> ApiResult<i64> {
    let explained = |error: io::Error| {
        ApiError::internal(io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    store::add_part(conn, id, part, &shown(&name)).await?;
    let mut file = File::open(path).map_err(explained)?;
    let mut bytes = 0;
    for number in 0.. {
        let mut chunk = Vec::new();
        (&mut file).take(CHUNK_BYTES as u64).read_to_end(&mut chunk).map_err(explained)?;
        if chunk.is_empty() {
            break;
        }
        store::receive_chunk(conn, id, (part, number), &chunk, i64::MAX).await?;
        bytes += i64::try_from(chunk.len()).map_err(ApiError::internal)?;
        tell(chunk.len() as u64);
    }
    store::end_part(conn, id, part, bytes).await?;
    Ok(bytes)
}

/// What became of it so far.
pub async fn report(conn: &AsyncPgConnection, id: Uuid) -> ApiResult<Report> {
    let counts = store::counts(conn, id).await?;
    let refused = store::files(conn, id, Some(types::Outcome::Refused), -1, counts.refused).await?;
    let why = store::message(conn, id).await?.unwrap_or_default();
    Ok(Report { counts, refused, why })
}
