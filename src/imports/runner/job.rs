//! A single import, file by file.

use std::{
    cell::RefCell,
    mem,
    rc::Rc,
    time::{Duration, Instant},
};

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use tokio::runtime::Runtime;

use super::{
    ImportContext,
    chunk_reader::{ChunkReader, ReadFailure},
    garmin::Summaries,
    ignored::Ignored,
    keep::{Parsed, ReadFile},
    keeper::{Keeper, Order},
    refusals::Refusals,
    stop::JobEnd,
};
use crate::{
    error::ApiError,
    imports::{
        store::{self, ClaimedImport, FIRST_NESTED, Part},
        upload::shown,
    },
    priority::{is_spent, yield_if_due},
    recordings::{Habits, Reason, Refusal},
};

/// How often progress is reported.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// The next file is refused if the job has been started more often than this since the last
/// outcome: reading that file probably kills the server.
const MAX_ATTEMPTS: i32 = 3;

/// Limit on the unpacked bytes of an upload: this, plus a multiple of its size. Text files are
/// compressed to a twentieth.
const BUDGET: u64 = 256 * 1024 * 1024;
const BUDGET_RATIO: u64 = 64;

/// Limit on the bytes that are stored of an upload, and copied from archives in it: this, plus a
/// multiple of its size. A file and its series are stored compressed, and take about twice the size
/// of a compressed upload.
const ROOM: u64 = 4 * 1024 * 1024;
const ROOM_RATIO: u64 = 8;

/// A running import.
pub struct Job<'a, F> {
    parts: &'a ImportContext,
    pub(super) claimed: &'a ClaimedImport,
    pub(super) runtime: Rc<Runtime>,
    pub(super) reader: Rc<AsyncPgConnection>,
    keeper: Keeper,
    trouble: ReadFailure,
    tell: F,
    uploaded: Vec<Part>,
    /// The first file without an outcome, and the next file.
    first: i32,
    number: i32,
    found: i32,
    ignored: Ignored,
    pub(super) copies: i32,
    /// How many more bytes may be unpacked.
    pub budget: u64,
    /// How many more bytes may be stored.
    pub(super) room: u64,
    /// How many files of archives have been read.
    pub walked: usize,
    /// What a Garmin archive lists about its files.
    pub summaries: Summaries,
    refusals: Refusals,
    /// Damage to the archives being read, to be reported with the first file in them.
    pub(super) damages: Vec<String>,
    told: Option<Instant>,
}

impl<'a, F: Fn((i32, i32))> Job<'a, F> {
    pub fn new(
        parts: &'a ImportContext,
        claimed: &'a ClaimedImport,
        runtime: Rc<Runtime>,
        reader: Rc<AsyncPgConnection>,
        keeper: Keeper,
        tell: F,
    ) -> QueryResult<Self> {
        let (uploaded, first, refused) = runtime.block_on(async {
            store::delete_nested(&reader, claimed.id, FIRST_NESTED).await?;
            let uploaded = store::parts(&reader, claimed.id).await?;
            let first = store::next_number(&reader, claimed.id).await?;
            QueryResult::Ok((uploaded, first, store::refusals(&reader, claimed.id).await?))
        })?;
        let uploaded_bytes = u64::try_from(claimed.bytes).unwrap_or_default();
        Ok(Self {
            parts,
            claimed,
            runtime,
            reader,
            keeper,
            trouble: Rc::new(RefCell::new(None)),
            tell,
            uploaded,
            first,
            number: 0,
            found: 0,
            ignored: Ignored::default(),
            copies: 0,
            budget: BUDGET + BUDGET_RATIO.saturating_mul(uploaded_bytes),
            room: ROOM + ROOM_RATIO.saturating_mul(uploaded_bytes),
            walked: 0,
            summaries: Summaries::default(),
            refusals: Refusals::new(refused),
            damages: Vec::new(),
            told: None,
        })
    }

    /// Reads all files, from the first one without an outcome.
    pub fn run(&mut self) -> Result<(), JobEnd> {
        let stopped = self.walk_all();
        let stopped = self.settle().and(stopped);
        if matches!(stopped, Ok(()) | Err(JobEnd::Bomb | JobEnd::Spent)) {
            self.write_sums()?;
            self.told = None;
            self.tell()?;
        }
        stopped
    }

    fn walk_all(&mut self) -> Result<(), JobEnd> {
        self.found(self.uploaded.len())?;
        for part in self.uploaded.clone() {
            let source = self.open(&part);
            self.walk(&part.name, source, 0)?;
        }
        Ok(())
    }

    pub fn may_restore(&self) -> bool {
        self.claimed.may_restore
    }

    /// The owner's time zone and units.
    pub fn habits(&self) -> Result<Habits, JobEnd> {
        let habits = store::habits(&self.reader, self.claimed.user_id);
        Ok(self.runtime.block_on(habits)?)
    }

    /// How many files have been read.
    pub fn files(&self) -> i32 {
        self.number
    }

