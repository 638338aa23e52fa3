//! Logs: each activity that they list is a file of its own, with the recording that lies beside it.

use std::{collections::HashSet, io::Read, mem};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::{
    chunk_reader::ChunkReader,
    files::original_name,
    job::Job,
    keep::Brought,
    unpack::{Budgeted, unpack},
    walk::Stop,
};
use crate::{
    activities::sports::OTHER,
    imports::intake::Material,
    recordings::{self, Entry, Format, Session, apple::Broken},
};

/// How long a piece of a packed file is looked at.
const HEAD: u64 = 16 * 1024;

/// The table in an archive of Runkeeper, whose other files are the recordings.
const RUNKEEPER: &str = "cardioactivities.csv";

/// The archive around a log.
pub struct Beside<'a> {
    archive: &'a mut ZipArchive<ChunkReader>,
    folder: String,
    /// Its entries that belong to the log.
    taken: HashSet<usize>,
}

/// Whether a file that begins so is a log, packed or not.
pub fn is_log(head: &[u8]) -> bool {
    let mut unpacked = Vec::new();
    let format = match Format::of(head) {
        Some(Format::Gzip) => {
            // It ends in the middle.
            let _ = MultiGzDecoder::new(head).take(HEAD).read_to_end(&mut unpacked);
            Format::of(&unpacked)
        }
        format => format,
    };
    format.is_some_and(Format::is_log)
}

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Keeps the activities of a log.
    pub fn walk_log(
        &mut self,
        name: &str,
        source: impl Read,
        mut beside: Option<&mut Beside<'_>>,
    ) -> Result<(), Stop> {
        let content = unpack(Budgeted { source, left: &mut self.budget });
        self.check()?;
        let content = match content {
            Ok(content) => content,
            Err(refusal) => return self.file(name, Err(refusal), None),
        };
        let habits = self.habits()?;
        let mut is_first = true;
        let read = recordings::read_log(&content, &habits, &mut |entry: Entry| {
            let recording = match beside.as_deref_mut() {
                Some(beside) => self.recording(beside, &entry)?,
                None => None,
            };
            // The log itself was counted as one, and so was each recording.
            if recording.is_none() && !mem::take(&mut is_first) {
                self.found(1)?;
            }
            self.entry(name, entry, recording)
        });
        match read {
            Ok(()) if is_first => self.ignore(name, Some("there is no activity in it".to_owned())),
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

    /// The table of an archive of Runkeeper with its recordings; the entries that are read by that.
    pub fn runkeeper(
        &mut self,
        archive: &mut ZipArchive<ChunkReader>,
    ) -> Result<HashSet<usize>, Stop> {
        let found = archive.file_names().flatten().enumerate().find_map(|(index, name)| {
            let lower = name.to_ascii_lowercase();
            let folder = name.get(..lower.strip_suffix(RUNKEEPER)?.len())?.to_owned();
            Some((index, name.to_string(), folder))
        });
        let Some((index, name, folder)) = found else { return Ok(HashSet::new()) };
        // Read beside the recordings, so from a second reader of the same archive.
        let mut other = archive.clone();
        let Ok(mut entry) = other.by_index(index) else { return Ok(HashSet::new()) };
        let mut head = Vec::new();
        if (&mut entry).take(HEAD).read_to_end(&mut head).is_err() {
            self.check()?;
        }
        if Format::of(&head) != Some(Format::Activities) {
            return Ok(HashSet::new());
        }
        let mut beside = Beside { archive, folder, taken: HashSet::from([index]) };
        self.walk_log(&name, head.chain(entry), Some(&mut beside))?;
        Ok(beside.taken)
    }

    /// The name and the content of an entry's recording, if it is in the archive; without content
    /// when that has its outcome or cannot be unpacked.
    fn recording(
        &mut self,
        beside: &mut Beside<'_>,
        entry: &Entry,
    ) -> Result<Option<(String, Vec<u8>)>, Stop> {
        let Some(name) = &entry.recording else { return Ok(None) };
        let path = format!("{}{name}", beside.folder);
        let Some(index) = beside.archive.index_for_name(&path) else { return Ok(None) };
        if !beside.taken.insert(index) {
            return Ok(None);
        }
        let mut content = Vec::new();
        if !self.is_over()
            && let Ok(file) = beside.archive.by_index(index)
        {
            let unpacked = unpack(Budgeted { source: file, left: &mut self.budget });
            self.check()?;
            content = unpacked.unwrap_or_default();
        }
        Ok(Some((path, content)))
    }

    fn entry(
        &mut self,
        log: &str,
        entry: Entry,
        recording: Option<(String, Vec<u8>)>,
    ) -> Result<(), Stop> {
        let Entry { name, source, original, session, mut warnings, .. } = entry;
        let name = match &recording {
            Some((path, _)) => path.clone(),
            None => format!("{log}: {name}"),
        };
        self.outcome(&name, || {
            let session = session?;
            let (mut sessions, mut original) = (vec![session], original);
            if let Some((path, content)) = recording
                && let Ok(read) = recordings::read(&content)
                && let Some(listed) = sessions.pop()
            {
                warnings.extend(read.warnings);
                sessions = told(read.sessions, listed);
                original = Some((original_name(&path), content));
            }
            let warning = Some(warnings.join("; ")).filter(|warning| !warning.is_empty());
            Ok(Brought::Recorded(Material { original, sessions, name: source }, warning))
        })
    }
}

/// The sessions of a recording, of which a log says more.
fn told(mut recorded: Vec<Session>, listed: Session) -> Vec<Session> {
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
