//! Which files there are in an upload, in an order that is the same every time: those in archives, and in
//! archives in them, too.

use std::io::{Read, Seek, SeekFrom};

use zip::{ZipArchive, read::ZipFile};

use super::{
    archive,
    chunk_reader::ChunkReader,
    files::MAX_FILES,
    job::Job,
    log::is_log,
    strava::{Entry, Table},
    unpack::{Budgeted, unpack},
};
use crate::{
    error::ApiError,
    recordings::{Format, MAX_FILE_BYTES, Reason, Refusal},
};

/// How many archives may be around a file.
const MAX_DEPTH: usize = 3;

/// What is looked at to see what a file is.
const HEAD: u64 = 16 * 1024;

/// Why a job ends before its end.
#[derive(Debug)]
pub enum Stop {
    /// It was cancelled, or somebody else works on it.
    Lost,
    /// The server is stopping.
    Leaving,
    /// It unpacks to more than anybody needs, or more of it would be kept.
    Bomb,
    /// It takes more of a processor than it may.
    Spent,
    Error(ApiError),
}

impl<E: Into<ApiError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl<F: Fn((i32, i32))> Job<'_, F> {
    /// All files of `source`, which has `depth` archives around it.
    pub fn walk(&mut self, name: &str, mut source: ChunkReader, depth: usize) -> Result<(), Stop> {
        let mut head = Vec::new();
        let read = (&mut source).take(HEAD).read_to_end(&mut head);
        if read.and_then(|_| source.seek(SeekFrom::Start(0))).is_err() {
            self.check()?;
        }
        match Format::of(&head) {
            Some(Format::Zip) if depth < MAX_DEPTH => match archive::open(source) {
                Ok(archive) if archive.is_empty() => {
                    let what = "there is nothing in this archive";
                    self.file(name, Err(Refusal::new(Reason::NotAnActivity, what)), None)
                }
                Ok(archive) => self.walk_archive(archive, depth + 1),
                Err(refusal) => self.file(name, Err(refusal), None),
            },
            Some(Format::AppleHealth) => self.walk_health(name, source, None),
            _ if is_log(&head) => self.walk_log(name, source, None),
            _ => self.read_file(name, source, None),
        }
    }

    fn walk_archive(
        &mut self,
        mut archive: ZipArchive<ChunkReader>,
        depth: usize,
    ) -> Result<(), Stop> {
        if self.takeout(&mut archive)? {
            return Ok(());
        }
        // The archive itself was counted as one.
        self.found(archive.len().saturating_sub(1))?;
        let table = self.strava(&mut archive)?;
        let health = self.health(&mut archive)?;
        let runkeeper = self.runkeeper(&mut archive)?;
        for index in 0..archive.len() {
            if health.is_some_and(|health| health == index) || runkeeper.contains(&index) {
                continue;
            }
            let name = match archive.name_for_index(index) {
                Some(Ok(name)) => name.into_owned(),
                Some(Err(_)) | None => format!("entry {index}"),
            };
            if self.walked >= MAX_FILES {
                if is_named_as_recording(&name) || name.to_ascii_lowercase().ends_with(".zip") {
                    self.left_out(&name)?;
                } else {
                    self.ignored()?;
                }
                continue;
            }
            let before = self.files();
            match archive.by_index(index) {
                // Routes came with their workouts.
                Ok(_) if health.is_some() && name.contains("workout-routes/") => self.ignored()?,
                Ok(entry) => self.walk_entry(&name, entry, depth, table.get(&name))?,
                Err(error) => {
                    self.check()?;
                    let what = format!("this entry cannot be unpacked: {error}");
                    self.file(&name, Err(Refusal::new(Reason::UnsupportedEntry, what)), None)?;
                }
            }
            self.walked += usize::from(self.files() > before);
        }
        Ok(())
    }

    fn walk_entry(
        &mut self,
        name: &str,
        mut entry: ZipFile<'_, ChunkReader>,
        depth: usize,
        known: Option<&Entry>,
    ) -> Result<(), Stop> {
        if entry.is_dir() || entry.size() == 0 || name.starts_with("__MACOSX/") {
            return self.ignored();
        }
        let mut head = Vec::new();
        if (&mut entry).take(HEAD).read_to_end(&mut head).is_err() {
            self.check()?;
        }
        match Format::of(&head) {
            Some(Format::Zip) if depth < MAX_DEPTH => {
                let copy = self.copy(name, head.chain(entry))?;
                let (part, source) = match copy {
                    Ok(copy) => copy,
                    Err(refusal) => return self.file(name, Err(refusal), None),
                };
                self.walk(name, source, depth)?;
                self.forget_copy(part)
            }
            // What is in the table of Strava was kept.
            _ if is_log(&head) && Table::prefix_of(name).is_none() => {
                self.walk_log(name, head.chain(entry), None)
            }
            None if !is_named_as_recording(name) => self.ignored(),
            _ => self.read_file(name, head.chain(entry), known),
        }
    }

    /// The table of an archive of Strava; what is in it without a file is kept.
    fn strava(&mut self, archive: &mut ZipArchive<ChunkReader>) -> Result<Table, Stop> {
        let found = archive.file_names().flatten().find_map(|name| {
            Table::prefix_of(&name).map(|prefix| (name.to_string(), prefix.to_owned()))
        });
        let Some((name, prefix)) = found else { return Ok(Table::default()) };
        let Ok(entry) = archive.by_name(&name) else { return Ok(Table::default()) };
        let limited = entry.take(MAX_FILE_BYTES as u64);
        let table = Table::read(Budgeted { source: limited, left: &mut self.budget }, &prefix);
        self.check()?;
        self.found(table.others.len())?;
        for (index, entry) in table.others.iter().enumerate() {
            let name = format!("{name}: {}", entry.name().1);
            if index < MAX_FILES { self.logged(&name, entry)? } else { self.left_out(&name)? }
        }
        Ok(table)
    }

    fn read_file(
        &mut self,
        name: &str,
        source: impl Read,
        known: Option<&Entry>,
    ) -> Result<(), Stop> {
        if self.is_over() {
            return self.file(name, Ok(Vec::new()), None);
        }
        let content = unpack(Budgeted { source, left: &mut self.budget });
        self.check()?;
        self.file(name, content, known)
    }
}

/// Whether somebody who put it there expects it to be read.
fn is_named_as_recording(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    [".fit", ".gpx", ".tcx", ".kml"].iter().any(|ending| name.ends_with(ending))
}
