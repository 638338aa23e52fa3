//! Records the outcomes of attempts. All waiting outcomes are written in one statement, because a
//! commit takes the same time for many as for one.

use std::{rc::Rc, time::Duration};

use super::{DeliveryContext, recorder::Outcomes};
use crate::{
    error::{ApiResult, ErrorCode},
    outbox::{
        Channel,
        store::{self, Completion, Ended},
    },
};

/// The pause before an outcome is written again, after the database did not accept it.
const PAUSE: Duration = Duration::from_millis(500);

/// The maximum number of outcomes per statement. More are rarely in flight.
const MOST_AT_ONCE: usize = 100;

/// Writes outcomes until the last [`Recorder`](super::recorder::Recorder) is dropped.
pub async fn run(parts: Rc<DeliveryContext>, Outcomes(mut queue): Outcomes) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, MOST_AT_ONCE).await > 0 {
        let (ended, written): (Vec<Ended>, Vec<_>) = waiting.drain(..).unzip();
        let is_done = try_write(&parts, &ended).await.is_ok();
        for (one, written) in ended.into_iter().zip(written) {
            let parts = Rc::clone(&parts);
            // After a failure, each outcome is written separately: an outcome whose user's row is
            // locked, or that cannot be written at all, must not delay the others until their
            // leases expire.
            let finish = async move {
                if !is_done {
                    write_patiently(&parts, one).await;
                }
                // Fails if the actor that waited has died.
                let _ = written.send(());
            };
            if is_done { finish.await } else { drop(actix_rt::spawn(finish)) }
        }
    }
}

/// Tries until the outcome is written, or until the database refuses it for a reason other than
/// being unavailable or busy.
async fn write_patiently(parts: &DeliveryContext, ended: Ended) {
    let ended = [ended];
    while let Err(error) = try_write(parts, &ended).await {
        if !matches!(error.code, ErrorCode::DatabaseUnavailable | ErrorCode::Busy) {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_write(parts: &DeliveryContext, ended: &[Ended]) -> ApiResult<()> {
    let written = async {
        let conn = parts.pool.get().await?;
        ApiResult::Ok(store::complete(&conn, ended).await?)
    };
    let ages = written.await.inspect_err(|error| {
        tracing::warn!(outbox.outcomes = ended.len(), error.cause = ?error.cause, "cannot record outcomes; trying again");
    })?;
    for one in ended {
        match ages.get(&one.claim.id) {
            Some(age) => count(parts, one, *age),
            None => lost(parts, one),
        }
    }
    Ok(())
}

fn count(parts: &DeliveryContext, ended: &Ended, age: f64) {
    let metrics = &parts.metrics;
    let channel = ended.channel.map_or("unknown", Channel::name);
    match &ended.completion {
        Completion::Sent { .. } => metrics.latency.observe(age),
        Completion::Dead { class, .. } => metrics.dead.with_label_values(&[channel, *class]).inc(),
        Completion::Expired => metrics.expired.with_label_values(&[channel]).inc(),
        Completion::Retry { .. } | Completion::Cancelled => {}
    }
}

fn lost(parts: &DeliveryContext, ended: &Ended) {
    parts.metrics.lost_leases.inc();
    tracing::warn!(outbox.id = %ended.claim.id, "the lease was lost before the outcome was recorded");
}
