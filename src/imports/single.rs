//! One file of activities, by itself or in an archive.

use std::io::Cursor;

use super::runner::{
    archive::{self, Opened},
    original_name,
    unpack::repack,
};
use crate::{
    activities::originals::PackedFile,
    recordings::{self, Format, MAX_FILE_BYTES, Reason, Refusal, Session},
};

/// In archives of one recording there is little else.
const MAX_ENTRIES: usize = 100;

/// A file's name, and the file.
type File = (String, PackedFile);

/// The first recording in `bytes`, and what it says. `called` is its name when it is in no archive.
pub fn read(called: &str, bytes: Vec<u8>) -> Result<(File, Vec<Session>), Refusal> {
    let (name, file) = if Format::of(&bytes) == Some(Format::Zip) {
        first(bytes)?
    } else {
        let file = repack(bytes.as_slice())?;
        let ending = ending(&file)?.unwrap_or_default();
        (format!("{called}{ending}"), file)
    };
    let sessions = recordings::read(file.reader())?.sessions;
    Ok(((name, file), sessions))
}

/// What names of such recordings end with; `None` for anything else.
fn ending(file: &PackedFile) -> Result<Option<&'static str>, Refusal> {
    Ok(match Format::of(&recordings::head(&mut file.reader())?) {
        Some(Format::Fit) => Some(".fit"),
        Some(Format::Gpx) => Some(".gpx"),
        Some(Format::Tcx) => Some(".tcx"),
        Some(Format::Kml) => Some(".kml"),
        _ => None,
    })
}

fn first(bytes: Vec<u8>) -> Result<File, Refusal> {
    let Opened { mut archive, .. } = archive::open(Cursor::new(bytes.as_slice()))?;
    for index in 0..archive.len().min(MAX_ENTRIES) {
        let Ok(entry) = archive.by_index(index) else { continue };
        if entry.is_dir() || entry.size() > MAX_FILE_BYTES as u64 {
            continue;
        }
        let name = entry.name().map(|name| name.to_string()).unwrap_or_default();
        let Ok(file) = repack(entry) else { continue };
        if ending(&file)?.is_some() {
            return Ok((original_name(&name), file));
        }
    }
    Err(Refusal::new(Reason::UnknownFormat, "there is no recording in this archive"))
}
