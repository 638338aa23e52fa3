//! One attempt to send one message: reload the row, compose the message, send it while the lease is
//! renewed, record the outcome. No database connection is held while a provider is contacted.

use std::rc::Rc;

use diesel_async::AsyncPgConnection;

use super::{
    DeliveryContext,
    breaker::Health,
    lease::{self, Lease},
    send_error::{SendError, SendResult},
};
use crate::{
    error::ApiResult,
    outbox::store::{self, Claim, Claimed, Completion, Ended},
};

/// How a channel composes and sends messages.
pub trait Carrier: 'static {
    /// A composed message.
    type Content;

    /// Composes the message. `None` if it is no longer of use.
    async fn compose(
        &self,
        parts: &DeliveryContext,
        conn: &AsyncPgConnection,
        claim: Claim,
        message: &Claimed,
    ) -> ApiResult<Option<Self::Content>>;

    /// Sends the message, with its own deadline, while the lease is renewed.
    async fn send(
        &self,
        parts: &DeliveryContext,
        claim: Claim,
        message: &Claimed,
        content: Self::Content,
        lease: Lease,
    ) -> SendResult;
}

/// The decision after the row was reloaded.
enum Verdict<T> {
    Send(T),
    End(Completion),
}

/// Makes one attempt and completes the claim. Runs as a separate task, so that a panic ends the
/// task and not the actor. Never fails: if the outcome cannot be written, the lease expires and the
/// message is due again.
pub async fn attempt(
    parts: Rc<DeliveryContext>,
    carrier: Rc<impl Carrier>,
    claim: Claim,
) -> Health {
    let task = {
        let parts = Rc::clone(&parts);
        actix_rt::spawn(async move { try_once(&parts, &*carrier, claim).await })
    };
    match task.await {
        Ok(health) => health,
        Err(error) => {
            // The message is retried later, like after any failure.
            tracing::error!(outbox.id = %claim.id, error.cause = %error, "a delivery attempt panicked");
            let (completion, health) = SendError::PANIC.consequence(&parts.config, 1);
            if let Some(completion) = completion {
                complete(&parts, claim, None, completion).await;
            }
            health
        }
    }
}

async fn try_once<C: Carrier>(parts: &DeliveryContext, carrier: &C, claim: Claim) -> Health {
    let (message, content) = match recheck(parts, carrier, claim).await {
        Ok(Some((message, Verdict::Send(content)))) => (message, content),
        Ok(Some((message, Verdict::End(completion)))) => {
            complete(parts, claim, Some(&message), completion).await;
            return Health::Unknown;
        }
        Ok(None) => return Health::Unknown,
        Err(error) => {
            tracing::warn!(outbox.id = %claim.id, error.cause = ?error.cause, "cannot read the message");
            return Health::Unknown;
        }
    };
    let sending = async |lease| carrier.send(parts, claim, &message, content, lease).await;
    let outcome = lease::held(parts, claim, sending).await;
    let label = outcome.as_ref().map_or_else(SendError::class, |_| "sent");
    parts.metrics.attempts.with_label_values(&[message.channel.as_str(), label]).inc();
    let (completion, health) = match outcome {
        Ok(provider_id) => (Some(Completion::Sent { provider_id }), Health::Good),
        Err(error) => {
            tracing::warn!(
                outbox.id = %claim.id, outbox.kind = %claim.kind, outbox.attempts = message.attempts,
                error.class = label, error.code = error.code(), "cannot send a message"
            );
            error.consequence(&parts.config, message.attempts)
        }
    };
    match completion {
        Some(completion) => complete(parts, claim, Some(&message), completion).await,
        None => {
            parts.metrics.lost_leases.inc();
            tracing::warn!(outbox.id = %claim.id, "the lease was lost before the message was sent");
        }
    }
    health
}

async fn recheck<C: Carrier>(
    parts: &DeliveryContext,
    carrier: &C,
    claim: Claim,
) -> ApiResult<Option<(Claimed, Verdict<C::Content>)>> {
    let conn = parts.pool.get().await?;
    let Some(message) = store::load(&conn, claim).await? else {
        return Ok(None);
    };
    if message.life_left_secs < parts.config.min_life.as_secs_f64() {
        return Ok(Some((message, Verdict::End(Completion::Expired))));
    }
    let content = carrier.compose(parts, &conn, claim, &message).await?;
    let verdict = content.map_or(Verdict::End(Completion::Cancelled), Verdict::Send);
    Ok(Some((message, verdict)))
}

/// Returns when the outcome is recorded.
async fn complete(
    parts: &DeliveryContext,
    claim: Claim,
    message: Option<&Claimed>,
    completion: Completion,
) {
    let channel = message.and_then(|message| message.channel.parse().ok());
    let sent_to = message.and_then(|message| message.recipient.clone());
    parts.recorder.record(Ended { claim, channel, sent_to, completion }).await;
}
