//! One file of activities, by itself or in an archive.

use std::io::Cursor;

use super::{
    intake::File,
    runner::{archive, original_name, unpack::unpack},
};
use crate::recordings::{self, Format, MAX_FILE_BYTES, Reason, Refusal, Session};

/// In archives of one recording there is little else.
const MAX_ENTRIES: usize = 100;

/// The name and the content of the first recording in `bytes`, and what it says. `called` is its name when it
/// is in no archive.
pub fn read(called: &str, bytes: Vec<u8>) -> Result<(File, Vec<Session>), Refusal> {
    let (name, content) = if Format::of(&bytes) == Some(Format::Zip) {
        first(bytes)?
    } else {
        let content = unpack(bytes.as_slice())?;
        let ending = match Format::of(&content) {
            Some(Format::Fit) => ".fit",
            Some(Format::Gpx) => ".gpx",
            Some(Format::Tcx) => ".tcx",
            Some(Format::Kml) => ".kml",
            _ => "",
        };
        (format!("{called}{ending}"), content)
    };
    let sessions = recordings::read(&content)?.sessions;
    Ok(((name, content), sessions))
}

fn first(bytes: Vec<u8>) -> Result<File, Refusal> {
    let mut archive = archive::open(Cursor::new(bytes))?;
    for index in 0..archive.len().min(MAX_ENTRIES) {
        let Ok(entry) = archive.by_index(index) else { continue };
        if entry.is_dir() || entry.size() > MAX_FILE_BYTES as u64 {
            continue;
        }
        let name = entry.name().map(|name| name.to_string()).unwrap_or_default();
        let Ok(content) = unpack(entry) else { continue };
        let format = Format::of(&content);
        if matches!(format, Some(Format::Fit | Format::Gpx | Format::Tcx | Format::Kml)) {
            return Ok((original_name(&name), content));
        }
    }
    Err(Refusal::new(Reason::UnknownFormat, "there is no recording in this archive"))
}
