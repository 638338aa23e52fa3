//! Importing what is on this machine's disks, for `sports-log import`.

use std::io::Read;

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{
    folder::Input,
    store::{self, CHUNK_BYTES},
    types::{self, IgnoredFile, Tally},
    upload::shown,
};
use crate::error::{ApiError, ApiResult};

/// How many warnings are reported.
const MAX_WARNED: i64 = 50;

/// What became of an import: the counts, the files that were refused, the first of those that
/// were taken with a warning, and the first of those that were not read.
pub struct Report {
    pub tally: Tally,
    pub refused: Vec<types::File>,
    pub warned: Vec<types::File>,
    pub ignored: Vec<IgnoredFile>,
    /// Why the whole of it failed.
    pub why: String,
}

/// Reads `inputs` into a new import of `user_id`; its id and how many bytes there were. `tell`
/// hears of each piece. Nothing is left of one that could not be read.
pub async fn receive(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    inputs: &[Input],
    tell: impl Fn(u64),
) -> ApiResult<(Uuid, i64)> {
    let id = store::create_for(conn, user_id).await?;
    let mut bytes = 0;
    for (part, input) in (0..).zip(inputs) {
        match receive_one(conn, id, part, input, &tell).await {
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

async fn receive_one(
    conn: &AsyncPgConnection,
    id: Uuid,
    part: i32,
    input: &Input,
    tell: &impl Fn(u64),
) -> ApiResult<i64> {
    let (name, mut source) = input.open().map_err(ApiError::internal)?;
    store::add_part(conn, id, part, &shown(&name)).await?;
    let mut bytes = 0;
    for number in 0.. {
        let mut chunk = Vec::new();
        (&mut source)
            .take(CHUNK_BYTES as u64)
            .read_to_end(&mut chunk)
            .map_err(ApiError::internal)?;
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
    let tally = store::counts(conn, id).await?;
    let refused = Some(types::Outcome::Refused);
    Ok(Report {
        tally,
        refused: store::files(conn, id, refused, -1, tally.counts.refused).await?,
        warned: store::with_warnings(conn, id, MAX_WARNED).await?,
        ignored: store::ignored_files(conn, id).await?,
        why: store::message(conn, id).await?.unwrap_or_default(),
    })
}
