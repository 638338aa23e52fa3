//! What devices and services write of an activity: FIT, GPX, TCX, KML and JSON, read from memory
//! into [`Recording`]s; logs of many activities, one by one; and Apple Health's export, read as a
//! stream. Knows no SQL and no HTTP.
//!
//! What the device says is taken as it stands; only what it does not say is computed from its
//! track. XML is read without entities and DTDs, and everything with limits.

pub mod apple;
mod damage;
mod derived;
mod fit;
mod format;
mod geo;
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

pub use derived::complete;
pub use fit::other_kind;
pub use format::Format;
pub use geo::{EARTH_RADIUS, bearing, destination, metres_between};
pub use json::{fields, health_auto_export};
pub use log::{Entry, Habits, read_log};
pub use recording::{Point, Position, Recording, Session, Totals, Track};
pub use refusal::{Reason, Refusal};

/// The largest file that is read: a day at ten points a second, twice.
pub const MAX_FILE_BYTES: usize = 64 * 1024 * 1024;

/// Reads a file by what is in it.
pub fn read(bytes: &[u8]) -> Result<Recording, Refusal> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Refusal::too_large(MAX_FILE_BYTES));
    }
    let text = xml::utf16(bytes);
    let bytes = text.as_ref().map_or(bytes, |text| text.as_bytes());
    let mut recording = match Format::of(bytes) {
        Some(Format::Fit) => fit::read(bytes)?,
        Some(Format::Gpx) => gpx::read(bytes)?,
        Some(Format::Tcx) => tcx::read(bytes)?,
        Some(Format::Kml) => kml::read(bytes)?,
        Some(Format::Polar) => json::polar::read(bytes)?,
        Some(Format::GoogleFit) => json::google_fit::read(bytes)?,
        Some(format) if format.is_log() => return log::read_all(bytes),
        _ => return Err(unknown_format()),
    };
    if let [session] = recording.sessions.as_mut_slice() {
        own::complete(session, bytes);
    }
    recording.sessions.iter_mut().try_for_each(complete)?;
    Ok(recording)
}

fn unknown_format() -> Refusal {
    Refusal::new(Reason::UnknownFormat, "this is none of the formats that are read")
}
