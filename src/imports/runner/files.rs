//! Outcomes of files: those that are read, activities without a file, and files that are left out.

use std::{borrow::Cow, mem};

use super::{
    job::Job, keep::Parsed, listed::Listed, stop::JobEnd, unpack::DAMAGED, unread::unread,
};
use crate::{
    activities::originals::PackedFile,
    imports::{ingest::ImportItem, upload::shown},
    recordings::{self, Reason, Recording, Refusal},
};

/// Maximum number of files in archives that an import reads.
pub const MAX_FILES: usize = 10_000;

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Stores a file with its outcome. `listed` is what its archive says about it. If the file
    /// cannot be read, the activity is stored from `listed` alone.
    pub fn file(
        &mut self,
        name: &str,
        file: Result<PackedFile, Refusal>,
        listed: Option<&Listed>,
    ) -> Result<(), JobEnd> {
        // Taken out, because the job is borrowed while it stores the file.
        let mut summaries = mem::take(&mut self.summaries);
        let recorded = || {
            let file = file?;
            let read = recordings::read(file.reader());
            let Recording { mut sessions, mut warnings, exported_from } =
                read.map_err(|refusal| explained(refusal, name, &file))?;
            if file.is_damaged {
                warnings.insert(0, DAMAGED.into());
            }
            let called = match listed {
                Some(listed) => {
                    listed.complete(&mut sessions);
                    warnings.extend(listed.warnings.iter().cloned().map(Cow::from));
                    Some(listed.name())
                }
                None => summaries.complete(&mut sessions),
            };
            let original = Some((original_name(name), file));
            let name = called;
            let material =
                ImportItem { original, sessions, name, exported_from, ..ImportItem::default() };
            Ok(Parsed::recorded(material, warnings))
        };
        let kept = self.outcome(name, || {
            recorded().or_else(|refusal| without_file(listed, &refusal).ok_or(refusal))
        });
        self.summaries = summaries;
        kept
    }

    /// Stores an activity that was logged without a file.
    pub fn logged(&mut self, list: &str, listed: &Listed) -> Result<(), JobEnd> {
        let name = format!("{list}: {}", listed.id);
        self.outcome(&name, || {
            let material = of_table(listed).ok_or_else(|| untold(listed))?;
            Ok(Parsed::recorded(material, Vec::new()).with_warnings(listed.warnings.clone()))
        })
    }

    /// Stores several activities that were logged without a file.
    pub fn all_logged<'a>(
        &mut self,
        all: impl ExactSizeIterator<Item = (&'a str, &'a Listed)>,
    ) -> Result<(), JobEnd> {
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

    /// Refuses a file, because the import has more than `MAX_FILES`.
    pub fn left_out(&mut self, name: &str) -> Result<(), JobEnd> {
        let what = format!("an import can have at most {MAX_FILES} files: split it");
        self.outcome(name, || Err(Refusal::new(Reason::TooManyFiles, what)))
    }
}

/// An activity as its table describes it.
fn of_table(listed: &Listed) -> Option<ImportItem> {
    let (sessions, name) = (vec![listed.session()?], Some(listed.name()));
    Some(ImportItem { sessions, name, ..ImportItem::default() })
}

/// An activity as its table describes it, if its file cannot be read.
fn without_file(listed: Option<&Listed>, refusal: &Refusal) -> Option<Parsed> {
    let listed = listed?;
    let warning = format!("its file was not read: {}", refusal.message);
    let brought = Parsed::recorded(of_table(listed)?, vec![warning.into()]);
    Some(brought.with_warnings(listed.warnings.clone()))
}

/// The refusal of an activity whose table lacks the start or the duration.
fn untold(listed: &Listed) -> Refusal {
    let is_dated = listed.started_at.is_some();
    let what = if is_dated { "how long the activity took" } else { "when the activity began" };
    let reason = if is_dated { Reason::Malformed } else { Reason::NoStartTime };
    Refusal::new(reason, format!("the table does not say {what}"))
}

/// Adds what is known about a format that is not supported.
fn explained(refusal: Refusal, name: &str, file: &PackedFile) -> Refusal {
    let head = recordings::head(&mut file.reader());
    match head.ok().and_then(|head| unread(name, &head)) {
        Some(unread) if refusal.reason == Reason::UnknownFormat => {
            Refusal::new(Reason::UnknownFormat, unread.message)
        }
        _ => refusal,
    }
}

/// The file name of an archive's entry, after unpacking.
pub fn original_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    shown(name.strip_suffix(".gz").unwrap_or(name))
}
