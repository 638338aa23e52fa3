//! Archives within archives, which are copied so that they can be read in any order.

use std::{io::Read, rc::Rc};

use super::{chunk_reader::ChunkReader, job::Job, stop::JobEnd, unpack::Budgeted};
use crate::{
    imports::{
        store::{self, CHUNK_BYTES, FIRST_NESTED, Part},
        upload::shown,
    },
    recordings::Refusal,
};

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Copies an archive that is in another one, as far as it can be unpacked. `Err` if
    /// nothing can be unpacked.
    pub fn copy(
        &mut self,
        name: &str,
        mut source: impl Read,
    ) -> Result<Result<(i32, ChunkReader), Refusal>, JobEnd> {
        let part = FIRST_NESTED + self.copies;
        self.copies += 1;
        let (id, runtime) = (self.claimed.id, Rc::clone(&self.runtime));
        runtime.block_on(store::add_part(&self.reader, id, part, &shown(name)))?;
        let (mut bytes, mut number) = (0, 0);
        loop {
            let mut chunk = Vec::new();
            let source = Budgeted { source: &mut source, left: &mut self.budget };
            let read = source.take(CHUNK_BYTES as u64).read_to_end(&mut chunk);
            if read.is_err() {
                self.check()?;
            }
            if let Err(error) = &read
                && number == 0
                && chunk.is_empty()
            {
                self.delete_copy(part)?;
                return Ok(Err(Refusal::malformed(error)));
            }
            if chunk.is_empty() {
                break;
            }
            self.room = self.room.saturating_sub(chunk.len() as u64);
            if self.room == 0 {
                return Err(JobEnd::Bomb);
            }
            runtime.block_on(store::add_chunk(&self.reader, id, part, number, &chunk))?;
            bytes += i64::try_from(chunk.len()).unwrap_or_default();
            number += 1;
            // The part before the damage may contain complete files.
            if read.is_err() {
                break;
            }
        }
        runtime.block_on(store::end_part(&self.reader, id, part, bytes))?;
        let source = self.open(&Part { part, name: name.to_owned(), bytes });
        Ok(Ok((part, source)))
    }

    /// Deletes a copy after all of it has been read.
    pub fn delete_copy(&mut self, part: i32) -> Result<(), JobEnd> {
        self.runtime.block_on(store::delete_nested(&self.reader, self.claimed.id, part))?;
        Ok(())
    }
}
