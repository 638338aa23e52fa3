//! One attempt to send one mail: look again, render, send before the deadline, complete.
//! No connection is held while the mail server is talked to.

use std::{rc::Rc, time::Duration};

use actix::Message;

use super::{
    Parts,
    breaker::Health,
    mail::{self, Mail},
    mailer::Mailer,
    send_error::SendError,
};
use crate::{
    auth::{Purpose, local},
    error::{ApiError, ApiResult},
    outbox::{
        MessageKind, schedule,
        store::{self, Claim, Claimed, Completion},
    },
};

/// Send this message. Carries an id and a fence; the row has the rest.
#[derive(Message)]
#[rtype(result = "Health")]
pub struct Deliver(pub Claim);

/// What an attempt needs. Cheap to clone.
#[derive(Clone)]
pub struct MailSender {
    pub parts: Rc<Parts>,
    pub mailer: &'static Mailer,
}

/// What a second look at the row says.
enum Verdict {
    Send(Mail),
    Expired,
    Cancelled,
}

impl MailSender {
    /// Makes one attempt and completes the claim. Never fails: what it cannot write, the lease repairs.
    pub async fn attempt(&self, claim: Claim) -> Health {
        let looked = self.look_again(claim).await;
        let (message, verdict) = match looked {
            Ok(Some(found)) => found,
            Ok(None) => return Health::Unknown,
            Err(error) => {
                tracing::warn!(outbox.id = %claim.id, error.cause = ?error.cause, "cannot read the message now");
                return Health::Unknown;
            }
        };
        let (completion, health) = match verdict {
            Verdict::Expired => (Completion::Expired, Health::Unknown),
            Verdict::Cancelled => (Completion::Cancelled, Health::Unknown),
            Verdict::Send(mail) => self.send(claim, &message, mail).await,
        };
        self.complete(claim, &completion).await;
        health
    }

    /// After a panic the message waits its turn like after any failure of its own.
    pub async fn after_panic(&self, claim: Claim) {
        let pause = schedule::backoff(&self.parts.config, 1);
        self.complete(claim, &Completion::Retry { pause, class: "panic", code: None }).await;
    }

    async fn look_again(&self, claim: Claim) -> ApiResult<Option<(Claimed, Verdict)>> {
        let conn = self.parts.pool.get().await?;
        let Some(message) = store::load(&conn, claim, self.parts.config.min_life).await? else {
            return Ok(None);
        };
        if !message.is_useful {
            return Ok(Some((message, Verdict::Expired)));
        }
        let kind: MessageKind =
            message.kind.parse().map_err(|_| ApiError::internal("unknown kind of message"))?;
        let secret = match kind {
            MessageKind::VerifyEmail => {
                let pending =
                    local::store::is_registration_pending(&conn, message.subject_id).await?;
                pending.then_some(Some(Purpose::VerifyEmail))
            }
            MessageKind::ResetPassword => {
                let digest =
                    self.parts.server_key.digest_of(Purpose::ResetPassword, message.subject_id);
                let current = local::store::find_reset(&conn, &digest).await?.is_some();
                current.then_some(Some(Purpose::ResetPassword))
            }
            MessageKind::AccountExists => Some(None),
        };
        let verdict = match secret {
            None => Verdict::Cancelled,
            Some(purpose) => {
                let token =
                    purpose.map(|purpose| self.parts.server_key.token(purpose, message.subject_id));
                Verdict::Send(mail::render(kind, &self.parts, token.as_ref())?)
            }
        };
        Ok(Some((message, verdict)))
    }

    async fn send(&self, claim: Claim, message: &Claimed, mail: Mail) -> (Completion, Health) {
        let config = &self.parts.config;
        let sending = self.mailer.send(claim.id, &message.recipient, mail);
        let outcome =
            tokio::time::timeout(config.deadline, sending).await.unwrap_or(Err(SendError::Timeout));
        let label = outcome.as_ref().map_or_else(SendError::class, |_| "sent");
        self.parts.metrics.attempts.with_label_values(&["email", label]).inc();
        let error = match outcome {
            Ok(provider_id) => return (Completion::Sent { provider_id }, Health::Good),
            Err(error) => error,
        };
        tracing::warn!(
            outbox.id = %claim.id, outbox.attempts = message.attempts, error.class = label,
            error.code = error.code(), "a mail could not be sent"
        );
        let (class, code) = (error.class(), error.code());
        match error {
            SendError::Permanent { .. } => (Completion::Dead { class, code }, Health::Good),
            SendError::Transient { .. } => {
                let pause = schedule::backoff(config, message.attempts);
                (Completion::Retry { pause, class, code }, Health::Good)
            }
            SendError::Transport { .. } | SendError::Timeout => {
                let pause = schedule::after_outage(config);
                (Completion::Retry { pause, class, code }, Health::Bad)
            }
        }
    }

    /// Writes the outcome, trying for as long as the lease lasts: a mail that was sent and not
    /// recorded would be sent again.
    async fn complete(&self, claim: Claim, completion: &Completion) {
        let patience = self.parts.config.lease.saturating_sub(self.parts.config.deadline);
        let outcome = tokio::time::timeout(patience, async {
            loop {
                match self.try_complete(claim, completion).await {
                    Ok(latency) => return latency,
                    Err(error) => {
                        tracing::warn!(outbox.id = %claim.id, error.cause = ?error.cause, "outcome not recorded yet");
                        tokio::time::sleep(Duration::from_millis(500)).await;
                    }
                }
            }
        });
        match outcome.await {
            Ok(Some(latency)) => {
                if matches!(completion, Completion::Sent { .. }) {
                    self.parts.metrics.latency.observe(latency);
                }
            }
            Ok(None) | Err(_) => {
                self.parts.metrics.lost_leases.inc();
                tracing::warn!(outbox.id = %claim.id, "the lease was lost before the outcome was recorded");
            }
        }
    }

    async fn try_complete(&self, claim: Claim, completion: &Completion) -> ApiResult<Option<f64>> {
        let conn = self.parts.pool.get().await?;
        Ok(store::complete(&conn, claim, completion).await?)
    }
}
