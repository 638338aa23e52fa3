//! Definition messages, which list the fields of the following messages (FIT protocol, "Definition
//! Message").

/// A bit in the first byte of a definition.
const HAS_DEVELOPER_FIELDS: u8 = 0x20;
/// Size of a definition up to its fields (header, reserved byte, byte order, message number, field
/// count), and size per field.
const HEAD_BYTES: usize = 6;
const FIELD_BYTES: usize = 3;

/// Layout of the messages with one local number.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    /// The kind of message: its number in the profile.
    pub kind: u16,
    pub is_big_endian: bool,
    pub fields: Vec<Field>,
    pub developer_fields: Vec<DeveloperField>,
    /// Total size of all fields.
    pub length: usize,
}

#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub number: u8,
    pub base: u8,
    pub at: usize,
    pub size: usize,
}

/// A field whose type is described by another message.
#[derive(Clone, Copy, Debug)]
pub struct DeveloperField {
    pub number: u8,
    pub developer: u8,
    pub at: usize,
    pub size: usize,
}

impl Definition {
    /// Reads the definition at the start of `bytes`, and returns it with its size. Returns `None`
    /// if it is truncated.
    pub fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let [head, _, order, kind_low, kind_high, count] = *bytes.first_chunk::<HEAD_BYTES>()?;
        let is_big_endian = order & 1 == 1;
        let kind = [kind_low, kind_high];
        let kind = if is_big_endian { u16::from_be_bytes(kind) } else { u16::from_le_bytes(kind) };
        let mut definition = Self { kind, is_big_endian, ..Self::default() };
        let mut end = HEAD_BYTES + usize::from(count) * FIELD_BYTES;
        for field in bytes.get(HEAD_BYTES..end)?.chunks_exact(FIELD_BYTES) {
            let &[number, size, base] = field else { continue };
            let (at, size) = (definition.length, usize::from(size));
            definition.fields.push(Field { number, base, at, size });
            definition.length += size;
        }
        if head & HAS_DEVELOPER_FIELDS != 0 {
            let start = end + 1;
            end = start + usize::from(*bytes.get(end)?) * FIELD_BYTES;
            for field in bytes.get(start..end)?.chunks_exact(FIELD_BYTES) {
                let &[number, size, developer] = field else { continue };
                let (at, size) = (definition.length, usize::from(size));
                definition.developer_fields.push(DeveloperField { number, developer, at, size });
                definition.length += size;
            }
        }
        Some((definition, end))
    }

    /// Returns whether arbitrary bytes are likely to be a definition.
    pub fn is_likely(&self, bytes: &[u8]) -> bool {
        let is_head = matches!(bytes, [_, 0, 0 | 1, ..]) && self.kind != u16::MAX;
        let is_field = |field: &Field| field.size > 0 && super::value::is_base_type(field.base);
        is_head && !self.fields.is_empty() && self.fields.iter().all(is_field)
    }

    pub fn field(&self, number: u8) -> Option<&Field> {
        self.fields.iter().find(|field| field.number == number)
    }
}
