//! Writes how attempts ended: all that wait, in one statement, because a commit takes as long for
//! many as for one.

use std::{rc::Rc, time::Duration};

use super::{Parts, recorder::Outcomes};
use crate::{
    error::{ApiResult, ErrorCode},
    outbox::{
        Channel,
        store::{self, Completion, Ended},
    },
};

/// How soon an outcome is written again that the database could not take.
const PAUSE: Duration = Duration::from_millis(500);

/// Outcomes of one statement. More than that many are rarely in flight.
const MOST_AT_ONCE: usize = 100;

/// Writes what comes, until the last [`Recorder`](super::recorder::Recorder) is gone.
pub async fn run(parts: Rc<Parts>, Outcomes(mut queue): Outcomes) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, MOST_AT_ONCE).await > 0 {
        let (ended, written): (Vec<Ended>, Vec<_>) = waiting.drain(..).unzip();
        let is_done = try_write(&parts, &ended).await.is_ok();
        for (one, written) in ended.into_iter().zip(written) {
            let parts = Rc::clone(&parts);
            // After a failure each outcome is written by itself: one whose user's row is locked, or
            // that cannot be written at all, must not hold up the others until their leases run out.
            let finish = async move {
                if !is_done {
                    write_patiently(&parts, one).await;
                }
                // Nobody waits any more for an attempt whose actor died.
                let _ = written.send(());
            };
            if is_done { finish.await } else { drop(actix_rt::spawn(finish)) }
        }
    }
}

/// Tries until the outcome is written, or the database refuses it for another reason than being away
/// or busy.
async fn write_patiently(parts: &Parts, ended: Ended) {
    let ended = [ended];
    while let Err(error) = try_write(parts, &ended).await {
        if !matches!(error.code, ErrorCode::DatabaseUnavailable | ErrorCode::Busy) {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_write(parts: &Parts, ended: &[Ended]) -> ApiResult<()> {
    let written = async {
        let conn = parts.pool.get().await?;
        ApiResult::Ok(store::complete(&conn, ended).await?)
    };
    let ages = written.await.inspect_err(|error| {
        tracing::warn!(outbox.outcomes = ended.len(), error.cause = ?error.cause, "outcomes not recorded yet");
    })?;
    for one in ended {
        match ages.get(&one.claim.id) {
            Some(age) => count(parts, one, *age),
            None => lost(parts, one),
        }
    }
    Ok(())
}

fn count(parts: &Parts, ended: &Ended, age: f64) {
    let metrics = &parts.metrics;
    let channel = ended.channel.map_or("unknown", Channel::name);
    match &ended.completion {
        Completion::Sent { .. } => metrics.latency.observe(age),
        Completion::Dead { class, .. } => metrics.dead.with_label_values(&[channel, *class]).inc(),
        Completion::Expired => metrics.expired.with_label_values(&[channel]).inc(),
        Completion::Retry { .. } | Completion::Cancelled => {}
    }
}

fn lost(parts: &Parts, ended: &Ended) {
    parts.metrics.lost_leases.inc();
    tracing::warn!(outbox.id = %ended.claim.id, "the lease was lost before the outcome was recorded");
}
