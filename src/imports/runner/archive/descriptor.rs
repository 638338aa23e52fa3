//! Data descriptors (APPNOTE.TXT, 4.3.9): the sizes after a member's data, for programs that stream
//! a zip and do not know them before.

use std::io::{self, Read, Seek, SeekFrom};

use super::{
    format::{CENTRAL_SIGNATURE, LOCAL_SIGNATURE, number},
    source::Source,
};
use crate::priority::yield_if_due;

const SIGNATURE: &[u8] = b"PK\x07\x08";

/// What may follow a descriptor: another member, or the central directory.
const NEXT: [&[u8]; 2] = [LOCAL_SIGNATURE, CENTRAL_SIGNATURE];

/// Length of the longest descriptor: signature, checksum, and two sizes of eight bytes.
const LONGEST: usize = 24;

/// Bytes searched at a time.
const PIECE: usize = 64 * 1024;

/// A data descriptor.
#[derive(Debug, PartialEq, Eq)]
pub struct Descriptor {
    pub crc: u32,
    pub packed: u64,
    pub unpacked: u64,
    /// The offset of what follows the descriptor.
    pub end: u64,
}

/// Finds the descriptor of the data at `data`, whose length it states. `None` if there is none.
pub fn find<R: Read + Seek>(source: &mut Source<R>, data: u64) -> io::Result<Option<Descriptor>> {
    source.seek(SeekFrom::Start(data))?;
    // The end of the previous piece is kept: a descriptor, or what follows it, may start there.
    let (mut bytes, mut start) = (Vec::new(), data);
    loop {
        yield_if_due();
        let read = (&mut *source).take(PIECE as u64).read_to_end(&mut bytes)?;
        let is_end = read < PIECE;
        let last = bytes.len() - if is_end { 0 } else { bytes.len().min(LONGEST + 4) };
        let mut at = 0;
        while let Some(found) = next(bytes.get(at..last).unwrap_or_default()) {
            at += found;
            let (before, behind) = bytes.split_at_checked(at).unwrap_or_default();
            let length = start + at as u64 - data;
            let known = signed(behind, length).or_else(|| unsigned(before, behind, length));
            if let Some((packed_end, descriptor)) = known {
                let end = start + at as u64 + packed_end as u64;
                return Ok(Some(Descriptor { end, ..descriptor }));
            }
            at += 1;
        }
        if is_end {
            return Ok(None);
        }
        let passed = last.saturating_sub(LONGEST);
        bytes.drain(..passed);
        start += passed as u64;
    }
}

/// The position of `PK`.
fn next(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|window| window == b"PK")
}

/// A descriptor that starts with its signature, after `data` bytes of data, and its length.
fn signed(bytes: &[u8], data: u64) -> Option<(usize, Descriptor)> {
    let content = bytes.strip_prefix(SIGNATURE)?;
    let is_next = |at: usize| bytes.get(at..).is_some_and(is_next);
    let long = || plain(content, data, 8).map(|descriptor| (LONGEST, descriptor));
    let short = || plain(content, data, 4).map(|descriptor| (16, descriptor));
    // A short descriptor may look like a long one.
    short().filter(|_| is_next(16)).or_else(long).or_else(short)
}

/// A descriptor without a signature, just before what follows it.
fn unsigned(before: &[u8], behind: &[u8], data: u64) -> Option<(usize, Descriptor)> {
    if !is_next(behind) {
        return None;
    }
    [4, 8].into_iter().find_map(|width| {
        let length = 4 + 2 * width;
        let content = before.get(before.len().checked_sub(length)?..)?;
        Some((0, plain(content, data.checked_sub(length as u64)?, width)?))
    })
}

fn is_next(bytes: &[u8]) -> bool {
    NEXT.iter().any(|signature| bytes.starts_with(signature))
}

/// The checksum and two sizes of `width` bytes each, if the first size is that of the data.
fn plain(bytes: &[u8], data: u64, width: usize) -> Option<Descriptor> {
    let crc = number(bytes.get(..4)?) as u32;
    let packed = number(bytes.get(4..4 + width)?);
    let unpacked = number(bytes.get(4 + width..4 + 2 * width)?);
    (packed == data).then_some(Descriptor { crc, packed, unpacked, end: 0 })
}

/// The length of the descriptor at `at`, if the sizes are known without it.
pub fn length<R: Read + Seek>(source: &mut Source<R>, at: u64) -> io::Result<u64> {
    source.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    (&mut *source).take(LONGEST as u64 + 4).read_to_end(&mut bytes)?;
    let lengths = if bytes.starts_with(SIGNATURE) { [16, LONGEST] } else { [12, 20] };
    let found = lengths.into_iter().find(|length| bytes.get(*length..).is_some_and(is_next));
    // At the end of the archive, nothing follows that shows the length.
    Ok(found.or(bytes.starts_with(SIGNATURE).then_some(16)).unwrap_or(0) as u64)
}
