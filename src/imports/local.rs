//! Imports files from the disks of this machine, for `sports-log import`.

use std::{
    io::{self, Read},
    mem,
};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    folder::Input,
    store::{self, CHUNK_BYTES},
    types::{self, IgnoredFile, Tally},
    upload::shown,
};
use crate::{
    activities::originals::compressed,
    error::{ApiError, ApiResult},
    recordings::Format,
};

/// Maximum bytes of files that are committed together.
const TOGETHER: u64 = 8 * 1024 * 1024;

/// Maximum number of files that are read ahead.
const AHEAD: usize = 4;

/// Maximum number of warnings in a report.
const MAX_WARNED: i64 = 50;

/// The result of an import: the counts, the refused files, the first files that were read with a
/// warning, and the first files that were not read.
pub struct Report {
    pub tally: Tally,
    pub refused: Vec<types::File>,
    pub warned: Vec<types::File>,
    pub ignored: Vec<IgnoredFile>,
    /// Why the import failed as a whole.
    pub why: String,
}

/// Stores `inputs` as a new import of `user_id`; returns its id and its number of bytes. `tell` is
/// called with the bytes of each piece. If an input cannot be read, the import is deleted.
pub async fn receive(
    conn: &mut AsyncPgConnection,
    user_id: Uuid,
    inputs: &[Input],
    tell: impl Fn(u64),
) -> ApiResult<(Uuid, i64)> {
    let id = store::create_for(conn, user_id).await?;
    match receive_all(conn, id, inputs, &tell).await {
        Ok(bytes) => Ok((id, bytes)),
        Err(error) => {
            // If this fails, the import is purged soon.
            let _ = store::abandon(conn, id).await;
            Err(error)
        }
    }
}

/// Small files are committed together, because waiting for the disk takes longer than reading a
/// file. They are read and compressed on a thread.
async fn receive_all(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    inputs: &[Input],
    tell: &impl Fn(u64),
) -> ApiResult<i64> {
    let sized: Vec<_> = inputs.iter().map(|input| (input.clone(), input.size())).collect();
    let small = sized.iter().filter(|(_, size)| *size <= TOGETHER);
    let mut contents = contents(small.map(|(input, _)| input.clone()).collect());
    let (mut bytes, mut together, mut size) = (0, Vec::new(), 0);
    for (part, (input, own_size)) in (0..).zip(&sized) {
        if size + own_size > TOGETHER {
            bytes += receive_together(conn, id, mem::take(&mut together)).await?;
            size = 0;
        }
        if *own_size > TOGETHER {
            bytes += receive_one(conn, id, part, input, tell).await?;
            continue;
        }
        let read =
            contents.recv().await.unwrap_or_else(|| Err(io::Error::other("it was not read")));
        let (name, content) = read.map_err(ApiError::internal)?;
        size += own_size;
        tell(*own_size);
        together.push((part, name, content));
    }
    Ok(bytes + receive_together(conn, id, together).await?)
}

/// The names and contents of inputs in their order, a few of them ahead.
fn contents(inputs: Vec<Input>) -> mpsc::Receiver<io::Result<(String, Vec<u8>)>> {
    let (sender, contents) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        for input in inputs {
            let read = input.open().and_then(|(name, source)| Ok((name, content(source)?)));
            // Nobody waits for more after an error.
            if sender.blocking_send(read).is_err() {
                break;
            }
        }
    });
    contents
}

/// The content of a file. A recording is compressed, as it will be stored.
fn content(mut source: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    (&mut source).take(Format::HEAD).read_to_end(&mut content)?;
    if let Some(Format::Fit | Format::Gpx | Format::Tcx | Format::Kml) = Format::of(&content) {
        return compressed(content.chain(source));
    }
    source.read_to_end(&mut content)?;
    Ok(content)
}

async fn receive_together(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    files: Vec<(i32, String, Vec<u8>)>,
) -> ApiResult<i64> {
    conn.transaction(async |conn| {
        let mut bytes = 0;
        for (part, name, content) in files {
            store::add_part(conn, id, part, &shown(&name)).await?;
            for (number, chunk) in (0..).zip(content.chunks(CHUNK_BYTES)) {
                store::receive_chunk(conn, id, (part, number), chunk, i64::MAX).await?;
            }
            bytes += end_part(conn, id, part, content.len()).await?;
        }
        Ok(bytes)
    })
    .await
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
        bytes += chunk.len();
        tell(chunk.len() as u64);
    }
    end_part(conn, id, part, bytes).await
}

async fn end_part(conn: &AsyncPgConnection, id: Uuid, part: i32, bytes: usize) -> ApiResult<i64> {
    let bytes = i64::try_from(bytes).map_err(ApiError::internal)?;
    store::end_part(conn, id, part, bytes).await?;
    Ok(bytes)
}

/// The result of an import so far.
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
