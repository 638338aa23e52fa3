//! The bytes of an archive, followed by another directory if its own is unusable.

use std::{
    io::{self, Read, Seek, SeekFrom},
    rc::Rc,
};

/// An archive whose directory can be replaced.
#[derive(Clone)]
pub struct Source<R> {
    inner: R,
    /// How many bytes of `inner` are used.
    end: u64,
    directory: Rc<[u8]>,
    position: u64,
}

impl<R: Read + Seek> Source<R> {
    /// The archive as it is.
    pub fn whole(mut inner: R) -> io::Result<Self> {
        let end = inner.seek(SeekFrom::End(0))?;
        inner.seek(SeekFrom::Start(0))?;
        Ok(Self { inner, end, directory: Rc::default(), position: 0 })
    }

    /// The archive up to `end`, followed by `directory`.
    pub fn with_directory(self, end: u64, directory: Vec<u8>) -> Self {
        Self { end: end.min(self.end), directory: directory.into(), ..self }
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.position.checked_sub(self.end) {
            Some(behind) => {
                let at = usize::try_from(behind).unwrap_or(usize::MAX);
                self.directory.get(at..).unwrap_or_default().read(buffer)?
            }
            None => (&mut self.inner).take(self.end - self.position).read(buffer)?,
        };
        self.position += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Source<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => {
                (self.end + self.directory.len() as u64).checked_add_signed(offset)
            }
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let position = position.ok_or(io::ErrorKind::InvalidInput)?;
        if position < self.end {
            self.inner.seek(SeekFrom::Start(position))?;
        }
        self.position = position;
        Ok(position)
    }
}
