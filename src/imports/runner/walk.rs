//! Walks the files of an upload, including those in archives and in archives within them, in an
//! order that is always the same.

use std::io::{Read, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;

use super::{
    archive::{self, Archive, Entry, Opened},
    chunk_reader::ChunkReader,
    files::MAX_FILES,
    garmin::Summaries,
    job::Job,
    listed::Listed,
    log::is_log,
    stop::JobEnd,
    strava::Table,
    unpack::{Budgeted, repack},
    unread::{OFFICE, OFFICE_ENTRY, unread},
};
use crate::{
    account_export::format::{ACTIVITIES, MANIFEST},
    activities::originals::PackedFile,
    imports::upload::shown,
    recordings::{self, Format, Reason, Refusal},
};

/// How many archives a file may be nested in.
const MAX_DEPTH: usize = 3;

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// Walks all files of `source`, which is nested in `depth` archives.
    pub fn walk(
        &mut self,
        name: &str,
        mut source: ChunkReader,
        depth: usize,
    ) -> Result<(), JobEnd> {
        let mut head = Vec::new();
        let read = (&mut source).take(Format::HEAD).read_to_end(&mut head);
        if read.and_then(|_| source.seek(SeekFrom::Start(0))).is_err() {
            self.check()?;
        }
        match Format::of(&head) {
            Some(Format::Zip) if depth < MAX_DEPTH => match opened(source) {
                Ok(opened) => self.walk_opened(name, opened, depth + 1),
                Err(refusal) => self.file(name, Err(refusal), None),
            },
            Some(Format::Zip) => self.file(name, Err(too_deep()), None),
            Some(Format::Gzip) if is_packed_archive(&head) => {
                self.walk_unpacked(name, source, depth)
            }
            Some(Format::AppleHealth) => self.walk_health(name, source, None),
            _ if Table::is_one(&head) => self.walk_table(name, source),
            _ if Summaries::is_list(name) => self.walk_summaries(name, source),
            _ if is_log(&head) => self.walk_log(name, source, None),
            _ => self.read_file(name, source, None),
        }
    }

    /// Reports damage to an archive with the first file in it, or else with the archive itself.
    fn walk_opened(
        &mut self,
        name: &str,
        Opened { archive, damage }: Opened<ChunkReader>,
        depth: usize,
    ) -> Result<(), JobEnd> {
        self.damages.extend(damage.map(|damage| format!("the archive {} {damage}", shown(name))));
        self.walk_archive(name, archive, depth)?;
        if damage.is_none() || self.damages.is_empty() {
            return Ok(());
        }
        self.found(1)?;
        let nothing = Refusal::new(Reason::Truncated, "the archive contains no complete activity");
        self.file(name, Err(nothing), None)
    }

    fn walk_archive(
        &mut self,
        called: &str,
        mut archive: Archive,
        depth: usize,
    ) -> Result<(), JobEnd> {
        if self.account_export(&mut archive)? {
            return Ok(());
        }
        // The archive itself has already been counted as one file.
        self.found(archive.len().saturating_sub(1))?;
        self.ignore_doubled(&archive)?;
        let table = self.table_of(&mut archive)?;
        let outer = self.enter_garmin(called, &mut archive)?;
        let health = self.health(&mut archive)?;
        let runkeeper = self.runkeeper(&mut archive)?;
        for index in 0..archive.len() {
            if health.export == Some(index) || runkeeper.contains(&index) {
                continue;
            }
            let name = match archive.name_for_index(index) {
                Some(Ok(name)) => name.into_owned(),
                Some(Err(_)) | None => format!("entry {index}"),
            };
            let before = self.files();
            if let Some(is_whole) = self.list_of(&table, &name) {
                self.pass_over_list(&name, is_whole)?;
                continue;
            }
            match archive.by_index(index) {
                // Routes were read with their workouts.
                Ok(_) if health.routes.contains(&index) => self.used()?,
                _ if self.walked >= MAX_FILES => self.leave_out(&name)?,
                Ok(entry) => self.walk_entry(&name, entry, depth, table.get(&name))?,
                Err(error) => {
                    self.check()?;
                    self.file(&name, Err(archive::unsupported(&error)), table.get(&name))?;
                }
            }
            self.walked += usize::from(self.files() > before);
        }
        self.leave_garmin(outer)
    }

    /// Lists the entries that cannot be read, because later ones have the same names.
    fn ignore_doubled(&mut self, archive: &Archive) -> Result<(), JobEnd> {
        let (start, entries) = (archive.central_directory_start(), archive.len());
        let doubled = archive::doubled(start, entries, archive.clone().into_inner());
        self.check()?;
        self.found(doubled.len())?;
        doubled.iter().try_for_each(|name| {
            let what = "another file in the archive has the same name: unpack the archive, and rename one of them";
            self.ignore(name, Some(what.to_owned()))
        })
    }

    /// Whether a list of activities was read completely; `None` for other files.
    fn list_of(&self, table: &Table, name: &str) -> Option<bool> {
        let of_table = || (table.name == name).then_some(table.is_whole);
        self.summaries.list(name).or_else(of_table)
    }

    fn leave_out(&mut self, name: &str) -> Result<(), JobEnd> {
        if is_named_as_recording(name) || name.to_ascii_lowercase().ends_with(".zip") {
            self.left_out(name)
        } else {
            self.ignore(name, None)
        }
    }

    fn walk_entry(
        &mut self,
        name: &str,
        mut entry: Entry<'_>,
        depth: usize,
        known: Option<&Listed>,
    ) -> Result<(), JobEnd> {
        if entry.is_dir() || name.starts_with("__MACOSX/") {
            return self.pass_over();
        }
        if entry.size() == 0 {
            let what = "the file is empty";
            return match known {
                Some(_) => self.file(name, Err(Refusal::new(Reason::Truncated, what)), known),
                None => self.ignore(name, Some(what.to_owned())),
            };
        }
        if let Some(refusal) = archive::unpackable(&entry) {
            return self.file(name, Err(refusal), known);
        }
        let mut head = Vec::new();
        if (&mut entry).take(Format::HEAD).read_to_end(&mut head).is_err() {
            self.check()?;
        }
        let (size, is_cut) = (entry.size(), archive::is_cut(&entry));
        match Format::of(&head) {
            Some(Format::Zip) if depth < MAX_DEPTH => {
                self.walk_copy(name, head.chain(entry), depth)
            }
            Some(Format::Zip) => self.file(name, Err(too_deep()), known),
            Some(Format::Gzip) if is_packed_archive(&head) => {
                self.walk_unpacked(name, head.chain(entry), depth)
            }
            Some(Format::Fit)
                if self.summaries.is_archive
                    && let Some(kind) = recordings::other_kind(&head, size) =>
            {
                self.ignore(name, Some(format!("the file contains {kind}, not an activity")))
            }
            Some(_) if is_cut => self.file(name, Err(archive::cut_off()), known),
            _ if is_log(&head) => self.walk_log(name, head.chain(entry), None),
            None if !is_named_as_recording(name) => match unread(name, &head) {
                Some(unread) if unread.may_be_activity => {
                    self.read_file(name, head.chain(entry), known)
                }
                unread => self.ignore(name, unread.map(|unread| unread.message.to_owned())),
            },
            _ => self.read_file(name, head.chain(entry), known),
        }
    }

    /// Walks an archive that can be read only once: it is copied first.
    fn walk_copy(&mut self, name: &str, source: impl Read, depth: usize) -> Result<(), JobEnd> {
        let (part, source) = match self.copy(name, source)? {
            Ok(copy) => copy,
            Err(refusal) => return self.file(name, Err(refusal), None),
        };
        self.walk(name, source, depth)?;
        self.delete_copy(part)
    }

    /// Walks an archive that is compressed with gzip.
    fn walk_unpacked(&mut self, name: &str, source: impl Read, depth: usize) -> Result<(), JobEnd> {
        if depth >= MAX_DEPTH {
            return self.file(name, Err(too_deep()), None);
        }
        let inner = name.strip_suffix(".gz").unwrap_or(name);
        self.walk_copy(inner, MultiGzDecoder::new(source), depth + 1)
    }

    fn read_file(
        &mut self,
        name: &str,
        source: impl Read,
        known: Option<&Listed>,
    ) -> Result<(), JobEnd> {
        if self.is_over() {
            return self.file(name, Ok(PackedFile::default()), None);
        }
        let file = repack(Budgeted { source, left: &mut self.budget });
        self.check()?;
        self.file(name, file, known)
    }
}

