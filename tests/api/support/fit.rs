//! Small FIT files, written as the FIT SDK specifies ("FIT File Structure").

/// Seconds from the Unix epoch to the FIT epoch, 1989-12-31.
const EPOCH: i64 = 631_065_600;

/// The CRC of FIT, computed by nibbles.
fn crc(bytes: &[u8]) -> u16 {
    const TABLE: [u16; 16] = [
        0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800,
        0xb401, 0x5000, 0x9c01, 0x8801, 0x4400,
    ];
    bytes.iter().fold(0, |crc, byte| {
        [byte & 15, byte >> 4].iter().fold(crc, |crc: u16, nibble| {
            (crc >> 4) ^ TABLE[usize::from(crc & 15)] ^ TABLE[usize::from(*nibble)]
        })
    })
}

/// Adds header and checksum to messages.
pub fn file(messages: &[u8]) -> Vec<u8> {
    framed(messages, messages.len())
}

/// The same, with a header that contains another length.
pub fn framed(messages: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = vec![14, 0x20, 0x54, 0x08];
    bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
    bytes.extend(b".FIT");
    bytes.extend(crc(&bytes).to_le_bytes());
    bytes.extend(messages);
    bytes.extend(crc(&bytes).to_le_bytes());
    bytes
}

/// A definition message: the global number, and fields as number, size and base type.
fn definition(local: u8, global: u16, fields: &[(u8, u8, u8)]) -> Vec<u8> {
    let mut bytes = vec![0x40 | local, 0, 0];
    bytes.extend(global.to_le_bytes());
    bytes.push(fields.len().try_into().unwrap());
    bytes.extend(fields.iter().flat_map(|(number, size, base)| [*number, *size, *base]));
    bytes
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    Enum(u8),
    U8(u8),
    U16(u16),
    U32(u32),
    I32(i32),
    F32(f32),
    /// A text, and the size of its field in bytes.
    Text(&'a str, usize),
    /// Bytes of a base type, which may not fit it.
    Raw(u8, &'a [u8]),
}

impl Value<'_> {
    /// A time, in seconds since the Unix epoch.
    pub fn time(unix: i64) -> Self {
        Self::U32(u32::try_from(unix - EPOCH).unwrap())
    }

    pub fn degrees(value: f64) -> Self {
        Self::I32((value / 180.0 * 2_147_483_648.0).round() as i32)
    }

    fn base(&self) -> u8 {
        match self {
            Self::Enum(_) => ENUM,
            Self::U8(_) => U8,
            Self::U16(_) => U16,
            Self::U32(_) => U32,
            Self::I32(_) => S32,
            Self::F32(_) => 0x88,
            Self::Text(..) => 7,
            Self::Raw(base, _) => *base,
        }
    }

    fn bytes(&self, is_big_endian: bool) -> Vec<u8> {
        let mut bytes = match self {
            Self::Enum(value) | Self::U8(value) => vec![*value],
            Self::U16(value) => value.to_le_bytes().to_vec(),
            Self::U32(value) => value.to_le_bytes().to_vec(),
            Self::I32(value) => value.to_le_bytes().to_vec(),
            Self::F32(value) => value.to_le_bytes().to_vec(),
            Self::Text(text, size) => {
                let mut bytes = text.as_bytes().to_vec();
                bytes.resize(*size, 0);
                return bytes;
            }
            Self::Raw(_, bytes) => return bytes.to_vec(),
        };
        if is_big_endian {
            bytes.reverse();
        }
        bytes
    }
}

/// A field: its number and value. For a developer field, the number of the developer comes first.
pub type Field<'a> = (u8, Value<'a>);
pub type DeveloperField<'a> = (u8, u8, Value<'a>);

/// Messages in sequence. A definition is written before each message that does not have the
/// definition of the one before it.
#[derive(Default)]
pub struct Messages {
    pub bytes: Vec<u8>,
    definition: Vec<u8>,
    pub is_big_endian: bool,
}

