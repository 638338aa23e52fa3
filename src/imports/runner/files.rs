//! What becomes of files: those that are read, logged without one, and left out.

use std::mem;

use super::{job::Job, keep::Brought, listed::Listed, unread::unread, walk::Stop};
use crate::{
    imports::{intake::Material, upload::shown},
    recordings::{self, Reason, Recording, Refusal},
};

/// How many files of archives an import reads.
pub const MAX_FILES: usize = 10_000;

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Keeps what becomes of a file, of which its archive may tell more.
    pub fn file(
        &mut self,
        name: &str,
        content: Result<Vec<u8>, Refusal>,
        listed: Option<&Listed>,
    ) -> Result<(), Stop> {
        // Lent, while the job keeps the file.
        let mut summaries = mem::take(&mut self.summaries);
        let kept = self.outcome(name, || {
            let content = content?;
            let read = recordings::read(&content);
            let Recording { mut sessions, warnings } =
                read.map_err(|refusal| explained(refusal, name, &content))?;
            let called = match listed {
                Some(listed) => {
                    listed.complete(&mut sessions);
                    Some(listed.name())
                }
                None => summaries.complete(&mut sessions),
            };
            let original = Some((original_name(name), content));
            let warning = Some(warnings.join("; ")).filter(|warning| !warning.is_empty());
            Ok(Brought::Recorded(Material { original, sessions, name: called }, warning))
        });
        self.summaries = summaries;
        kept
    }

    /// Keeps what was logged without a file.
    pub fn logged(&mut self, list: &str, listed: &Listed) -> Result<(), Stop> {
        let name = format!("{list}: {}", listed.id);
        self.outcome(&name, || {
            let session = listed.session().ok_or_else(|| {
                Refusal::new(
                    Reason::NoStartTime,
                    "the table does not tell when it began, and how long it took",
                )
            })?;
            let (sessions, name) = (vec![session], Some(listed.name()));
            Ok(Brought::Recorded(Material { original: None, sessions, name }, None))
        })
    }

    /// Keeps several of those.
    pub fn all_logged<'a>(
        &mut self,
        all: impl ExactSizeIterator<Item = (&'a str, &'a Listed)>,
    ) -> Result<(), Stop> {
        self.found(all.len())?;
        for (at, (list, listed)) in all.enumerate() {
            if at < MAX_FILES {
                self.logged(list, listed)?;
            } else {
                self.left_out(&format!("{list}: {}", listed.id))?;
            }
        }
        Ok(())
    }

    /// Leaves out one of more files than are read.
    pub fn left_out(&mut self, name: &str) -> Result<(), Stop> {
        let what = format!("an import reads at most {MAX_FILES} files: divide it");
        self.outcome(name, || Err(Refusal::new(Reason::TooManyFiles, what)))
    }
}

/// With what is known of a format that is not read.
fn explained(refusal: Refusal, name: &str, content: &[u8]) -> Refusal {
    match unread(name, content) {
        Some(unread) if refusal.reason == Reason::UnknownFormat => {
            Refusal::new(Reason::UnknownFormat, unread.message)
        }
        _ => refusal,
    }
}

/// The name of what was in the archive, unpacked.
pub fn original_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    shown(name.strip_suffix(".gz").unwrap_or(name))
}
