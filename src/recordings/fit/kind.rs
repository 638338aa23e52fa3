//! Detects the kind of a file from its first message. The archive of a watch contains thousands of
//! files that are not activities.

/// FIT protocol, "Definition Message": bits of the first byte, and the position of the fields.
const IS_DEFINITION: u8 = 0x40;
const IS_COMPRESSED: u8 = 0x80;
const HAS_DEVELOPER_FIELDS: u8 = 0x20;
const FIELDS: usize = 6;
const FIELD_BYTES: usize = 3;

/// FIT SDK, profile: the number of the message `file_id`, and of the file type `activity`.
const FILE_ID: u16 = 0;
const ACTIVITY: u8 = 4;

/// Returns the kind of a file of `size` bytes that begins with `head`, unless it is an activity.
/// Also returns `None` if the kind is uncertain.
pub fn other_kind(head: &[u8], size: u64) -> Option<&'static str> {
    let header = *head.first()?;
    let length = u32::from_le_bytes(head.get(4..8)?.try_into().ok()?);
    // Another file may follow in a chain.
    if u64::from(header) + u64::from(length) + 2 < size {
        return None;
    }
    let definition = head.get(usize::from(header)..)?;
    let [first, _, architecture, low, high, count, ..] = *definition else { return None };
    let number = [low, high];
    let is_big = architecture == 1;
    let number = if is_big { u16::from_be_bytes(number) } else { u16::from_le_bytes(number) };
    if first & (IS_DEFINITION | IS_COMPRESSED) != IS_DEFINITION || number != FILE_ID {
        return None;
    }
    let fields = definition.get(FIELDS..FIELDS + FIELD_BYTES * usize::from(count))?;
    let mut rest = definition.get(FIELDS + fields.len()..)?;
    if first & HAS_DEVELOPER_FIELDS != 0 {
        rest = rest.get(1 + FIELD_BYTES * usize::from(*rest.first()?)..)?;
    }
    let (kind, message) = rest.split_first()?;
    if kind & 0xf0 != 0 || kind & 0x0f != first & 0x0f {
        return None;
    }
    let mut at = 0;
    for field in fields.chunks_exact(FIELD_BYTES) {
        let [number, bytes, _] = *field else { return None };
        if number == 0 {
            return message.get(at).copied().filter(|kind| *kind != ACTIVITY).map(name);
        }
        at += usize::from(bytes);
    }
    None
}

/// Returns the name of a file type (FIT SDK, profile of `file`).
fn name(kind: u8) -> &'static str {
    match kind {
        1 => "device capabilities",
        2 | 3 => "settings",
        5 => "a planned workout",
        6 => "a course",
        7 => "a schedule",
        9 => "weight measurements",
        10 => "totals",
        11 => "goals",
        14 => "blood pressure measurements",
        15 | 28 | 32 => "monitoring data",
        20 => "summaries",
        34 | 35 => "segments",
        40 => "displays",
        44 => "metrics",
        49 => "sleep data",
        _ => "other data",
    }
}