impl Messages {
    pub fn add(&mut self, global: u16, fields: &[Field<'_>]) -> &mut Self {
        self.add_with(global, fields, &[])
    }

    pub fn add_with(
        &mut self,
        global: u16,
        fields: &[Field<'_>],
        developer: &[DeveloperField<'_>],
    ) -> &mut Self {
        self.define(global, fields, developer);
        self.bytes.push(LOCAL);
        for value in fields.iter().map(|field| &field.1).chain(developer.iter().map(|it| &it.2)) {
            self.bytes.extend(value.bytes(self.is_big_endian));
        }
        self
    }

    /// A message with a compressed timestamp: its header contains the last five bits of the time.
    pub fn add_at(&mut self, unix: i64, global: u16, fields: &[Field<'_>]) -> &mut Self {
        self.define(global, fields, &[]);
        self.bytes.push(0x80 | LOCAL << 5 | ((unix - EPOCH) & 0x1f) as u8);
        fields.iter().for_each(|field| self.bytes.extend(field.1.bytes(self.is_big_endian)));
        self
    }

    fn define(&mut self, global: u16, fields: &[Field<'_>], developer: &[DeveloperField<'_>]) {
        let size = |value: &Value<'_>| value.bytes(false).len() as u8;
        let has_developer = if developer.is_empty() { 0 } else { 0x20 };
        let mut bytes = vec![0x40 | has_developer | LOCAL, 0, u8::from(self.is_big_endian)];
        bytes.extend(if self.is_big_endian { global.to_be_bytes() } else { global.to_le_bytes() });
        bytes.push(fields.len() as u8);
        bytes
            .extend(fields.iter().flat_map(|(number, value)| [*number, size(value), value.base()]));
        if !developer.is_empty() {
            bytes.push(developer.len() as u8);
            let fields = developer.iter();
            bytes.extend(fields.flat_map(|(index, number, value)| [*number, size(value), *index]));
        }
        if bytes != self.definition {
            self.bytes.extend(&bytes);
            self.definition = bytes;
        }
    }

    /// The first message of a file: the file type (4 is an activity).
    pub fn id(&mut self, kind: u8) -> &mut Self {
        self.add(0, &[(0, Value::Enum(kind)), (1, Value::U16(1))])
    }

    pub fn file(&self) -> Vec<u8> {
        file(&self.bytes)
    }
}

/// The local number of all messages, small enough for compressed headers.
const LOCAL: u8 = 1;

const ENUM: u8 = 0;
const U8: u8 = 2;
const U16: u8 = 0x84;
const S32: u8 = 0x85;
const U32: u8 = 0x86;

fn degrees(degrees: f64) -> [u8; 4] {
    ((degrees / 180.0 * 2_147_483_648.0).round() as i32).to_le_bytes()
}

/// A run northward from 47° N 8° E for `secs` seconds, a point per second, with a heart rate of
/// 140.
pub fn run(started_at: i64, secs: u32) -> Vec<u8> {
    activity(&[(1, started_at, secs)])
}

/// A file of another type than activity (by FIT's number).
pub fn of_kind(kind: u8) -> Vec<u8> {
    let mut bytes = definition(0, 0, &[(3, 4, U32), (0, 1, ENUM), (4, 4, U32)]);
    bytes.push(0);
    bytes.extend(7_u32.to_le_bytes());
    bytes.push(kind);
    bytes.extend(1_000_000_000_u32.to_le_bytes());
    file(&bytes)
}

/// A file with messages that have no fields.
pub fn silent(messages: usize) -> Vec<u8> {
    let mut bytes = definition(3, 20, &[]);
    bytes.resize(bytes.len() + messages, 3);
    file(&bytes)
}

/// An activity with a session for each sport (by FIT's number), start and duration.
pub fn activity(sessions: &[(u8, i64, u32)]) -> Vec<u8> {
    let fit_time = |time: i64| u32::try_from(time - EPOCH).unwrap().to_le_bytes();
    let mut bytes = definition(0, 0, &[(0, 1, ENUM), (1, 2, U16), (4, 4, U32)]);
    bytes.push(0);
    bytes.push(4);
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(fit_time(sessions[0].1));
    bytes.extend(definition(
        1,
        20,
        &[(253, 4, U32), (0, 4, S32), (1, 4, S32), (2, 2, U16), (3, 1, U8)],
    ));
    bytes.extend(definition(
        2,
        18,
        &[
            (253, 4, U32),
            (2, 4, U32),
            (5, 1, ENUM),
            (7, 4, U32),
            (8, 4, U32),
            (9, 4, U32),
            (16, 1, U8),
        ],
    ));
    for (sport, start, secs) in sessions {
        for second in 0..*secs {
            bytes.push(1);
            bytes.extend(fit_time(start + i64::from(second)));
            // 3 m/s.
            bytes.extend(degrees(47.0 + f64::from(second) * 3.0 / 111_195.0));
            bytes.extend(degrees(8.0));
            // 400 m, in fifths of a metre above -500 m.
            bytes.extend(4500_u16.to_le_bytes());
            bytes.push(140);
        }
        bytes.push(2);
        bytes.extend(fit_time(start + i64::from(*secs)));
        bytes.extend(fit_time(*start));
        bytes.push(*sport);
        bytes.extend((secs * 1000).to_le_bytes());
        bytes.extend((secs * 1000).to_le_bytes());
        bytes.extend((secs * 300).to_le_bytes());
        bytes.push(140);
    }
    file(&bytes)
}
