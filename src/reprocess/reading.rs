//! A kept file, as it is read today.

use serde_json::value::RawValue;

use crate::{
    activities::streams,
    error::ApiResult,
    imports::intake,
    recordings::{self, Format, Refusal, Session, health_auto_export},
};

/// What a file says, and the streams of its sessions as they are kept.
pub struct Reread {
    pub sessions: Vec<Session>,
    pub streams: Vec<Option<streams::Kept>>,
    /// Whether it is a workout as an app has posted it, with all that the app said of it.
    pub is_posted: bool,
}

/// Reads a file and packs what was measured, which takes a processor some milliseconds.
pub fn read(content: &[u8]) -> ApiResult<Result<Reread, Refusal>> {
    // A workout by itself is no format of files.
    let is_posted = Format::of(content).is_none() && content.trim_ascii_start().starts_with(b"{");
    let sessions = if is_posted { posted(content) } else { recorded(content) };
    let sessions = match sessions {
        Ok(sessions) => sessions,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let streams = sessions.iter().map(intake::streams_of).collect::<ApiResult<_>>()?;
    Ok(Ok(Reread { sessions, streams, is_posted }))
}

fn recorded(content: &[u8]) -> Result<Vec<Session>, Refusal> {
    recordings::read(content).map(|recording| recording.sessions)
}

fn posted(content: &[u8]) -> Result<Vec<Session>, Refusal> {
    let text: &RawValue = serde_json::from_slice(content).map_err(Refusal::malformed)?;
    health_auto_export::read(text).map(|workout| vec![workout.session])
}
