//! Opens zip archives, and checks them before they are trusted. An archive that is cut off still
//! yields its complete members.

mod descriptor;
mod directory;
mod format;
mod source;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
};

use zip::{CompressionMethod, ZipArchive, read::ZipFile, result::ZipError};

use self::{
    directory::Members,
    format::{CENTRAL_SIGNATURE, CUT_OFF, LOCAL_SIGNATURE, MAX_ENTRIES, number},
    source::Source,
};
use super::chunk_reader::ChunkReader;
use crate::recordings::{Reason, Refusal};

/// An uploaded archive.
pub type Archive = ZipArchive<Source<ChunkReader>>;

/// A file in an archive.
pub type Entry<'a> = ZipFile<'a, Source<ChunkReader>>;

/// APPNOTE.TXT, 4.3.16: the length of the end of central directory record, without its comment
/// of up to 65 535 bytes. Before it comes the ZIP64 locator (4.3.15), which points to the
/// ZIP64 record (4.3.14).
const END: u64 = 22;
const MAX_COMMENT: u64 = 65_535;
const LOCATOR: usize = 20;
const END64: usize = 56;

/// Length of a header in the central directory, without its name.
const HEADER: usize = 46;

/// Messages for an archive that cannot be opened. Those of the library are for programmers.
const DAMAGED: &str =
    "the archive's table of contents is damaged: download the archive again, or repair it";
const NO_END: &str = "the archive is cut off: download it again";

/// Messages for an archive that is read although its directory is missing or wrong.
const READ_WITHOUT_END: &str =
    "is cut off: its complete files were read, and the rest is missing; download it again";
const READ_WITHOUT_LIST: &str =
    "has a damaged table of contents: the files found without it were read";

/// An archive that was opened.
pub struct Opened<R> {
    pub archive: ZipArchive<Source<R>>,
    /// What is wrong with the archive, as text that follows its name.
    pub damage: Option<&'static str>,
}

/// Opens an archive, unless it has too many entries. If its directory is missing or damaged, its
/// complete members are found without it.
pub fn open<R: Read + Seek + Clone>(source: R) -> Result<Opened<R>, Refusal> {
    let mut source = Source::whole(source).map_err(Refusal::of_source)?;
    let listed = count_entries(&mut source).map_err(Refusal::malformed)?;
    if listed.is_some_and(|entries| entries > MAX_ENTRIES) {
        return Err(too_many());
    }
    let is_listed = listed.is_some();
    if is_listed && let Ok(archive) = ZipArchive::new(source.clone()) {
        // If the archive is cut off, the directory that was found may be that
        // of an archive within it.
        if archive.offset() == 0 || !begins_with_member(&mut source)? {
            return Ok(Opened { archive, damage: None });
        }
    }
    let (reason, refused, damage) = match is_listed {
        true => (Reason::Malformed, DAMAGED, READ_WITHOUT_LIST),
        false => (Reason::Truncated, NO_END, READ_WITHOUT_END),
    };
    let members = Members::find(&mut source).map_err(Refusal::of_source)?.ok_or_else(too_many)?;
    if members.is_empty() {
        return Err(Refusal::new(reason, refused));
    }
    let damage = if members.is_cut { READ_WITHOUT_END } else { damage };
    let archive = ZipArchive::new(members.into_archive(source));
    let archive = archive.map_err(|_| Refusal::new(reason, refused))?;
    Ok(Opened { archive, damage: Some(damage) })
}

fn too_many() -> Refusal {
    let what = format!("archives with more than {MAX_ENTRIES} entries are not supported");
    Refusal::new(Reason::TooLarge, what)
}

fn begins_with_member<R: Read + Seek>(source: &mut Source<R>) -> Result<bool, Refusal> {
    let mut start = Vec::new();
    source.seek(SeekFrom::Start(0)).map_err(Refusal::of_source)?;
    let signature = LOCAL_SIGNATURE.len() as u64;
    source.take(signature).read_to_end(&mut start).map_err(Refusal::of_source)?;
    Ok(start == LOCAL_SIGNATURE)
}

/// Whether the archive ends within this member.
pub fn is_cut<R: Read>(entry: &ZipFile<'_, R>) -> bool {
    entry.comment() == CUT_OFF
}

/// The refusal of a member in which the archive ends.
pub fn cut_off() -> Refusal {
    Refusal::new(Reason::Truncated, "the archive is cut off within this file: download it again")
}

/// The names that entries share with later ones. Only the later entries can be found by name.
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
    if !header.starts_with(CENTRAL_SIGNATURE) {
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
            "the file is encrypted: unpack it with its password, and import its content"
        }
        ZipError::UnsupportedArchive(_) => {
            "the file is packed in an unsupported way: create the zip again with the usual compression"
        }
        _ => "the archive is damaged at this file",
    };
    Refusal::new(Reason::UnsupportedEntry, what)
}

/// The refusal of an entry that is packed with an unsupported method.
pub fn unpackable<R: Read>(entry: &ZipFile<'_, R>) -> Option<Refusal> {
    let method = match entry.compression() {
        CompressionMethod::Stored | CompressionMethod::Deflated | CompressionMethod::Deflate64 => {
            return None;
        }
        other => other,
    };
    let what = format!(
        "the file is packed with an unsupported method ({method}): create the zip again with the usual compression"
    );
    Some(Refusal::new(Reason::UnsupportedEntry, what))
}

/// The number of entries according to the archive.
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