    pub(super) fn open(&self, part: &Part) -> ChunkReader {
        let (runtime, conn) = (Rc::clone(&self.runtime), Rc::clone(&self.reader));
        ChunkReader::new(runtime, conn, self.claimed.id, part, Rc::clone(&self.trouble))
    }

    /// Fails if reading failed and the file is not at fault, or if the job has to stop.
    pub fn check(&mut self) -> Result<(), JobEnd> {
        match self.trouble.take() {
            Some(stop) => Err(stop),
            None if self.budget == 0 || self.room == 0 => Err(JobEnd::Bomb),
            None if is_spent() => Err(JobEnd::Spent),
            None if self.parts.stopping.has_begun() => Err(JobEnd::Leaving),
            None => Ok(()),
        }
    }

    pub fn found(&mut self, more: usize) -> Result<(), JobEnd> {
        self.found = self.found.saturating_add(i32::try_from(more).unwrap_or(i32::MAX));
        self.told = None;
        self.tell()
    }

    /// Ignores a file without listing its name.
    pub fn pass_over(&mut self) -> Result<(), JobEnd> {
        self.ignored.pass_over();
        self.tell()
    }

    /// Does not count a file that was only used to read others.
    pub fn used(&mut self) -> Result<(), JobEnd> {
        self.found -= 1;
        self.tell()
    }

    /// Ignores a file, and lists its name.
    pub fn ignore(&mut self, name: &str, message: Option<String>) -> Result<(), JobEnd> {
        self.ignored.add(name, message);
        self.tell()
    }

    /// Whether the next file already has an outcome.
    pub fn is_over(&self) -> bool {
        self.number < self.first
    }

    /// Stores the next file with its outcome. `make` is not called if the file already has one.
    pub fn outcome(
        &mut self,
        name: &str,
        make: impl FnOnce() -> Result<Parsed, Refusal>,
    ) -> Result<(), JobEnd> {
        let (number, is_over) = (self.number, self.is_over());
        self.number += 1;
        if is_over {
            self.damages.clear();
            return self.tell();
        }
        self.check()?;
        let material = if number == self.first && self.claimed.attempts > MAX_ATTEMPTS {
            Err(Refusal::new(Reason::GaveUp, "reading the file failed repeatedly"))
        } else {
            make()
        };
        if is_spent() {
            return Err(JobEnd::Spent);
        }
        let name = shown(name);
        let material = match material {
            Ok(brought) if number == 0 => Ok(brought.described(self.claimed.details())),
            material => material,
        };
        let material = match material {
            Err(refusal) if self.refusals.is_summed(refusal.reason, number) => {
                self.refusals.sum_up(number, &name, refusal);
                return self.tell();
            }
            material => with_damages(material, mem::take(&mut self.damages)),
        };
        self.write_sums()?;
        let file = ReadFile { number, name, brought: material };
        // If reading has killed the server before, each file is stored before the next one is read.
        let waits = file.is_large() || self.claimed.attempts > 1;
        self.settle()?;
        self.keeper.begin(Order::File(Box::new(file), self.room));
        if waits {
            self.settle()?;
        }
        yield_if_due();
        self.tell()
    }

    /// Waits until what was read is stored.
    fn settle(&mut self) -> Result<(), JobEnd> {
        let taken = self.keeper.settle()?;
        self.room = self.room.saturating_sub(taken);
        Ok(())
    }

    /// Writes the outcomes of refused files that are summed up. They precede the
    /// outcome of the next file.
    fn write_sums(&mut self) -> Result<(), JobEnd> {
        let sums = self.refusals.take();
        if sums.is_empty() {
            return Ok(());
        }
        self.settle()?;
        self.keeper.begin(Order::Sums(sums, self.number));
        self.settle()
    }

    /// Reports progress at intervals, and renews the lease.
    fn tell(&mut self) -> Result<(), JobEnd> {
        if self.told.is_some_and(|told| told.elapsed() < TELL_EVERY) {
            return Ok(());
        }
        self.told = Some(Instant::now());
        self.write_sums()?;
        let ignored = self.ignored.count();
        (self.tell)((self.found, self.number + ignored));
        let lease = self.parts.config.lease;
        let names = self.ignored.news().map_err(ApiError::internal)?;
        let counts = (self.found, ignored);
        let kept = store::found(&self.reader, self.claimed, lease, counts, names.as_deref());
        if self.runtime.block_on(kept)? { Ok(()) } else { Err(JobEnd::Lost) }
    }
}

/// The result of a file, with the damage to the archives around it.
fn with_damages(brought: Result<Parsed, Refusal>, damages: Vec<String>) -> Result<Parsed, Refusal> {
    if damages.is_empty() {
        return brought;
    }
    brought
        .map_err(|refusal| {
            let message = format!("{}; {}", refusal.message, damages.join("; "));
            Refusal::new(refusal.reason, message)
        })
        .map(|brought| brought.with_warnings(damages))
}
