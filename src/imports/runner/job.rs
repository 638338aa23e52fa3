//! One import, file by file.

use std::{
    cell::RefCell,
    io::Read,
    rc::Rc,
    time::{Duration, Instant},
};

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use tokio::runtime::Runtime;

use super::{
    Parts,
    chunk_reader::{ChunkReader, Trouble},
    keep::{self, Brought, Source},
    strava::Entry,
    unpack::Budgeted,
    walk::Stop,
};
use crate::{
    imports::{
        intake::Material,
        store::{self, CHUNK_BYTES, Claimed, FIRST_NESTED, Part},
        upload::shown,
    },
    jobs::give_way,
    recordings::{self, Reason, Refusal},
};

/// How often its owner is told how many files there are.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// A file that killed its readers so often is left alone.
const MAX_ATTEMPTS: i32 = 3;

/// What an upload may unpack to: this, and so many times its own size. Files of text are packed to a
/// twentieth.
const BUDGET: u64 = 256 * 1024 * 1024;
const BUDGET_RATIO: u64 = 64;

/// See the module.
pub struct Job<'a, F> {
    parts: &'a Parts,
    claimed: &'a Claimed,
    runtime: Rc<Runtime>,
    writer: &'a mut AsyncPgConnection,
    reader: Rc<AsyncPgConnection>,
    trouble: Trouble,
    tell: F,
    uploaded: Vec<Part>,
    /// The first file without an outcome, and the one that comes next.
    first: i32,
    number: i32,
    found: i32,
    ignored: i32,
    copies: i32,
    /// How many bytes more may be unpacked.
    pub budget: u64,
    told: Option<Instant>,
}

impl<'a, F: Fn((i32, i32))> Job<'a, F> {
    pub fn new(
        parts: &'a Parts,
        claimed: &'a Claimed,
        runtime: Rc<Runtime>,
        writer: &'a mut AsyncPgConnection,
        reader: Rc<AsyncPgConnection>,
        tell: F,
    ) -> QueryResult<Self> {
        let (uploaded, first) = runtime.block_on(async {
            store::forget_nested(&reader, claimed.id, FIRST_NESTED).await?;
            let uploaded = store::parts(&reader, claimed.id).await?;
            QueryResult::Ok((uploaded, store::next_number(&reader, claimed.id).await?))
        })?;
        let uploaded_bytes = u64::try_from(claimed.bytes).unwrap_or_default();
        Ok(Self {
            parts,
            claimed,
            runtime,
            writer,
            reader,
            trouble: Rc::new(RefCell::new(None)),
            tell,
            uploaded,
            first,
            number: 0,
            found: 0,
            ignored: 0,
            copies: 0,
            budget: BUDGET + BUDGET_RATIO.saturating_mul(uploaded_bytes),
            told: None,
        })
    }

    /// From the first file without an outcome to the last.
    pub fn run(&mut self) -> Result<(), Stop> {
        self.found(self.uploaded.len())?;
        for part in self.uploaded.clone() {
            let source = self.open(&part);
            self.walk(&part.name, source, 0)?;
        }
        self.told = None;
        self.tell()
    }

    pub fn may_restore(&self) -> bool {
        self.claimed.may_restore
    }

    /// How many files have been seen.
    pub fn files(&self) -> i32 {
        self.number
    }

    fn open(&self, part: &Part) -> ChunkReader {
        let (runtime, conn) = (Rc::clone(&self.runtime), Rc::clone(&self.reader));
        ChunkReader::new(runtime, conn, self.claimed.id, part, Rc::clone(&self.trouble))
    }

    /// Ends the job where reading failed for a reason that is none of the file's.
    pub fn check(&mut self) -> Result<(), Stop> {
        match self.trouble.take() {
            Some(stop) => Err(stop),
            None if self.budget == 0 => Err(Stop::Bomb),
            None if self.parts.stopping.has_begun() => Err(Stop::Leaving),
            None => Ok(()),
        }
    }

    pub fn found(&mut self, more: usize) -> Result<(), Stop> {
        self.found = self.found.saturating_add(i32::try_from(more).unwrap_or(i32::MAX));
        self.told = None;
        self.tell()
    }

    pub fn ignored(&mut self) -> Result<(), Stop> {
        self.ignored += 1;
        self.tell()
    }

    /// Whether the next file has its outcome from before.
    pub fn is_over(&self) -> bool {
        self.number < self.first
    }

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

    /// Of a file that has its outcome, nothing more is made.
    pub fn outcome(
        &mut self,
        name: &str,
        make: impl FnOnce() -> Result<Brought, Refusal>,
    ) -> Result<(), Stop> {
        let (number, is_over) = (self.number, self.is_over());
        self.number += 1;
        if is_over {
            return self.tell();
        }
        self.check()?;
        let material = if number == self.first && self.claimed.attempts > MAX_ATTEMPTS {
            Err(Refusal::new(Reason::GaveUp, "reading it failed again and again"))
        } else {
            make()
        };
        let name = shown(name);
        let source = Source { claimed: self.claimed, number, name: &name };
        let kept = keep::keep(self.writer, self.parts, source, material);
        if !self.runtime.block_on(kept)? {
            return Err(Stop::Lost);
        }
        give_way();
        self.tell()
    }

    /// Copies an archive that is in another to where it can be read in any order. `Err` when it cannot
    /// be unpacked.
    pub fn copy(
        &mut self,
        name: &str,
        source: impl Read,
    ) -> Result<Result<(i32, ChunkReader), Refusal>, Stop> {
        let part = FIRST_NESTED + self.copies;
        self.copies += 1;
        let (id, runtime) = (self.claimed.id, Rc::clone(&self.runtime));
        runtime.block_on(store::add_part(&self.reader, id, part, &shown(name)))?;
        let mut source = Budgeted { source, left: &mut self.budget };
        let (mut bytes, mut number) = (0, 0);
        loop {
            let mut chunk = Vec::new();
            let read = (&mut source).take(CHUNK_BYTES as u64).read_to_end(&mut chunk);
            if let Err(error) = read {
                self.check()?;
                self.forget_copy(part)?;
                return Ok(Err(Refusal::malformed(error)));
            }
            if chunk.is_empty() {
                break;
            }
            runtime.block_on(store::add_chunk(&self.reader, id, part, number, &chunk))?;
            bytes += i64::try_from(chunk.len()).unwrap_or_default();
            number += 1;
        }
        runtime.block_on(store::end_part(&self.reader, id, part, bytes))?;
        let source = self.open(&Part { part, name: name.to_owned(), bytes });
        Ok(Ok((part, source)))
    }

    pub fn forget_copy(&mut self, part: i32) -> Result<(), Stop> {
        self.runtime.block_on(store::forget_nested(&self.reader, self.claimed.id, part))?;
        Ok(())
    }

    /// Tells now and then how far it is, and keeps the job.
    fn tell(&mut self) -> Result<(), Stop> {
        if self.told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
            return Ok(());
        }
        self.told = Some(Instant::now());
        (self.tell)((self.found, self.number + self.ignored));
        let counts = (self.found, self.ignored);
        let kept = store::found(&self.reader, self.claimed, self.parts.config.lease, counts);
        if self.runtime.block_on(kept)? { Ok(()) } else { Err(Stop::Lost) }
    }
}

/// The name of what was in the archive, unpacked.
pub fn original_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    shown(name.strip_suffix(".gz").unwrap_or(name))
}
