//! Finds the files in a chain (FIT protocol, "FIT File"), even if a file is truncated, was written
//! without its length, or is followed by other bytes.

/// FIT protocol, "File Header": the length of the records, and the signature.
const LENGTH: std::ops::Range<usize> = 4..8;
const SIGNATURE: std::ops::Range<usize> = 8..12;
const CHECKSUM_BYTES: usize = 2;

/// One file of a chain.
#[derive(Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The records of the file.
    pub body: &'a [u8],
    pub fault: Option<Fault>,
}

/// Signs that a file may not be as its device wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    CutOff,
    WrongChecksum,
    NoChecksum,
}

/// Returns the next file and the bytes after it, or `None` without a header.
pub fn next_part(bytes: &[u8]) -> Option<(Part<'_>, &[u8])> {
    let head = header_bytes(bytes)?;
    let length = bytes.get(LENGTH)?.try_into().map(u32::from_le_bytes).ok()?;
    // A device that loses power leaves zero, or all bits set.
    let stated = usize::try_from(length).ok().filter(|_| length != 0 && length != u32::MAX);
    if let Some(length) = stated
        && let Some(whole) = bytes.get(..head + length + CHECKSUM_BYTES)
        && let Some(records) = whole.get(head..)
        // Some devices exclude the header from the checksum.
        && (checksum(whole) == 0 || checksum(records) == 0)
    {
        let part = Part { body: bytes.get(head..head + length)?, fault: None };
        return Some((part, bytes.get(whole.len()..)?));
    }
    // The next header ends this file, whatever its own header says.
    let end = head + next_header(bytes.get(head..)?);
    let (whole, behind) = bytes.split_at_checked(end)?;
    let records = whole.get(head..)?;
    let without_checksum = records.len().saturating_sub(CHECKSUM_BYTES);
    if checksum(whole) == 0 && !is_padding(records) {
        return Some((Part { body: records.get(..without_checksum)?, fault: None }, behind));
    }
    let (body, fault) = match stated {
        None => (records, Fault::NoChecksum),
        Some(length) if length > records.len() => (records, Fault::CutOff),
        Some(length) => {
            let tail = records.get(length..)?;
            match tail.get(CHECKSUM_BYTES..) {
                None => (records.get(..length)?, Fault::NoChecksum),
                Some(more) if is_padding(more) => (records.get(..length)?, Fault::WrongChecksum),
                // The length is out of date: later records follow.
                Some(_) => (records, Fault::WrongChecksum),
            }
        }
    };
    Some((Part { body, fault: Some(fault) }, behind))
}

/// Returns the number of bytes before the next header.
pub fn next_header(bytes: &[u8]) -> usize {
    let signature = |window: &[u8]| window == b".FIT";
    let mut from = SIGNATURE.start;
    while let Some(found) =
        bytes.get(from..).and_then(|rest| rest.windows(SIGNATURE.len()).position(signature))
    {
        let at = from + found - SIGNATURE.start;
        if bytes.get(at).is_some_and(|size| matches!(size, 12 | 14)) {
            return at;
        }
        from += found + 1;
    }
    bytes.len()
}

/// Returns whether the bytes only fill a block of memory.
pub fn is_padding(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, 0x00 | 0xff | b'\n' | b'\r' | b' '))
}

pub fn is_header(bytes: &[u8]) -> bool {
    bytes.get(SIGNATURE).is_some_and(|bytes| bytes == b".FIT")
}

/// Returns the length of the header at the start of `bytes`.
fn header_bytes(bytes: &[u8]) -> Option<usize> {
    let size = usize::from(*bytes.first()?);
    // Longer headers are allowed. A shorter or missing length is an error, so assume 14.
    let size = if (12..bytes.len()).contains(&size) { size } else { 14 };
    is_header(bytes).then_some(size.min(bytes.len()))
}

/// FIT protocol, "CRC": zero for bytes that end with their own checksum.
fn checksum(bytes: &[u8]) -> u16 {
    const TABLE: [u16; 16] = [
        0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800,
        0xb401, 0x5000, 0x9c01, 0x8801, 0x4400,
    ];
    let step = |crc: u16, nibble: u16| {
        let of = |at: u16| TABLE.get(usize::from(at & 15)).copied().unwrap_or_default();
        (crc >> 4) ^ of(crc) ^ of(nibble)
    };
    bytes.iter().fold(0, |crc, byte| step(step(crc, u16::from(*byte)), u16::from(byte >> 4)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(stated: u32, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![14, 0x20, 0, 0];
        bytes.extend(stated.to_le_bytes());
        bytes.extend(b".FIT");
        bytes.extend(checksum(&bytes).to_le_bytes());
        bytes.extend(body);
        bytes.extend(checksum(&bytes).to_le_bytes());
        bytes
    }

    #[track_caller]
    fn assert_part(bytes: &[u8], body: &[u8], fault: Option<Fault>, behind: usize) {
        let (part, rest) = next_part(bytes).unwrap();
        assert_eq!((part, rest.len()), (Part { body, fault }, behind));
    }

    #[test]
    fn a_file_is_found_whatever_its_header_says() {
        let body = b"the records";
        for stated in [11, 0, u32::MAX, 500] {
            assert_part(&file(stated, body), body, None, 0);
        }
        let chain = [file(11, body), file(3, b"two")].concat();
        assert_part(&chain, body, None, file(3, b"two").len());
        let open = [&file(0, body)[..25], &file(3, b"two")].concat();
        assert_part(&open, body, Some(Fault::NoChecksum), file(3, b"two").len());
    }

    #[test]
    fn what_is_missing_or_too_much_is_told_apart() {
        let whole = file(11, b"the records");
        assert_part(&whole[..20], b"the re", Some(Fault::CutOff), 0);
        assert_part(&whole[..25], b"the records", Some(Fault::NoChecksum), 0);
        let mut wrong = whole.clone();
        wrong[26] ^= 1;
        assert_part(&wrong, b"the records", Some(Fault::WrongChecksum), 0);
        wrong.extend([0; 40]);
        assert_part(&wrong, b"the records", Some(Fault::WrongChecksum), 0);
        assert_part(&[whole.clone(), vec![0; 40]].concat(), b"the records", None, 40);
        let early = [&file(3, b"the records")[..], b"!"].concat();
        assert_part(&early, &early[14..], Some(Fault::WrongChecksum), 0);
        assert!(next_part(&whole[..11]).is_none());
        assert!(next_part(b"no header is here").is_none());
    }
}
