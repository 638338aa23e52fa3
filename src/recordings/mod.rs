//! Reads recordings of devices and services (FIT, GPX, TCX, KML and JSON) into [`Recording`]s, logs
//! of many activities one entry at a time, and the export of Apple Health. XML is streamed,
//! everything else is read from memory. Uses neither SQL nor HTTP.
//!
//! The values of the device are kept. Only missing values are computed from the track. XML is read
//! without entities and DTDs, and everything has limits.

pub mod apple;
mod damage;
mod derived;
mod detection;
mod entry;
mod fit;
mod format;
mod gpx;
mod json;
mod kml;
mod log;
mod markup;
mod outings;
pub mod own;
mod recording;
mod refusal;
mod sensors;
mod table;
mod tcx;
mod text;
mod values;
mod xml;

use std::io::Read;

pub use derived::complete;
use derived::{can_last, complete_all};
pub use entry::{Entry, Habits};
pub use fit::other_kind;
pub use format::Format;
pub use json::{fields, health_auto_export};
pub use log::read_log;
pub use recording::{Point, Recording, Session, Totals, Track};
use refusal::unknown_format;
pub use refusal::{Reason, Refusal};
pub use table::is_nothing;

/// Maximum size of a file: twice a day at ten points per second.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// Reads a file. Its format is detected from its content.
pub fn read(mut source: impl Read) -> Result<Recording, Refusal> {
    let head = head(&mut source)?;
    let format = Format::of(&head).ok_or_else(unknown_format)?;
    let bytes = |source| read_all(head.chain(source));
    let mut recording = match format {
        Format::Gpx => gpx::read(head.chain(source))?,
        Format::Tcx => tcx::read(head.chain(source))?,
        Format::Kml => kml::read(head.chain(source))?,
        Format::Fit => fit::read(&bytes(source)?)?,
        Format::Polar => json::polar::read(&bytes(source)?)?,
        Format::GoogleFit => json::google_fit::read(&bytes(source)?)?,
        format if format.is_log() => return log::read(&bytes(source)?),
        _ => return Err(unknown_format()),
    };
    complete_all(&mut recording)?;
    Ok(recording)
}

/// Returns the first bytes of a file, enough to detect its format.
pub fn head(source: &mut impl Read) -> Result<Vec<u8>, Refusal> {
    let mut head = Vec::new();
    source.take(Format::HEAD).read_to_end(&mut head).map_err(Refusal::of_source)?;
    Ok(head)
}

/// Reads `source` completely, up to the maximum size of a file.
pub fn read_all(source: impl Read) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    source.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(Refusal::of_source)?;
    if bytes.len() > MAX_FILE_BYTES { Err(Refusal::too_large(MAX_FILE_BYTES)) } else { Ok(bytes) }
}
