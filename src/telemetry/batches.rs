//! Log lines in batches, several in one system call: one for each line costs as much as making the line. So does waking
//! a thread for each, which writes them as `tracing-appender` does.
//!
//! A line waits ten milliseconds at most. What warns or tells of an error is written at once, and all before it: whoever
//! looks for the reason of a crash finds it. Of a process that is killed, the answers of the last ten milliseconds may
//! be missing from its log.

use std::{
    io::{self, BufWriter, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

const WAIT: Duration = Duration::from_millis(10);

/// Lines that do not fit have those before them written.
const BUFFER_BYTES: usize = 32 * 1024;

/// What waits to be written to `W`. All clones are the same.
pub struct Batches<W: Write>(Arc<Waiting<W>>);

struct Waiting<W: Write> {
    lines: Mutex<BufWriter<W>>,
    came: Condvar,
}

/// Writes what still waits when it is dropped: to be kept until the process ends.
pub struct LastBatch<W: Write>(pub Batches<W>);

/// One line on its way.
pub struct Line<'a, W: Write> {
    batches: &'a Batches<W>,
    is_urgent: bool,
}

impl<W: Write> Batches<W> {
    pub fn to(output: W) -> Self {
        let lines = Mutex::new(BufWriter::with_capacity(BUFFER_BYTES, output));
        Self(Arc::new(Waiting { lines, came: Condvar::new() }))
    }

    /// Writes what others leave, for ever: for a thread of its own.
    pub fn keep_writing(&self) {
        loop {
            let no_lines = |lines: &mut BufWriter<W>| lines.buffer().is_empty();
            drop(self.0.came.wait_while(self.lines(), no_lines));
            thread::sleep(WAIT);
            // It stays, and whoever logs the next line learns of it; here nobody could be told.
            let _ = self.lines().flush();
        }
    }

    fn lines(&self) -> MutexGuard<'_, BufWriter<W>> {
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write> Clone for Batches<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W: Write> Drop for LastBatch<W> {
    fn drop(&mut self) {
        let _ = self.0.lines().flush();
    }
}

impl<'a, W: Write + 'a> MakeWriter<'a> for Batches<W> {
    type Writer = Line<'a, W>;

    fn make_writer(&'a self) -> Line<'a, W> {
        Line { batches: self, is_urgent: true }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Line<'a, W> {
        Line { batches: self, is_urgent: *event.level() <= Level::WARN }
    }
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut lines = self.batches.lines();
        let is_first = lines.buffer().is_empty();
        lines.write_all(line)?;
        if self.is_urgent {
            lines.flush()?;
        } else if is_first {
            self.batches.0.came.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.batches.lines().flush()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tracing::{info, subscriber::with_default, warn};
    use tracing_subscriber::{fmt, prelude::*, registry};

    use super::*;

    /// What was written, call by call.
    #[derive(Clone, Default)]
    struct Calls(Arc<Mutex<Vec<String>>>);

    impl Calls {
        fn so_far(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    impl Write for Calls {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().push(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Nobody writes what is left: no thread was started.
    fn logged(log: impl FnOnce(&Calls)) -> (Calls, LastBatch<Calls>) {
        let calls = Calls::default();
        let batches = Batches::to(calls.clone());
        let layer = fmt::layer().without_time().with_level(false).with_target(false);
        let layer = layer.with_ansi(false).with_writer(batches.clone());
        with_default(registry().with(layer), || log(&calls));
        (calls, LastBatch(batches))
    }

    #[test]
    fn what_warns_is_written_at_once_and_all_before_it() {
        let (calls, _last) = logged(|calls| {
            info!("one");
            info!("two");
            assert!(calls.so_far().is_empty());
            warn!("three");
        });
        assert_eq!(calls.so_far(), ["one\ntwo\nthree\n"]);
    }

    #[test]
    fn the_last_lines_are_written_at_the_end() {
        let (calls, last) = logged(|_| info!("one"));
        assert!(calls.so_far().is_empty());
        drop(last);
        assert_eq!(calls.so_far(), ["one\n"]);
    }

    #[test]
    fn the_thread_writes_what_is_left() {
        let (calls, last) = logged(|_| info!("one"));
        let writing = last.0.clone();
        thread::spawn(move || writing.keep_writing());
        let began = Instant::now();
        while calls.so_far().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(30), "nobody wrote it");
            thread::yield_now();
        }
        assert_eq!(calls.so_far(), ["one\n"]);
    }

    #[test]
    fn no_line_is_torn() {
        let line = "x".repeat(1000);
        let (calls, last) = logged(|_| (0..100).for_each(|_| info!("{line}")));
        drop(last);
        let calls = calls.so_far();
        assert_eq!(calls.len(), 4, "32 lines fit");
        assert!(calls.iter().all(|call| call.ends_with('\n')));
        assert_eq!(calls.concat(), format!("{line}\n").repeat(100));
    }
}