/// Opens an archive that may contain activities.
fn opened(source: ChunkReader) -> Result<Opened<ChunkReader>, Refusal> {
    let opened = archive::open(source)?;
    let has = |name| opened.archive.index_for_name(name).is_some();
    let refused = |reason, what| Err(Refusal::new(reason, what));
    match () {
        () if opened.archive.is_empty() => refused(Reason::NotAnActivity, "the archive is empty"),
        () if has(OFFICE_ENTRY) => refused(Reason::UnknownFormat, OFFICE.message),
        // Files imported without the rest of the export would conflict with a
        // later import of all of it.
        () if opened.damage.is_some() && has(ACTIVITIES) && !has(MANIFEST) => {
            refused(Reason::Truncated, "this account export is cut off: download it again")
        }
        () => Ok(opened),
    }
}

fn too_deep() -> Refusal {
    let what = format!(
        "archives nested more than {MAX_DEPTH} levels deep are not supported: unpack the archive, \
         and import its content"
    );
    Refusal::new(Reason::UnknownFormat, what)
}

/// Whether gzip contains an archive, or gzip again.
fn is_packed_archive(head: &[u8]) -> bool {
    let mut unpacked = Vec::new();
    // The head is incomplete, so an error is expected.
    let _ = MultiGzDecoder::new(head).take(Format::HEAD).read_to_end(&mut unpacked);
    matches!(Format::of(&unpacked), Some(Format::Zip | Format::Gzip))
}

/// Whether the name of a file suggests that it is a recording, so that people expect it to be read.
fn is_named_as_recording(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    [".fit", ".gpx", ".tcx", ".kml"].iter().any(|ending| name.ends_with(ending))
}
