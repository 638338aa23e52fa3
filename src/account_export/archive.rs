//! A zip that is written to the database as it is created, with a mebibyte in memory at a time.

use std::{cell::RefCell, io::Write, mem, rc::Rc};

use chrono::Utc;
use diesel_async::AsyncPgConnection;
use sha2::{Digest, Sha256};
use zip::{DateTime, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{
    format::{FORMAT, ListedFile, MANIFEST, Manifest, VERSION, hex},
    store::{self, ClaimedExport},
};
use crate::error::{ApiError, ApiResult};

const CHUNK_BYTES: usize = 1024 * 1024;

/// Bytes of the zip that are not in the database yet.
#[derive(Clone, Default)]
struct Pending(Rc<RefCell<Vec<u8>>>);

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An entry that is being written.
struct Entry {
    path: String,
    bytes: u64,
    digest: Sha256,
}

/// Writes a zip to the database.
pub struct Archive<'a> {
    conn: &'a AsyncPgConnection,
    job: &'a ClaimedExport,
    pending: Pending,
    zip: ZipWriter<StreamWriter<Pending>>,
    entry: Option<Entry>,
    chunks: i32,
    bytes: i64,
}

impl<'a> Archive<'a> {
    pub fn new(conn: &'a AsyncPgConnection, job: &'a ClaimedExport) -> Self {
        let pending = Pending::default();
        let zip = ZipWriter::new_stream(pending.clone());
        Self { conn, job, pending, zip, entry: None, chunks: 0, bytes: 0 }
    }

    /// Starts an entry; [`Archive::write`] fills it, and [`Archive::end`] ends it.
    pub fn begin(&mut self, path: String) -> ApiResult<()> {
        // Zips with the same content are identical.
        let options =
            SimpleFileOptions::default().last_modified_time(DateTime::default()).large_file(true);
        self.zip.start_file(path.as_str(), options).map_err(ApiError::internal)?;
        self.entry = Some(Entry { path, bytes: 0, digest: Sha256::new() });
        Ok(())
    }

    pub async fn write(&mut self, bytes: &[u8]) -> ApiResult<()> {
        self.zip.write_all(bytes).map_err(ApiError::internal)?;
        if let Some(entry) = &mut self.entry {
            entry.bytes += bytes.len() as u64;
            entry.digest.update(bytes);
        }
        self.store(CHUNK_BYTES).await
    }

    pub fn end(&mut self) -> ApiResult<ListedFile> {
        let Some(Entry { path, bytes, digest }) = self.entry.take() else {
            return Err(ApiError::internal("the zip has no open entry"));
        };
        Ok(ListedFile { path, bytes, sha256: hex(&digest.finalize()) })
    }

    /// Adds a whole entry.
    pub async fn add(&mut self, path: String, content: &[u8]) -> ApiResult<ListedFile> {
        self.begin(path)?;
        self.write(content).await?;
        self.end()
    }

    /// Ends the zip with its manifest; returns its number of bytes.
    pub async fn finish(
        mut self,
        activities: u64,
        content: Vec<ListedFile>,
        about: Vec<ListedFile>,
    ) -> ApiResult<i64> {
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: VERSION,
            made_by: concat!("sports-log ", env!("CARGO_PKG_VERSION")).to_owned(),
            made_at: Utc::now(),
            activities,
            content,
            about,
        };
        let json = serde_json::to_vec_pretty(&manifest).map_err(ApiError::internal)?;
        self.add(MANIFEST.to_owned(), &json).await?;
        let empty = ZipWriter::new_stream(Pending::default());
        mem::replace(&mut self.zip, empty).finish().map_err(ApiError::internal)?;
        self.store(1).await?;
        Ok(self.bytes)
    }

    /// Moves bytes to the database, a mebibyte at a time, while at least `least` bytes are pending.
    async fn store(&mut self, least: usize) -> ApiResult<()> {
        loop {
            let piece: Vec<u8> = {
                let mut pending = self.pending.0.borrow_mut();
                if pending.len() < least {
                    return Ok(());
                }
                let length = pending.len().min(CHUNK_BYTES);
                pending.drain(..length).collect()
            };
            if !store::add_chunk(self.conn, self.job, self.chunks, &piece).await? {
                return Err(ApiError::internal("another server has claimed the account export"));
            }
            self.chunks += 1;
            self.bytes += i64::try_from(piece.len()).map_err(ApiError::internal)?;
        }
    }
}
