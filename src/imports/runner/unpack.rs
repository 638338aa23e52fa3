//! A file's bytes, unpacked, within limits.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use crate::{
    jobs::give_way,
    recordings::{Format, MAX_FILE_BYTES, Reason, Refusal},
};

/// The bytes of `source`, and those that gzip packed in it if it is packed.
pub fn unpack(source: impl Read) -> Result<Vec<u8>, Refusal> {
    let bytes = read_all(source)?;
    if Format::of(&bytes) == Some(Format::Gzip) {
        read_all(MultiGzDecoder::new(bytes.as_slice()))
    } else {
        Ok(bytes)
    }
}

/// The bytes of `source`, of which there may be as many as of a file.
pub fn read_all(source: impl Read) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    source.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| match error
        .kind()
    {
        io::ErrorKind::UnexpectedEof => {
            Refusal::new(Reason::Truncated, "what is packed in it ends before it should")
        }
        _ => Refusal::malformed(error),
    })?;
    if bytes.len() > MAX_FILE_BYTES { Err(Refusal::too_large(MAX_FILE_BYTES)) } else { Ok(bytes) }
}

/// Counts what is read, and ends it when it is more than anybody needs.
pub struct Budgeted<'a, R> {
    pub source: R,
    pub left: &'a mut u64,
}

impl<R: Read> Read for Budgeted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        give_way();
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
