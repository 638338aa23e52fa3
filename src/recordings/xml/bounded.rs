//! A source of events of a bounded size.

use std::io::{self, BufRead, Cursor, Read};

/// A source that does not hand out more than it has `left` for one event: the reader keeps a tag in
/// memory, however long it is.
pub struct Bounded<R> {
    /// What was put back comes first.
    again: Cursor<Vec<u8>>,
    source: R,
    left: usize,
}

impl<R: BufRead> Bounded<R> {
    pub fn new(source: R) -> Self {
        Self { again: Cursor::default(), source, left: 0 }
    }

    /// Begins another event.
    pub fn allow(&mut self, bytes: usize) {
        self.left = bytes;
    }

    /// What was read is to be read once more.
    pub fn put_back(&mut self, bytes: &[u8]) {
        let rest = self.again.fill_buf().unwrap_or_default();
        self.again = Cursor::new([bytes, rest].concat());
    }

    fn available(&mut self) -> io::Result<&[u8]> {
        if self.again.fill_buf()?.is_empty() {
            self.source.fill_buf()
        } else {
            self.again.fill_buf()
        }
    }

    fn pass(&mut self, amount: usize) {
        if self.again.fill_buf().is_ok_and(<[u8]>::is_empty) {
            self.source.consume(amount);
        } else {
            self.again.consume(amount);
        }
    }

    /// Whether a tag ends in the rest of it.
    pub fn has_another_tag(&mut self) -> bool {
        while let Ok(available @ [_, ..]) = self.available() {
            if available.contains(&b'>') {
                return true;
            }
            let length = available.len();
            self.pass(length);
        }
        false
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a tag or a text is too long"));
        }
        let left = self.left;
        let available = self.available()?;
        Ok(available.get(..left).unwrap_or(available))
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.pass(amount);
    }
}
