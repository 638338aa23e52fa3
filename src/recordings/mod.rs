//! What devices and services write of an activity: FIT, GPX and TCX, read from memory into [`Recording`]s;
//! and Apple Health's export, read as a stream.
//! Knows no SQL and no HTTP.
//!
//! What the device says is taken as it stands; only what it does not say is computed from its track.
//! XML is read without entities and DTDs, and everything with limits.

pub mod apple;
mod derived;
mod fit;
mod format;
mod geo;
mod gpx;
pub mod own;
mod recording;
mod refusal;
mod tcx;
mod xml;

pub use derived::complete;
pub use format::Format;
pub use geo::{EARTH_RADIUS, bearing, destination, metres_between};
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
        _ => {
            return Err(Refusal::new(Reason::UnknownFormat, "this is neither FIT nor GPX nor TCX"));
        }
    };
    if let [session] = recording.sessions.as_mut_slice() {
        own::complete(session, bytes);
    }
    recording.sessions.iter_mut().try_for_each(complete)?;
    Ok(recording)
}
