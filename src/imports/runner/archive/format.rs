//! Definitions of APPNOTE.TXT that all records share.

/// Maximum number of entries in an archive. Each takes memory as soon as the archive is opened.
pub const MAX_ENTRIES: u64 = 50_000;

/// The signatures of a member (4.3.7) and of a header in the central directory (4.3.12).
pub const LOCAL_SIGNATURE: &[u8] = b"PK\x03\x04";
pub const CENTRAL_SIGNATURE: &[u8] = b"PK\x01\x02";

/// The comment that marks a member in which the archive ends. Other archives have no such comment.
pub const CUT_OFF: &str = "sports-log: cut off";

/// Reads a little-endian number.
pub fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
