//! Writes log lines in batches, several per system call. One call per line would cost as much as
//! formatting the line. So would waking a writer thread for each line, as `tracing-appender` does.
//!
//! A line waits ten milliseconds at most. Warnings and errors are written at once, with all lines
//! before them, so that the reason for a crash is in the log. If the process is killed, the lines
//! about requests of the last ten milliseconds may be missing.

use std::{
    io::{self, BufWriter, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

const WAIT: Duration = Duration::from_millis(10);

/// The size of the buffer. If a line does not fit, the lines before it are written first.
const BUFFER_BYTES: usize = 32 * 1024;

/// Buffered lines that will be written to `W`. Clones share the buffer.
pub struct Batches<W: Write>(Arc<Waiting<W>>);

struct Waiting<W: Write> {
    lines: Mutex<BufWriter<W>>,
    came: Condvar,
}

/// Writes the remaining lines when dropped. Keep it until the process ends.
pub struct LastBatch<W: Write>(pub Batches<W>);

/// A writer for one line.
pub struct Line<'a, W: Write> {
    batches: &'a Batches<W>,
    is_urgent: bool,
}

impl<W: Write> Batches<W> {
    pub fn to(output: W) -> Self {
        let lines = Mutex::new(BufWriter::with_capacity(BUFFER_BYTES, output));
        Self(Arc::new(Waiting { lines, came: Condvar::new() }))
    }

    /// Writes buffered lines, and never returns. Call it on a dedicated thread.
    pub fn keep_writing(&self) {
        loop {
            let no_lines = |lines: &mut BufWriter<W>| lines.buffer().is_empty();
            drop(self.0.came.wait_while(self.lines(), no_lines));
            thread::sleep(WAIT);
            // After an error the lines stay in the buffer, and the next line gets the error. This
            // thread has no caller to report it to.
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

    /// The written bytes of each call.
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

    /// Without a writer thread, so that remaining lines stay in the buffer.
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
