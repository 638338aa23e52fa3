//! A source that limits the size of XML events.

use std::io::{self, BufRead, Cursor, Read};

/// Start and end of events that may be long and are ignored.
const LONG: [(&[u8], [u8; 3]); 2] = [(b"<![CDATA[", *b"]]>"), (b"<!--", *b"-->")];

/// Number of bytes that identify an event.
const OPENING: usize = 9;

/// Maximum number of bytes in a character after its first.
const REST_OF_CHARACTER: usize = 3;

/// Hands out no more bytes than were allowed for one event, because the reader keeps an event in
/// memory, however long it is. The rest of a text, CDATA section or comment is skipped. A tag that
/// is too long is an error.
pub struct Bounded<R> {
    /// Bytes that were put back. They are read first.
    again: Cursor<Vec<u8>>,
    source: R,
    left: usize,
    /// Number of further bytes allowed, up to the end of a character.
    beyond: usize,
    /// The first bytes of the current event, and its last three.
    opening: Vec<u8>,
    last: [u8; 3],
}

impl<R: BufRead> Bounded<R> {
    pub fn new(source: R) -> Self {
        let opening = Vec::with_capacity(OPENING);
        Self { again: Cursor::default(), source, left: 0, beyond: 0, opening, last: [0; 3] }
    }

    /// Starts another event.
    pub fn allow(&mut self, bytes: usize) {
        (self.left, self.beyond, self.last) = (bytes, REST_OF_CHARACTER, [0; 3]);
        self.opening.clear();
    }

    /// Makes bytes available again that were already read.
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

    /// Skips everything before the next byte that is `wanted`. Returns whether there is one.
    fn pass_to(&mut self, mut wanted: impl FnMut(u8) -> bool) -> io::Result<bool> {
        loop {
            let available = self.available()?;
            let (length, found) =
                (available.len(), available.iter().position(|byte| wanted(*byte)));
            self.pass(found.unwrap_or(length));
            if found.is_some() || length == 0 {
                return Ok(found.is_some());
            }
        }
    }

    /// Returns whether the rest contains the end of a tag.
    pub fn has_another_tag(&mut self) -> bool {
        self.pass_to(|byte| byte == b'>').unwrap_or(false)
    }

    /// Skips the rest of an event up to its end.
    fn leave_out(&mut self) -> io::Result<()> {
        if !self.opening.starts_with(b"<") {
            self.left = 1;
            return self.pass_to(|byte| matches!(byte, b'<' | b'&')).map(drop);
        }
        let long = LONG.iter().find(|(opening, _)| self.opening.starts_with(opening));
        let Some((_, end)) = long else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a tag is too long"));
        };
        let mut last = self.last;
        let has_ended = self.pass_to(|byte| {
            let [_, second, third] = last;
            last = [second, third, byte];
            last == *end
        })?;
        if has_ended {
            // Its last byte has not been consumed.
            self.put_back(end.get(..2).unwrap_or_default());
        }
        self.left = end.len();
        Ok(())
    }

    /// Records how the event starts, and how the bytes consumed now end.
    fn note(&mut self, amount: usize) {
        let Self { again, source, opening, last, .. } = self;
        let available = match again.fill_buf() {
            Ok([]) | Err(_) => source.fill_buf(),
            Ok(again) => Ok(again),
        };
        let consumed = available.ok().and_then(|available| available.get(..amount));
        let consumed = consumed.unwrap_or_default();
        opening.extend(consumed.iter().take(OPENING.saturating_sub(opening.len())));
        for byte in consumed.iter().skip(amount.saturating_sub(last.len())) {
            let [_, second, third] = *last;
            *last = [second, third, *byte];
        }
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
            let follows = self.available()?.first().is_some_and(|byte| byte & 0xC0 == 0x80);
            if follows && self.beyond > 0 {
                self.beyond -= 1;
                self.left = 1;
            } else {
                self.leave_out()?;
            }
        }
        let left = self.left;
        let available = self.available()?;
        Ok(available.get(..left).unwrap_or(available))
    }

    fn consume(&mut self, amount: usize) {
        self.note(amount);
        self.left = self.left.saturating_sub(amount);
        self.pass(amount);
    }
}
