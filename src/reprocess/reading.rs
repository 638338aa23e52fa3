//! A stored file, as the current readers read it.

use std::{borrow::Cow, time::Duration};

use serde_json::value::RawValue;

use crate::{
    activities::streams,
    error::ApiResult,
    imports::ingest,
    priority::within_cpu,
    recordings::{self, Format, Recording, Refusal, Session, health_auto_export},
};

/// Maximum CPU time for reading a file while a client waits. The largest file takes a few seconds.
const CPU_BUDGET: Duration = Duration::from_secs(20);

/// What a file contains, with the packed streams of its sessions.
pub struct Reread {
    /// Without their tracks, which are large.
    pub sessions: Vec<Session>,
    /// What is damaged or missing in the file.
    pub warnings: Vec<Cow<'static, str>>,
    pub streams: Vec<Option<streams::PackedStreams>>,
    /// Whether it is a workout as an app posted it, which contains everything that the app sent.
    pub is_posted: bool,
}

/// Reads a file and packs its streams, which takes some milliseconds of CPU time.
pub fn read(content: &[u8]) -> ApiResult<Result<Reread, Refusal>> {
    // A workout by itself is not a file format.
    let is_posted = Format::of(content).is_none() && content.trim_ascii_start().starts_with(b"{");
    let read = if is_posted { posted(content) } else { recordings::read(content) };
    let Recording { mut sessions, warnings, .. } = match read {
        Ok(recording) => recording,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let streams = sessions.iter().map(ingest::streams_of).collect::<ApiResult<_>>()?;
    sessions.iter_mut().for_each(|session| session.track.free_points());
    Ok(Ok(Reread { sessions, warnings, streams, is_posted }))
}

/// As [`read`], but for a request: a file that takes too much CPU time is refused.
pub fn read_within_bounds(content: &[u8]) -> ApiResult<Result<Reread, Refusal>> {
    within_cpu(CPU_BUDGET, || read(content))
}

fn posted(content: &[u8]) -> Result<Recording, Refusal> {
    let text: &RawValue = serde_json::from_slice(content).map_err(Refusal::malformed)?;
    let workout = health_auto_export::read(text)?;
    let warnings = workout.warning().into_iter().map(Cow::from).collect();
    Ok(Recording { sessions: vec![workout.session], warnings, exported_from: None })
}
