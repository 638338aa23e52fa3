//! Logs: files that list activities. Each activity counts as a file, with the recording beside it.

use std::{collections::HashSet, io::Read, mem};

use flate2::read::MultiGzDecoder;

use super::{
    archive::{self, Archive},
    files::original_name,
    job::Job,
    keep::Parsed,
    stop::JobEnd,
    unpack::{Budgeted, DAMAGED, repack, unpacked},
};
use crate::{
    activities::originals::PackedFile,
    imports::ingest::ImportItem,
    recordings::{self, Entry, Format, Refusal, Session, apple::Broken},
    sport::OTHER,
};

/// The table in a Runkeeper archive, whose other files are the recordings.
const RUNKEEPER: &str = "cardioactivities.csv";

/// The name and the file of a recording.
type RecordingFile = (String, Result<PackedFile, Refusal>);

/// The archive that contains a log.
pub struct Beside<'a> {
    archive: &'a mut Archive,
    folder: String,
    /// The entries that belong to the log.
    taken: HashSet<usize>,
}

/// Whether a file that starts with `head` is a log, compressed or not.
pub fn is_log(head: &[u8]) -> bool {
    let mut unpacked = Vec::new();
    let format = match Format::of(head) {
        Some(Format::Gzip) => {
            // The head is incomplete, so an error is expected.
            let _ = MultiGzDecoder::new(head).take(Format::HEAD).read_to_end(&mut unpacked);
            Format::of(&unpacked)
        }
        format => format,
    };
    format.is_some_and(Format::is_log)
}

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Stores the activities of a log.
    pub fn walk_log(
        &mut self,
        name: &str,
        source: impl Read,
        mut beside: Option<&mut Beside<'_>>,
    ) -> Result<(), JobEnd> {
        let source = Budgeted { source, left: &mut self.budget };
        let content = unpacked(source);
        self.check()?;
        let (content, mut is_damaged) = match content {
            Ok(content) => content,
            Err(refusal) => return self.file(name, Err(refusal), None),
        };
        let habits = self.habits()?;
        let mut is_first = true;
        let read = recordings::read_log(&content, &habits, &mut |mut entry: Entry| {
            if mem::take(&mut is_damaged) {
                entry.warnings.push(DAMAGED.into());
            }
            let recording = match beside.as_deref_mut() {
                Some(beside) => self.recording(beside, &entry)?,
                None => None,
            };
            // The log itself has already been counted as one file, and so has each recording.
            if recording.is_none() && !mem::take(&mut is_first) {
                self.found(1)?;
            }
            self.entry(name, entry, recording)
        });
        match read {
            Ok(()) if is_first => {
                self.ignore(name, Some("the file contains no activities".to_owned()))
            }
            Ok(()) => Ok(()),
            Err(Broken::Reader(stop)) => Err(stop),
            Err(Broken::File(refusal)) => {
                if !is_first {
                    self.found(1)?;
                }
                self.file(name, Err(refusal), None)
            }
        }
    }

    /// Reads the table of a Runkeeper archive with its recordings; returns the
    /// entries that were read.
    pub fn runkeeper(&mut self, archive: &mut Archive) -> Result<HashSet<usize>, JobEnd> {
        let found = archive.file_names().flatten().enumerate().find_map(|(index, name)| {
            let lower = name.to_ascii_lowercase();
            let folder = name.get(..lower.strip_suffix(RUNKEEPER)?.len())?.to_owned();
            Some((index, name.to_string(), folder))
        });
        let Some((index, name, folder)) = found else { return Ok(HashSet::new()) };
        // The recordings are read at the same time, which takes a second reader of the archive.
        let mut other = archive.clone();
        let Ok(mut entry) = other.by_index(index) else { return Ok(HashSet::new()) };
        let mut head = Vec::new();
        if (&mut entry).take(Format::HEAD).read_to_end(&mut head).is_err() {
            self.check()?;
        }
        if Format::of(&head) != Some(Format::Activities) {
            return Ok(HashSet::new());
        }
        let mut beside = Beside { archive, folder, taken: HashSet::from([index]) };
        self.walk_log(&name, head.chain(entry), Some(&mut beside))?;
        Ok(beside.taken)
    }

    /// The name and the file of an entry's recording, if it is in the archive. The file is empty if
    /// it already has an outcome.
    fn recording(
        &mut self,
        beside: &mut Beside<'_>,
        entry: &Entry,
    ) -> Result<Option<RecordingFile>, JobEnd> {
        let Some(name) = &entry.recording else { return Ok(None) };
        let path = format!("{}{name}", beside.folder);
        let Some(index) = beside.archive.index_for_name(&path) else { return Ok(None) };
        if !beside.taken.insert(index) {
            return Ok(None);
        }
        let mut file = Ok(PackedFile::default());
        if !self.is_over() {
            let entry = beside.archive.by_index(index);
            file = entry
                .map_err(|error| archive::unsupported(&error))
                .and_then(|source| repack(Budgeted { source, left: &mut self.budget }));
            self.check()?;
        }
        Ok(Some((path, file)))
    }

    fn entry(
        &mut self,
        log: &str,
        entry: Entry,
        recording: Option<RecordingFile>,
    ) -> Result<(), JobEnd> {
        let Entry { name, source, original, session, mut warnings, .. } = entry;
        let name = match &recording {
            Some((path, _)) => path.clone(),
            None => format!("{log}: {name}"),
        };
        self.outcome(&name, || {
            let session = session?;
            let mut sessions = vec![session];
            let mut original = match original {
                Some((name, text)) => {
                    let file = PackedFile::of(text.as_slice()).map_err(Refusal::malformed)?;
                    Some((name, file))
                }
                None => None,
            };
            if let Some((path, file)) = recording {
                let read = file.and_then(|file| Ok((recordings::read(file.reader())?, file)));
                match (read, sessions.pop()) {
                    (Ok((read, file)), Some(listed)) => {
                        warnings.extend(file.is_damaged.then(|| DAMAGED.into()));
                        warnings.extend(read.warnings);
                        sessions = completed(read.sessions, listed);
                        original = Some((original_name(&path), file));
                    }
                    (read, listed) => {
                        sessions.extend(listed);
                        let refusal = read.err();
                        warnings.extend(refusal.map(|refusal| {
                            format!("its file was not read: {}", refusal.message).into()
                        }));
                    }
                }
            }
            let material = ImportItem { original, sessions, name: source, ..ImportItem::default() };
            Ok(Parsed::recorded(material, warnings))
        })
    }
}

/// The sessions of a recording, completed with what the log says.
fn completed(mut recorded: Vec<Session>, listed: Session) -> Vec<Session> {
    if let Some(first) = recorded.first_mut() {
        first.title = listed.title.or(first.title.take());
        first.notes = listed.notes.or(first.notes.take());
        if listed.activity_type != OTHER {
            first.activity_type = listed.activity_type;
            first.sport_raw = listed.sport_raw;
        }
        for totals in [&mut first.totals, &mut first.measured] {
            let recorded = mem::replace(totals, listed.measured);
            totals.fill(&recorded);
        }
    }
    recorded
}
