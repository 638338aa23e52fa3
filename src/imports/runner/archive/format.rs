//! What APPNOTE.TXT says of all records.

/// The most entries of an archive. Each takes memory as soon as the archive is opened.
pub const MAX_ENTRIES: u64 = 50_000;

/// What a member begins with (4.3.7), and a header of the central directory (4.3.12).
pub const LOCAL_SIGNATURE: &[u8] = b"PK\x03\x04";
pub const CENTRAL_SIGNATURE: &[u8] = b"PK\x01\x02";

/// The comment of a member that the archive ends in: archives of others have none like it.
pub const CUT_OFF: &str = "sports-log: cut off";

/// The lowest byte first.
pub fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
