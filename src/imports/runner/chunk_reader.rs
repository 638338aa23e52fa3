//! Reads an uploaded file, and seeks in it, with one chunk in memory at a time.

use std::{
    cell::RefCell,
    io::{self, Read, Seek, SeekFrom},
    rc::Rc,
};

use diesel_async::AsyncPgConnection;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::stop::JobEnd;
use crate::imports::store::{self, CHUNK_BYTES, Part};

/// Why reading failed, if the file is not at fault. Callers that read through several libraries see
/// only that reading failed.
pub type ReadFailure = Rc<RefCell<Option<JobEnd>>>;

/// A reader of an uploaded file.
#[derive(Clone)]
pub struct ChunkReader {
    runtime: Rc<Runtime>,
    conn: Rc<AsyncPgConnection>,
    import_id: Uuid,
    part: i32,
    trouble: ReadFailure,
    length: u64,
    position: u64,
    /// The loaded chunk: its number and its content.
    chunk: Option<(u64, Vec<u8>)>,
}

impl ChunkReader {
    pub fn new(
        runtime: Rc<Runtime>,
        conn: Rc<AsyncPgConnection>,
        import_id: Uuid,
        part: &Part,
        trouble: ReadFailure,
    ) -> Self {
        let length = u64::try_from(part.bytes).unwrap_or_default();
        Self {
            runtime,
            conn,
            import_id,
            part: part.part,
            trouble,
            length,
            position: 0,
            chunk: None,
        }
    }

    /// Loads the chunk at the current position.
    fn load(&mut self) -> io::Result<&[u8]> {
        let number = self.position / CHUNK_BYTES as u64;
        let data = match self.chunk.take() {
            Some((loaded, data)) if loaded == number => data,
            _ => {
                let wanted = i32::try_from(number).map_err(io::Error::other)?;
                let read = store::chunk(&self.conn, self.import_id, self.part, wanted);
                let stop = match self.runtime.block_on(read) {
                    Ok(Some(data)) => return Ok(&self.chunk.insert((number, data)).1),
                    // Cancelling an import deletes its upload.
                    Ok(None) => JobEnd::Lost,
                    Err(error) => JobEnd::Error(error.into()),
                };
                self.trouble.replace(Some(stop));
                return Err(io::ErrorKind::BrokenPipe.into());
            }
        };
        Ok(&self.chunk.insert((number, data)).1)
    }
}

impl Read for ChunkReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length {
            return Ok(0);
        }
        let within = (self.position % CHUNK_BYTES as u64) as usize;
        let mut rest = self.load()?.get(within..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for ChunkReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
