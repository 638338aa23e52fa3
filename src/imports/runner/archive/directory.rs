//! Rebuilds the lost directory of an archive from the headers before its
//! members (APPNOTE.TXT, 4.3.7).

use std::io::{self, Read, Seek, SeekFrom};

use super::{
    descriptor,
    format::{CENTRAL_SIGNATURE, CUT_OFF, LOCAL_SIGNATURE, MAX_ENTRIES, number},
    source::Source,
};

/// Length of a local header without its name.
const LOCAL: usize = 30;

/// The flag for sizes that follow the data, because they were not known before.
const HAS_DESCRIPTOR: u64 = 1 << 3;

/// Longer names would take too much memory.
const MAX_NAME: u64 = 4096;

/// Stands for a number that is in the ZIP64 fields.
const SEE_ZIP64: [u8; 4] = [0xff; 4];

/// The members of an archive, found one after the other.
#[derive(Default)]
pub struct Members {
    /// Headers for a central directory (4.3.12).
    headers: Vec<u8>,
    count: u64,
    /// Where the last member ends.
    end: u64,
    /// Whether the archive ends within the last member.
    pub is_cut: bool,
}

/// The checksum and the sizes of a member.
struct Sizes {
    crc: u32,
    packed: u64,
    unpacked: u64,
}

impl Members {
    /// Finds the members of `source`, up to the first bytes that are not a member. `None` if there
    /// are more than `MAX_ENTRIES`.
    pub fn find<R: Read + Seek>(source: &mut Source<R>) -> io::Result<Option<Self>> {
        let length = source.seek(SeekFrom::End(0))?;
        let mut members = Self::default();
        while !members.is_cut {
            let Some((header, name, zip64)) = read_header(source, members.end)? else { break };
            if members.count == MAX_ENTRIES {
                return Ok(None);
            }
            let [name_length, extra] = [26, 28].map(|at| field(&header, at, 2));
            let (start, data) = (members.end, members.end + LOCAL as u64 + name_length + extra);
            let (sizes, end) = member(source, (&header, &zip64), data, length)?;
            members.is_cut = sizes.is_none();
            // The checksum must not match: zero would be that of an empty member. The library
            // unpacks no more than the size.
            let packed = length.saturating_sub(data);
            let cut = Sizes { crc: 1, packed, unpacked: u32::MAX.into() };
            members.add(&header, &name, sizes.unwrap_or(cut), start);
            members.end = end;
        }
        Ok(Some(members))
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The archive with a directory of these members.
    pub fn into_archive<R: Read + Seek>(self, source: Source<R>) -> Source<R> {
        let mut directory = self.headers;
        let (start, size) = (self.end, directory.len() as u64);
        directory.extend(b"PK\x06\x06");
        directory.extend(44_u64.to_le_bytes());
        directory.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for number in [self.count, self.count, size, start] {
            directory.extend(number.to_le_bytes());
        }
        directory.extend(b"PK\x06\x07\0\0\0\0");
        directory.extend((start + size).to_le_bytes());
        directory.extend([1, 0, 0, 0]);
        directory.extend(b"PK\x05\x06\0\0\0\0");
        directory.extend([0xff; 12]);
        directory.extend([0, 0]);
        source.with_directory(start, directory)
    }

    fn add(&mut self, header: &[u8; LOCAL], name: &[u8], sizes: Sizes, start: u64) {
        let comment = if self.is_cut { CUT_OFF.as_bytes() } else { b"" };
        let out = &mut self.headers;
        // Both headers have the same fields up to the checksum.
        out.extend(CENTRAL_SIGNATURE);
        out.extend([45, 0]);
        out.extend(header.get(4..14).unwrap_or_default());
        out.extend(sizes.crc.to_le_bytes());
        out.extend([SEE_ZIP64, SEE_ZIP64].concat());
        for length in [name.len(), 28, comment.len()] {
            out.extend((length as u16).to_le_bytes());
        }
        out.extend([0; 8]);
        out.extend(SEE_ZIP64);
        out.extend(name);
        out.extend([1, 0, 24, 0]);
        for number in [sizes.unpacked, sizes.packed, start] {
            out.extend(number.to_le_bytes());
        }
        out.extend(comment);
        self.count += 1;
    }
}

type Header = ([u8; LOCAL], Vec<u8>, Option<Sizes>);

/// The header at `at`, the name after it and the ZIP64 sizes (4.5.3); `None` if there is no header.
fn read_header<R: Read + Seek>(source: &mut Source<R>, at: u64) -> io::Result<Option<Header>> {
    source.seek(SeekFrom::Start(at))?;
    let mut start = Vec::new();
    (&mut *source).take(LOCAL as u64).read_to_end(&mut start)?;
    let Ok(header) = <[u8; LOCAL]>::try_from(start) else { return Ok(None) };
    let (mut name, mut extra) = (Vec::new(), Vec::new());
    let [name_length, extra_length] = [26, 28].map(|at| field(&header, at, 2));
    if !header.starts_with(LOCAL_SIGNATURE) || name_length > MAX_NAME {
        return Ok(None);
    }
    (&mut *source).take(name_length).read_to_end(&mut name)?;
    (&mut *source).take(extra_length).read_to_end(&mut extra)?;
    let is_whole = name.len() as u64 == name_length;
    Ok(is_whole.then(|| {
        let sizes = zip64(&extra, &header);
        (header, name, sizes)
    }))
}

/// The sizes in the ZIP64 extra field.
fn zip64(mut extra: &[u8], header: &[u8; LOCAL]) -> Option<Sizes> {
    loop {
        let (id, length) = (number(extra.get(..2)?), number(extra.get(2..4)?) as usize);
        let content = extra.get(4..4 + length)?;
        if id == 1 {
            let sizes = [number(content.get(..8)?), number(content.get(8..16)?)];
            let [unpacked, packed] = sizes;
            return Some(Sizes { crc: field(header, 14, 4) as u32, packed, unpacked });
        }
        extra = extra.get(4 + length..)?;
    }
}

/// The sizes of a member whose data starts at `data`, and where the next member starts. The sizes
/// are `None` if the archive ends within the member.
fn member<R: Read + Seek>(
    source: &mut Source<R>,
    (header, zip64): (&[u8; LOCAL], &Option<Sizes>),
    data: u64,
    length: u64,
) -> io::Result<(Option<Sizes>, u64)> {
    let [crc, packed, unpacked] = [14, 18, 22].map(|at| field(header, at, 4));
    let known = match zip64 {
        Some(Sizes { packed, unpacked, .. }) => (*packed, *unpacked),
        None => (packed, unpacked),
    };
    let has_descriptor = field(header, 6, 2) & HAS_DESCRIPTOR != 0;
    if has_descriptor && known.0 == 0 {
        let found = descriptor::find(source, data)?;
        return Ok(match found {
            Some(found) => {
                let (crc, packed, unpacked) = (found.crc, found.packed, found.unpacked);
                (Some(Sizes { crc, packed, unpacked }), found.end)
            }
            None => (None, length),
        });
    }
    let end = data.saturating_add(known.0);
    if end > length {
        return Ok((None, length));
    }
    let behind = if has_descriptor { descriptor::length(source, end)? } else { 0 };
    let sizes = Sizes { crc: crc as u32, packed: known.0, unpacked: known.1 };
    Ok((Some(sizes), (end + behind).min(length)))
}

fn field(header: &[u8; LOCAL], at: usize, length: usize) -> u64 {
    header.get(at..at + length).map_or(0, number)
}
