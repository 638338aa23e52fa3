//! Logs: files that list activities. Each entry becomes a separate activity, under its own name.

use super::{
    Format, Reason, Recording, Refusal,
    apple::Broken,
    entry::{Entry, Habits, MAX_ENTRIES},
    json,
    recording::{MAX_SESSIONS, push},
    table,
};

/// Passes the entries of a log to `each`, one at a time.
pub fn read_log<S>(
    bytes: &[u8],
    habits: &Habits,
    each: &mut impl FnMut(Entry) -> Result<(), S>,
) -> Result<(), Broken<S>> {
    let text = super::text::text(bytes);
    let mut count = 0;
    let mut counted = |entry: Entry| {
        count += 1;
        if count > MAX_ENTRIES {
            let what = format!("a file can have at most {MAX_ENTRIES} activities: split it");
            return Err(Refusal::new(Reason::TooLarge, what).into());
        }
        each(entry).map_err(Broken::Reader)
    };
    match Format::of(bytes) {
        Some(Format::Activities) => table::activities(&text, habits, &mut counted)?,
        Some(Format::Sets) => table::sets(&text, habits, &mut counted)?,
        Some(Format::Fitbit) => json::fitbit::read(&text, habits, &mut counted)?,
        Some(Format::HealthAutoExport) => json::health_auto_export::read_file(&text, &mut counted)?,
        _ => return Err(super::unknown_format().into()),
    }
    if count == 0 {
        let what = "the file lists no activities";
        return Err(Refusal::new(Reason::NotAnActivity, what).into());
    }
    Ok(())
}

/// Reads a log as one recording, for callers that do not need entries.
pub fn read(bytes: &[u8]) -> Result<Recording, Refusal> {
    let mut recording = Recording::default();
    let read = read_log(bytes, &Habits::default(), &mut |entry: Entry| {
        recording.warnings.extend(entry.warnings);
        match entry.session {
            Ok(session) => push(&mut recording.sessions, session, MAX_SESSIONS, "activities")?,
            Err(Refusal { message, .. }) => {
                recording.warnings.push(format!("{}: {message}", entry.name).into());
            }
        }
        Ok::<_, Refusal>(())
    });
    read.map_err(|broken| match broken {
        Broken::File(refusal) | Broken::Reader(refusal) => refusal,
    })?;
    Ok(recording)
}
