//! Renews a lease during an attempt. A mail server may take ten minutes to reply to the final dot.
//! Leases are short nevertheless, so that another server soon sends the messages of a server that
//! died.

use std::{convert::Infallible, future::pending};

use tokio::sync::watch;

use super::DeliveryContext;
use crate::{
    error::ApiResult,
    outbox::store::{self, Claim},
};

/// Informs an attempt that its message now belongs to another relay.
#[derive(Clone)]
pub struct Lease(watch::Receiver<bool>);

impl Lease {
    /// A lease that cannot be lost.
    pub fn endless() -> Self {
        Self(watch::channel(false).1)
    }

    /// Completes when the message belongs to another relay.
    pub async fn lost(&self) {
        if self.0.clone().wait_for(|is_lost| *is_lost).await.is_err() {
            pending().await
        }
    }
}

/// Runs `send` and renews the claim's lease meanwhile, after each third of the lease, so that a
/// failed renewal can be repeated before the lease ends. A quick attempt ends before the first
/// renewal.
pub async fn held<T>(
    parts: &DeliveryContext,
    claim: Claim,
    send: impl AsyncFnOnce(Lease) -> T,
) -> T {
    let (lost, lease) = watch::channel(false);
    tokio::select! {
        outcome = send(Lease(lease)) => outcome,
        never = renew(parts, claim, &lost) => match never {},
    }
}

async fn renew(parts: &DeliveryContext, claim: Claim, lost: &watch::Sender<bool>) -> Infallible {
    let lease = parts.config.lease;
    let mut pause = lease / 3;
    loop {
        tokio::time::sleep(pause).await;
        pause = match try_renew(parts, claim).await {
            Ok(true) => lease / 3,
            Ok(false) => {
                lost.send_replace(true);
                pending().await
            }
            Err(error) => {
                tracing::warn!(outbox.id = %claim.id, error.cause = ?error.cause, "cannot renew the lease; trying again");
                lease / 12
            }
        };
    }
}

async fn try_renew(parts: &DeliveryContext, claim: Claim) -> ApiResult<bool> {
    let conn = parts.pool.get().await?;
    Ok(store::renew(&conn, claim, parts.config.lease).await?)
}
