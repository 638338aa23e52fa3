//! One import, file by file.

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
    Parts,
    chunk_reader::{ChunkReader, Trouble},
    garmin::Summaries,
    ignored::Ignored,
    keep::{Brought, ReadFile},
    keeper::{Keeper, Order},
    refusals::Refusals,
    stop::Stop,
};
use crate::{
    error::ApiError,
    imports::{
        store::{self, Claimed, FIRST_NESTED, Part},
        upload::shown,
    },
    priority::{give_way, is_spent},
    recordings::{Habits, Reason, Refusal},
};

/// How often its owner is told how many files there are.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// A file that killed its readers so often is left alone.
const MAX_ATTEMPTS: i32 = 3;

/// What an upload may unpack to: this, and so many times its own size. Files of text are packed to a
/// twentieth.
const BUDGET: u64 = 256 * 1024 * 1024;
const BUDGET_RATIO: u64 = 64;

/// How much may be kept of an upload, and copied of archives in it: this, and a multiple of its
/// size. A file and its series are kept compressed, and take about twice the size of a compressed
/// upload.
const ROOM: u64 = 4 * 1024 * 1024;
const ROOM_RATIO: u64 = 8;

/// See the module.
pub struct Job<'a, F> {
    parts: &'a Parts,
    pub(super) claimed: &'a Claimed,
    pub(super) runtime: Rc<Runtime>,
    pub(super) reader: Rc<AsyncPgConnection>,
    keeper: Keeper,
    trouble: Trouble,
    tell: F,
    uploaded: Vec<Part>,
    /// The first file without an outcome, and the one that comes next.
    first: i32,
    number: i32,
    found: i32,
    ignored: Ignored,
    pub(super) copies: i32,
    /// How many bytes more may be unpacked.
    pub budget: u64,
    /// How many more may be kept.
    pub(super) room: u64,
    /// How many files of archives there were.
    pub walked: usize,
    /// What an archive of Garmin tells of its files.
    pub summaries: Summaries,
    refusals: Refusals,
    /// What is wrong with the archives that are read, until it is told of the first file in them.
    pub(super) damages: Vec<String>,
    told: Option<Instant>,
}

impl<'a, F: Fn((i32, i32))> Job<'a, F> {
    pub fn new(
        parts: &'a Parts,
        claimed: &'a Claimed,
        runtime: Rc<Runtime>,
        reader: Rc<AsyncPgConnection>,
        keeper: Keeper,
        tell: F,
    ) -> QueryResult<Self> {
        let (uploaded, first, refused) = runtime.block_on(async {
            store::forget_nested(&reader, claimed.id, FIRST_NESTED).await?;
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

    /// From the first file without an outcome to the last.
    pub fn run(&mut self) -> Result<(), Stop> {
        let stopped = self.walk_all();
        self.settle()?;
        if matches!(stopped, Ok(()) | Err(Stop::Bomb | Stop::Spent)) {
            self.write_sums()?;
            self.told = None;
            self.tell()?;
        }
        stopped
    }

    fn walk_all(&mut self) -> Result<(), Stop> {
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

    /// Where its owner lives, and in which units.
    pub fn habits(&self) -> Result<Habits, Stop> {
        let habits = store::habits(&self.reader, self.claimed.user_id);
        Ok(self.runtime.block_on(habits)?)
    }

    /// How many files have been seen.
    pub fn files(&self) -> i32 {
        self.number
    }

    pub(super) fn open(&self, part: &Part) -> ChunkReader {
        let (runtime, conn) = (Rc::clone(&self.runtime), Rc::clone(&self.reader));
        ChunkReader::new(runtime, conn, self.claimed.id, part, Rc::clone(&self.trouble))
    }

    /// Ends the job where reading failed for a reason that is none of the file's.
    pub fn check(&mut self) -> Result<(), Stop> {
        match self.trouble.take() {
            Some(stop) => Err(stop),
            None if self.budget == 0 || self.room == 0 => Err(Stop::Bomb),
            None if is_spent() => Err(Stop::Spent),
            None if self.parts.stopping.has_begun() => Err(Stop::Leaving),
            None => Ok(()),
        }
    }

    pub fn found(&mut self, more: usize) -> Result<(), Stop> {
        self.found = self.found.saturating_add(i32::try_from(more).unwrap_or(i32::MAX));
        self.told = None;
        self.tell()
    }

    /// Passes over what needs no mention.
    pub fn pass_over(&mut self) -> Result<(), Stop> {
        self.ignored.pass_over();
        self.tell()
    }

    /// Takes a file that was used to read others for none of its own.
    pub fn used(&mut self) -> Result<(), Stop> {
        self.found -= 1;
        self.tell()
    }

    /// Passes over a file, and lists its name.
    pub fn ignore(&mut self, name: &str, message: Option<String>) -> Result<(), Stop> {
        self.ignored.add(name, message);
        self.tell()
    }

    /// Whether the next file has its outcome from before.
    pub fn is_over(&self) -> bool {
        self.number < self.first
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
            self.damages.clear();
            return self.tell();
        }
        self.check()?;
        let material = if number == self.first && self.claimed.attempts > MAX_ATTEMPTS {
            Err(Refusal::new(Reason::GaveUp, "reading it failed again and again"))
        } else {
            make()
        };
        if is_spent() {
            return Err(Stop::Spent);
        }
        let name = shown(name);
        let material = match material {
            Err(refusal) if self.refusals.is_summed(refusal.reason, number) => {
                self.refusals.sum_up(number, &name, refusal);
                return self.tell();
            }
            material => with_damages(material, mem::take(&mut self.damages)),
        };
        self.write_sums()?;
        let file = ReadFile::new(number, name, material)?;
        self.settle()?;
        if file.bytes > self.room {
            return Err(Stop::Bomb);
        }
        self.keeper.begin(Order::File(Box::new(file)));
        // Where reading has killed its server, what came before is kept first.
        if self.claimed.attempts > 1 {
            self.settle()?;
        }
        give_way();
        self.tell()
    }

    /// Waits until what was read is kept.
    fn settle(&mut self) -> Result<(), Stop> {
        let taken = self.keeper.settle()?;
        self.room = self.room.saturating_sub(taken);
        Ok(())
    }

    /// Writes the outcomes of files that are summed up: they come before that of the next file.
    fn write_sums(&mut self) -> Result<(), Stop> {
        let sums = self.refusals.take();
        if sums.is_empty() {
            return Ok(());
        }
        self.settle()?;
        self.keeper.begin(Order::Sums(sums, self.number));
        self.settle()
    }

    /// Tells now and then how far it is, and keeps the job.
    fn tell(&mut self) -> Result<(), Stop> {
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
        if self.runtime.block_on(kept)? { Ok(()) } else { Err(Stop::Lost) }
    }
}

/// What became of a file, with what is wrong with the archives around it.
fn with_damages(
    brought: Result<Brought, Refusal>,
    damages: Vec<String>,
) -> Result<Brought, Refusal> {
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
