//! Opening zips, looked at before they are believed.

use std::{
    collections::HashSet,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
};

use zip::{CompressionMethod, ZipArchive, read::ZipFile, result::ZipError};

use crate::recordings::{Reason, Refusal};

/// The most entries of an archive. Each takes memory as soon as the archive is opened.
const MAX_ENTRIES: u64 = 50_000;

/// APPNOTE.TXT, 4.3.16: the end of central directory record without its comment, which may be as long
/// as 65 535 bytes; before it stands the locator of the one of ZIP64 (4.3.15), which is (4.3.14) …
const END: u64 = 22;
const MAX_COMMENT: u64 = 65_535;
const LOCATOR: usize = 20;
const END64: usize = 56;

/// A header of the central directory, without its name.
const HEADER: usize = 46;

/// What is said of an archive that cannot be opened; what the library says is for programmers.
const DAMAGED: &str =
    "the list of what is in this archive is damaged: download it again, or repair it and try again";

/// An archive with a bearable number of entries.
pub fn open<R: Read + Seek>(mut source: R) -> Result<ZipArchive<R>, Refusal> {
    let entries = count_entries(&mut source)
        .map_err(Refusal::malformed)?
        .ok_or_else(|| Refusal::new(Reason::Truncated, "it has no end: the archive is cut off"))?;
    if entries > MAX_ENTRIES {
        let what = format!("archives of more than {MAX_ENTRIES} entries are not read");
        return Err(Refusal::new(Reason::TooLarge, what));
    }
    ZipArchive::new(source).map_err(|error| match error {
        ZipError::Io(error) => Refusal::of_source(error),
        _ => Refusal::new(Reason::Malformed, DAMAGED),
    })
}

/// The names that entries share with later ones, by which only those are found.
pub fn doubled<R: Read + Seek>(start: u64, entries: usize, mut source: R) -> Vec<String> {
    let has_all = count_entries(&mut source).is_ok_and(|count| count == Some(entries as u64));
    if has_all || source.seek(SeekFrom::Start(start)).is_err() {
        return Vec::new();
    }
    let (mut source, mut names, mut doubled) = (BufReader::new(source), HashSet::new(), Vec::new());
    for _ in 0..MAX_ENTRIES {
        let Ok(Some(name)) = next_name(&mut source) else { break };
        if let Some(name) = names.replace(name) {
            doubled.push(String::from_utf8_lossy(&name).into_owned());
        }
    }
    doubled
}

/// The name in the next header of the central directory (APPNOTE.TXT, 4.3.12).
fn next_name(source: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut header = [0; HEADER];
    source.read_exact(&mut header)?;
    if !header.starts_with(b"PK\x01\x02") {
        return Ok(None);
    }
    let [length, extra, comment] = [28, 30, 32].map(|at| header.get(at..at + 2).map_or(0, number));
    let mut name = Vec::new();
    source.take(length).read_to_end(&mut name)?;
    io::copy(&mut source.take(extra + comment), &mut io::sink())?;
    Ok(Some(name))
}

/// Why an entry cannot be opened.
pub fn unsupported(error: &ZipError) -> Refusal {
    let what = match error {
        ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED => {
            "it is encrypted: unpack it with its password, and import what is in it"
        }
        ZipError::UnsupportedArchive(_) => {
            "it is packed in a way that is not read: make the zip anew with the usual one"
        }
        _ => "the archive is damaged where this file is",
    };
    Refusal::new(Reason::UnsupportedEntry, what)
}

/// Why an entry is not unpacked: how it is packed.
pub fn unpackable<R: Read>(entry: &ZipFile<'_, R>) -> Option<Refusal> {
    let method = match entry.compression() {
        CompressionMethod::Stored | CompressionMethod::Deflated | CompressionMethod::Deflate64 => {
            return None;
        }
        other => other,
    };
    let what = format!(
        "it is packed by a method that is not read ({method}): make the zip anew with the usual one"
    );
    Some(Refusal::new(Reason::UnsupportedEntry, what))
}

/// How many entries the archive says it has.
fn count_entries<R: Read + Seek>(source: &mut R) -> io::Result<Option<u64>> {
    let length = source.seek(SeekFrom::End(0))?;
    let tail_length = length.min(END + MAX_COMMENT + LOCATOR as u64);
    source.seek(SeekFrom::Start(length - tail_length))?;
    let mut tail = Vec::new();
    source.take(tail_length).read_to_end(&mut tail)?;
    let Some(end) = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06") else {
        return Ok(None);
    };
    let Some(entries) = tail.get(end + 10..end + 12) else { return Ok(None) };
    let entries = number(entries);
    if entries != 0xffff {
        return Ok(Some(entries));
    }
    let locator = end.checked_sub(LOCATOR).and_then(|at| tail.get(at..end));
    let Some(locator) = locator.filter(|locator| locator.starts_with(b"PK\x06\x07")) else {
        return Ok(Some(entries));
    };
    source.seek(SeekFrom::Start(number(locator.get(8..16).unwrap_or_default())))?;
    let mut end64 = Vec::new();
    source.take(END64 as u64).read_to_end(&mut end64)?;
    Ok(end64.get(32..40).map(number))
}

/// The lowest byte first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    #[test]
    fn entries_of_the_same_name_are_named() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a.gpx", "b.gpx", "c.gpx"] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        let mut bytes = writer.finish().unwrap().into_inner();
        for doubled in [&[][..], &["a.gpx"]] {
            let archive = open(Cursor::new(bytes.clone())).unwrap();
            let (start, entries) = (archive.central_directory_start(), archive.len());
            assert_eq!(super::doubled(start, entries, archive.into_inner()), doubled);
            let at = bytes.windows(5).rposition(|name| name == b"b.gpx").unwrap();
            bytes[at] = b'a';
        }
    }
}
