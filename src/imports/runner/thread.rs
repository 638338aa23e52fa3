//! A job on its own thread, with its own runtime and connections.

use std::{
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use tokio::{runtime, sync::oneshot};

use super::{ImportContext, job::Job, keeper::Keeper, stop::JobEnd};
use crate::{
    config::ImportConfig,
    error::ApiError,
    imports::{
        store::{self, ClaimedImport},
        types::Status,
    },
    priority::{limit_cpu, yield_to},
    recordings::{Reason, Refusal},
};

/// A job fails once it has been started more often than this without an outcome. Before that,
/// its next file is refused.
const MAX_CLAIMS: i32 = 6;

/// Maximum CPU time of any import.
const LONGEST: Duration = Duration::from_secs(2 * 3600);

/// How the work on a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every file has an outcome.
    Done,
    /// The job was given up.
    Failed,
    /// The job was cancelled or taken over, or it continues later.
    NotNow,
}

/// Works on `job` on a new thread, and waits for it. If the thread dies (`None`), the job is
/// claimed again when its lease expires.
pub async fn run(parts: ImportContext, job: ClaimedImport) -> Option<Ended> {
    let (done, is_done) = oneshot::channel();
    let name = "imports".to_owned();
    let thread = thread::Builder::new().name(name).spawn(move || {
        yield_to(&parts.requests);
        limit_cpu(cpu_budget(&parts.config, job.bytes));
        let ended = run_here(&parts, &job, |_| {});
        let _ = done.send(ended);
    });
    if let Err(error) = thread {
        tracing::error!(error.cause = %error, "cannot start the thread of an import");
        return None;
    }
    is_done.await.inspect_err(|_| tracing::error!("the thread of an import died")).ok()
}

/// The CPU time for an import of this size. A mebibyte of compressed recordings
/// takes a second or two.
fn cpu_budget(config: &ImportConfig, bytes: i64) -> Duration {
    let mebibytes = bytes as f64 / 1_048_576.0;
    config.cpu.mul_f64(1.0 + mebibytes.max(0.0) / 6.0).min(LONGEST)
}

/// Works on `job` on this thread, which must not belong to a runtime. `tell` is called with the
/// number of files, and how many of them are done.
pub fn run_here(parts: &ImportContext, job: &ClaimedImport, tell: impl Fn((i32, i32))) -> Ended {
    let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => Rc::new(runtime),
        Err(error) => {
            tracing::error!(error.cause = %error, "cannot start the runtime of an import");
            return Ended::NotNow;
        }
    };
    match work(parts, job, &runtime, tell) {
        Ok(ended) => ended,
        Err(error) => {
            tracing::warn!(import.id = %job.id, error.cause = ?error.cause, "an import was interrupted; it will be continued");
            Ended::NotNow
        }
    }
}

fn work(
    parts: &ImportContext,
    job: &ClaimedImport,
    runtime: &Rc<runtime::Runtime>,
    tell: impl Fn((i32, i32)),
) -> Result<Ended, ApiError> {
    if job.attempts > MAX_CLAIMS {
        let conn = runtime.block_on(parts.connector.connect());
        let conn = conn.map_err(ApiError::database_unavailable)?;
        let why = "the import failed repeatedly before its first file";
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
        Err(JobEnd::Bomb) => {
            let why = "the upload unpacks to a suspicious size";
            let why = (&*Reason::ArchiveBomb.to_string(), why);
            runtime.block_on(store::finish(&conn, job, Status::Failed, Some(why)))?;
            Ended::Failed
        }
        Err(JobEnd::Spent) => {
            let Refusal { reason, message } = Refusal::too_costly();
            let why = (&*reason.to_string(), &*message);
            runtime.block_on(store::finish(&conn, job, Status::Failed, Some(why)))?;
            Ended::Failed
        }
        Err(JobEnd::Leaving) => {
            runtime.block_on(store::give_back(&conn, job, Duration::ZERO))?;
            Ended::NotNow
        }
        Err(JobEnd::Lost) => Ended::NotNow,
        Err(JobEnd::Error(error)) => {
            parts.metrics.storage_faults.inc_by(u64::from(error.code.is_of_disk()));
            // If even this fails, the job is claimed again when its lease expires.
            let _ = if error.code.is_of_storage() {
                runtime.block_on(store::give_back(&conn, job, parts.config.poll))
            } else {
                // This counts as an attempt: a file that cannot be stored must
                // not be retried forever.
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
