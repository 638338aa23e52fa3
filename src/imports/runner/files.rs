//! What becomes of files: those that are read, logged without one, and left out.

use super::{job::Job, keep::Brought, strava::Entry, walk::Stop};
use crate::{
    imports::{intake::Material, upload::shown},
    recordings::{self, Reason, Refusal},
};

/// How many files of archives an import reads.
pub const MAX_FILES: usize = 10_000;

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Keeps what becomes of a file, of which its archive may tell more.
    pub fn file(
        &mut self,
        name: &str,
        content: Result<Vec<u8>, Refusal>,
        entry: Option<&Entry>,
    ) -> Result<(), Stop> {
        self.outcome(name, || {
            let content = content?;
            let mut sessions = recordings::read(&content)?.sessions;
            if let Some((entry, session)) = entry.zip(sessions.first_mut()) {
                entry.complete(session);
            }
            let original = Some((original_name(name), content));
            let name = entry.map(Entry::name);
            Ok(Brought::Recorded(Material { original, sessions, name }))
        })
    }

    /// Keeps what was logged without a file.
    pub fn logged(&mut self, name: &str, entry: &Entry) -> Result<(), Stop> {
        self.outcome(name, || {
            let session = entry.session().ok_or_else(|| {
                Refusal::new(
                    Reason::NoStartTime,
                    "the table does not tell when it began, and how long it took",
                )
            })?;
            let (sessions, name) = (vec![session], Some(entry.name()));
            Ok(Brought::Recorded(Material { original: None, sessions, name }))
        })
    }

    /// Leaves out one of more files than are read.
    pub fn left_out(&mut self, name: &str) -> Result<(), Stop> {
        let what = format!("an import reads at most {MAX_FILES} files: divide it");
        self.outcome(name, || Err(Refusal::new(Reason::TooManyFiles, what)))
    }
}

/// The name of what was in the archive, unpacked.
pub fn original_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    shown(name.strip_suffix(".gz").unwrap_or(name))
}
