//! FIT (Garmin's Flexible and Interoperable Data Transfer, <https://developer.garmin.com/fit/>),
//! read message by message, so that a file needs little more memory than the data kept from it.
//!
//! The intact parts of a damaged file are read, and `warnings` describe the rest.

mod clock;
mod collector;
mod damage;
mod definition;
mod developer;
mod frame;
mod heart_rates;
mod kind;
mod laps;
mod lengths;
mod message;
mod messages;
mod points;
mod profile;
mod raw;
mod sessions;
mod totals;
mod value;

use self::{
    collector::Collector,
    damage::Damage,
    frame::{Fault, is_header, next_header, next_part},
};
use super::{
    Reason, Recording, Refusal,
    recording::{MAX_SESSIONS, push},
    refusal::go_on,
};

pub use kind::other_kind;

/// Reads the sessions of an activity file, or of all activity files in a chain.
pub fn read(mut bytes: &[u8]) -> Result<Recording, Refusal> {
    let (mut files, mut damage) = (Vec::<Collector>::new(), Damage::default());
    while let Some((part, behind)) = next_part(bytes) {
        go_on()?;
        let mut file = Collector::default();
        let reading = messages::read(&part, |message| file.take(message))?;
        damage.note(part.fault, &reading);
        file.is_cut_off = reading.is_cut_off || part.fault == Some(Fault::CutOff);
        match files.last_mut() {
            Some(last) if !file.has_id && file.sessions.is_empty() => last.absorb(file)?,
            _ => push(&mut files, file, MAX_SESSIONS, "files in one")?,
        }
        let skipped = if is_header(behind) { 0 } else { next_header(behind) };
        let (between, next) = behind.split_at_checked(skipped).unwrap_or((behind, &[]));
        damage.note_behind(between);
        bytes = next;
    }
    if let Some(refusal) = refusal(&files, &damage) {
        return Err(refusal);
    }
    let mut recording = Recording::default();
    for file in files {
        if file.other_kind().is_none() && !file.is_empty() {
            recording.sessions.extend(sessions::divide(file)?);
        }
    }
    recording.warnings = damage.warnings();
    Ok(recording)
}

/// Returns why none of the files is accepted.
fn refusal(files: &[Collector], damage: &Damage) -> Option<Refusal> {
    let is_activity = |file: &Collector| file.other_kind().is_none() && !file.is_empty();
    if files.iter().any(is_activity) {
        return None;
    }
    let kind = files.iter().find_map(Collector::other_kind);
    Some(match (kind, damage.refusal()) {
        (Some(kind), _) => Refusal::new(Reason::NotAnActivity, damage::other_kind(kind)),
        (None, Some(damaged)) => damaged,
        (None, None) => {
            Refusal::new(Reason::NotAnActivity, "the file contains no sessions and no points")
        }
    })
}
