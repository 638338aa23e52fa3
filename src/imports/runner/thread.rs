//! A job on a thread of its own, with a runtime and connections of its own.

use std::{
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use tokio::{runtime, sync::oneshot};

use super::{Parts, job::Job, keeper::Keeper, stop::Stop};
use crate::{
    config::ImportConfig,
    error::ApiError,
    imports::{
        store::{self, Claimed},
        types::Status,
    },
    priority::{give_way_to, limit_cpu},
    recordings::{Reason, Refusal},
};

/// A job that was begun so often without an outcome is given up: before that, its next file is.
const MAX_CLAIMS: i32 = 6;

/// The longest that a processor may work on any import.
const LONGEST: Duration = Duration::from_secs(2 * 3600);

/// How a job came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every file has an outcome.
    Done,
    /// It was given up.
    Failed,
    /// It was cancelled, or is somebody else's now, or goes on later.
    NotNow,
}

/// Waits for a new thread to work on `job`. If it dies (`None`), the job's lease brings it back.
pub async fn run(parts: Parts, job: Claimed) -> Option<Ended> {
    let (done, is_done) = oneshot::channel();
    let name = "imports".to_owned();
    let thread = thread::Builder::new().name(name).spawn(move || {
        give_way_to(&parts.requests);
        limit_cpu(cpu_budget(&parts.config, job.bytes));
        let ended = run_here(&parts, &job, |_| {});
        let _ = done.send(ended);
    });
    if let Err(error) = thread {
        tracing::error!(error.cause = %error, "no thread for an import");
        return None;
    }
    is_done.await.inspect_err(|_| tracing::error!("the thread of an import died")).ok()
}

/// How long a processor may work on an import of that size. A mebibyte of compressed recordings
/// takes it a second or two.
fn cpu_budget(config: &ImportConfig, bytes: i64) -> Duration {
    let mebibytes = bytes as f64 / 1_048_576.0;
    config.cpu.mul_f64(1.0 + mebibytes.max(0.0) / 6.0).min(LONGEST)
}

/// Works on `job` on this thread, which must not be one of a runtime. `tell` hears how many files there
/// are, and how many of them are over.
pub fn run_here(parts: &Parts, job: &Claimed, tell: impl Fn((i32, i32))) -> Ended {
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => Rc::new(runtime),
        Err(error) => {
            tracing::error!(error.cause = %error, "no runtime for an import");
            return Ended::NotNow;
        }
    };
    match work(parts, job, &runtime, tell) {
        Ok(ended) => ended,
        Err(error) => {
            tracing::warn!(import.id = %job.id, error.cause = ?error.cause, "an import goes on later");
            Ended::NotNow
        }
    }
}

fn work(
    parts: &Parts,
    job: &Claimed,
    runtime: &Rc<runtime::Runtime>,
    tell: impl Fn((i32, i32)),
) -> Result<Ended, ApiError> {
    if job.attempts > MAX_CLAIMS {
        let conn = runtime.block_on(parts.connector.connect());
        let conn = conn.map_err(ApiError::database_unavailable)?;
        let why = "working on it failed again and again, before any file of it";
        let why = (&*Reason::GaveUp.to_string(), why);
        runtime.block_on(store::finish(&conn, job, Status::Failed, Some(why)))?;
        return Ok(Ended::Failed);
    }
    let conn = runtime.block_on(parts.connector.connect());
    let conn = Rc::new(conn.map_err(ApiError::database_unavailable)?);
    let started = Instant::now();
    let (stopped, files) = thread::scope(|scope| {
        let keeper = Keeper::start(scope, parts, job).map_err(ApiError::internal)?;
        let mut work = Job::new(parts, job, Rc::clone(runtime), Rc::clone(&conn), keeper, tell)?;
        Ok::<_, ApiError>((work.run(), work.files()))
    })?;
    let ended = match stopped {
        Ok(()) => {
            runtime.block_on(store::finish(&conn, job, Status::Done, None))?;
            Ended::Done
        }
        Err(Stop::Bomb) => {
            let why = "it unpacks to suspiciously much";
            let why = (&*Reason::ArchiveBomb.to_string(), why);
            runtime.block_on(store::finish(&conn, job, Status::Failed, Some(why)))?;
            Ended::Failed
        }
        Err(Stop::Spent) => {
            let Refusal { reason, message } = Refusal::too_costly();
            let why = (&*reason.to_string(), &*message);
            runtime.block_on(store::finish(&conn, job, Status::Failed, Some(why)))?;
            Ended::Failed
        }
        Err(Stop::Leaving) => {
            runtime.block_on(store::give_back(&conn, job, Duration::ZERO))?;
            Ended::NotNow
        }
        Err(Stop::Lost) => Ended::NotNow,
        Err(Stop::Error(error)) => {
            parts.metrics.storage_faults.inc_by(u64::from(error.code.is_of_disk()));
            // The lease brings it back if even this cannot be done.
            let _ = if error.code.is_of_storage() {
                runtime.block_on(store::give_back(&conn, job, parts.config.poll))
            } else {
                // A file that cannot be kept would be tried for ever.
                runtime.block_on(store::postpone(&conn, job))
            };
            return Err(error);
        }
    };
    tracing::info!(
        import.id = %job.id, user.id = %job.user_id, import.ended = ?ended, import.files = files,
        duration_ms = started.elapsed().as_secs_f64() * 1000.0, "import"
    );
    Ok(ended)
}
