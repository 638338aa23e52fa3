//! A lease that is held for as long as an attempt takes. A mail server may take ten minutes over
//! the final dot; leases are short all the same, so that the messages of a server that died are
//! sent soon by another.

use std::{convert::Infallible, future::pending};

use tokio::sync::watch;

use super::Parts;
use crate::{
    error::ApiResult,
    outbox::store::{self, Claim},
};

/// Tells an attempt whether its message is still its own.
#[derive(Clone)]
pub struct Lease(watch::Receiver<bool>);

impl Lease {
    /// One that nobody else can take.
    pub fn endless() -> Self {
        Self(watch::channel(false).1)
    }

    /// Comes when the message belongs to another relay.
    pub async fn lost(&self) {
        if self.0.clone().wait_for(|is_lost| *is_lost).await.is_err() {
            pending().await
        }
    }
}

/// Runs `send` and renews the claim's lease meanwhile, every third of the lease: a renewal that
/// fails can be repeated before the lease ends. A quick attempt is over before the first one.
pub async fn held<T>(parts: &Parts, claim: Claim, send: impl AsyncFnOnce(Lease) -> T) -> T {
    let (lost, lease) = watch::channel(false);
    tokio::select! {
        outcome = send(Lease(lease)) => outcome,
        never = renew(parts, claim, &lost) => match never {},
    }
}

async fn renew(parts: &Parts, claim: Claim, lost: &watch::Sender<bool>) -> Infallible {
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
                tracing::warn!(outbox.id = %claim.id, error.cause = ?error.cause, "lease not renewed yet");
                lease / 12
            }
        };
    }
}

async fn try_renew(parts: &Parts, claim: Claim) -> ApiResult<bool> {
    let conn = parts.pool.get().await?;
    Ok(store::renew(&conn, claim, parts.config.lease).await?)
}
