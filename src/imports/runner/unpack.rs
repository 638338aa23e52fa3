//! Unpacks a file within limits.

use std::io::{self, Read};

use crate::{
    activities::originals::PackedFile,
    priority::yield_if_due,
    recordings::{Format, MAX_FILE_BYTES, Refusal, head, read_all},
};

/// Warning for a file whose compressed data is damaged.
pub const DAMAGED: &str = "the compressed data is damaged: everything before the damage was read";

/// The bytes of `source`, unpacked if they are gzip, and whether the compressed data is damaged.
pub fn unpacked(mut source: impl Read) -> Result<(Vec<u8>, bool), Refusal> {
    let head = head(&mut source)?;
    let is_packed = Format::of(&head) == Some(Format::Gzip);
    let source = head.chain(source);
    if !is_packed {
        return Ok((read_all(source)?, false));
    }
    let file = repack(source)?;
    Ok((read_all(file.reader())?, file.is_damaged))
}

/// As [`unpacked`], but as a file to be stored.
pub fn repack(mut source: impl Read) -> Result<PackedFile, Refusal> {
    let max = MAX_FILE_BYTES as u64 + 1;
    let head = head(&mut source)?;
    let file = if Format::of(&head) == Some(Format::Gzip) {
        read_all(head.chain(source)).map(|data| PackedFile::of_packed(data, max))?
    } else {
        PackedFile::of(head.chain(source).take(max))
    };
    let file = file.map_err(Refusal::of_source)?;
    let is_whole = usize::try_from(file.bytes).is_ok_and(|bytes| bytes <= MAX_FILE_BYTES);
    if is_whole { Ok(file) } else { Err(Refusal::too_large(MAX_FILE_BYTES)) }
}

/// Counts the bytes that are read, and fails once there are more than `left`.
pub struct Budgeted<'a, R> {
    pub source: R,
    pub left: &'a mut u64,
}

impl<R: Read> Read for Budgeted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        yield_if_due();
        let read = self.source.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => {
                *self.left = left;
                Ok(read)
            }
            None => {
                *self.left = 0;
                Err(io::ErrorKind::FileTooLarge.into())
            }
        }
    }
}
