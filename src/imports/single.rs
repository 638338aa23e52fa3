//! A single recording, by itself or in an archive.

use std::io::Cursor;

use super::runner::{
    archive::{self, Opened},
    original_name,
    unpack::{DAMAGED, repack},
};
use crate::{
    activities::originals::PackedFile,
    recordings::{self, Format, MAX_FILE_BYTES, Reason, Recording, Refusal},
};

/// An archive of a single recording contains little else.
const MAX_ENTRIES: usize = 100;

/// The name and the content of a file.
type File = (String, PackedFile);

/// The first recording in `bytes`, as a file and as read. `called` is its name if
/// it is not in an archive.
pub fn read(called: &str, bytes: &[u8]) -> Result<(File, Recording), Refusal> {
    let ((name, file), damage) = if Format::of(bytes) == Some(Format::Zip) {
        first(bytes)?
    } else {
        let file = repack(bytes)?;
        let ending = ending(&file)?.unwrap_or_default();
        ((format!("{called}{ending}"), file), None)
    };
    let mut recording = recordings::read(file.reader())?;
    let of_file = file.is_damaged.then(|| DAMAGED.into());
    let of_archive = damage.map(|damage| format!("its archive {damage}").into());
    recording.warnings.splice(0..0, of_archive.into_iter().chain(of_file));
    Ok(((name, file), recording))
}

/// The extension of the names of such recordings; `None` for any other file.
fn ending(file: &PackedFile) -> Result<Option<&'static str>, Refusal> {
    Ok(match Format::of(&recordings::head(&mut file.reader())?) {
        Some(Format::Fit) => Some(".fit"),
        Some(Format::Gpx) => Some(".gpx"),
        Some(Format::Tcx) => Some(".tcx"),
        Some(Format::Kml) => Some(".kml"),
        _ => None,
    })
}

/// The first recording of an archive, and the damage to the archive.
fn first(bytes: &[u8]) -> Result<(File, Option<&'static str>), Refusal> {
    let Opened { mut archive, damage } = archive::open(Cursor::new(bytes))?;
    for index in 0..archive.len().min(MAX_ENTRIES) {
        let Ok(entry) = archive.by_index(index) else { continue };
        if entry.is_dir() || entry.size() > MAX_FILE_BYTES as u64 {
            continue;
        }
        let name = entry.name().map(|name| name.to_string()).unwrap_or_default();
        let Ok(file) = repack(entry) else { continue };
        if ending(&file)?.is_some() {
            return Ok(((original_name(&name), file), damage));
        }
    }
    Err(Refusal::new(Reason::UnknownFormat, "the archive contains no recording"))
}
