//! Log lines to standard output, several in one system call: one for each line costs as much as making the line.
//!
//! A line waits ten milliseconds at most. What warns or tells of an error is written at once, and all before it: whoever
//! looks for the reason of a crash finds it. Of a process that is killed, the answers of the last ten milliseconds may
//! be missing from its log.

use std::{
    io::{self, Write, stdout},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

const WAIT: Duration = Duration::from_millis(10);

/// With so much, nobody waits.
const FULL_BYTES: usize = 32 * 1024;

/// What waits. Cheap to clone; all clones are the same.
#[derive(Clone, Default)]
pub struct Batches(Arc<Waiting>);

#[derive(Default)]
struct Waiting {
    lines: Mutex<Vec<u8>>,
    came: Condvar,
}

/// Writes what still waits when it is dropped: to be kept until the process ends.
pub struct LastBatch(pub Batches);

/// One line on its way.
pub struct Line<'a> {
    batches: &'a Batches,
    is_urgent: bool,
}

impl Batches {
    /// With the thread that writes what nobody else does.
    pub fn start() -> Self {
        let batches = Self::default();
        let writing = batches.clone();
        thread::spawn(move || writing.write_for_ever());
        batches
    }

    fn write_for_ever(&self) {
        loop {
            let lines = self.0.came.wait_while(self.lines(), |lines| lines.is_empty());
            drop(lines);
            thread::sleep(WAIT);
            // Who logs a line learns of it; here nobody could be told.
            let _ = write_out(&mut self.lines());
        }
    }

    fn lines(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LastBatch {
    fn drop(&mut self) {
        let _ = write_out(&mut self.0.lines());
    }
}

fn write_out(lines: &mut Vec<u8>) -> io::Result<()> {
    let written = stdout().write_all(lines);
    lines.clear();
    written
}

impl<'a> MakeWriter<'a> for Batches {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { batches: self, is_urgent: true }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Line<'a> {
        Line { batches: self, is_urgent: *event.level() <= Level::WARN }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut lines = self.batches.lines();
        let is_first = lines.is_empty();
        lines.extend_from_slice(line);
        if self.is_urgent || lines.len() >= FULL_BYTES {
            write_out(&mut lines)?;
        } else if is_first {
            self.batches.0.came.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        write_out(&mut self.batches.lines())
    }
}
