//! Changes and deletions in a batch.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::types::{Outcome, Target};
use crate::{
    activities::{
        store::{self, Update},
        types::ActivityChanges,
    },
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
};

/// Changes activities in the caller's transaction, which has locked them. Returns one outcome per
/// change, in order.
pub async fn update(
    conn: &mut AsyncPgConnection,
    identity: Identity,
    updates: Vec<(Target, ActivityChanges)>,
) -> ApiResult<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(updates.len());
    for (target, changes) in updates {
        // A savepoint, so that a refused change does not end the whole batch.
        let changed = conn.transaction(async |conn| change(conn, identity, target, changes).await);
        outcomes.push(refusal_or(changed.await)?);
    }
    Ok(outcomes)
}

/// Deletes activities, as [`update`] changes them.
pub async fn delete(
    conn: &AsyncPgConnection,
    identity: Identity,
    targets: Vec<Target>,
) -> ApiResult<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(targets.len());
    for target in targets {
        let deleted = store::delete(conn, identity, target.id, target.revisions()).await?;
        let outcome = match deleted {
            Some(id) => Ok(Outcome::Deleted { id }),
            None => Err(unmatched(conn, identity, target).await),
        };
        outcomes.push(refusal_or(outcome)?);
    }
    Ok(outcomes)
}

async fn change(
    conn: &AsyncPgConnection,
    identity: Identity,
    target: Target,
    changes: ActivityChanges,
) -> ApiResult<Outcome> {
    let grown = changes.details.large_fields();
    let updated = store::update(conn, identity, target.id, target.revisions(), changes).await;
    match updated.map_err(store::why_not)? {
        Update::Changed(activity) => {
            activity.check_size(&grown)?;
            Ok(Outcome::Updated { id: target.id, revision: activity.summary.revision })
        }
        Update::Unchanged(activity) => {
            Ok(Outcome::Unchanged { id: target.id, revision: activity.summary.revision })
        }
        Update::NotFound => Err(unmatched(conn, identity, target).await),
    }
}

/// The error for a change that matched no row.
async fn unmatched(conn: &AsyncPgConnection, identity: Identity, target: Target) -> ApiError {
    let found = async { identity.found(store::find(conn, identity, target.id).await?, conn).await };
    found.await.map_or_else(
        |error: ApiError| error,
        |_| {
            let message = "somebody else changed it meanwhile; read it again";
            ApiError::new(ErrorCode::VersionMismatch, message)
        },
    )
}

/// A refusal of one item is its outcome. Any other error ends the batch.
fn refusal_or(outcome: ApiResult<Outcome>) -> ApiResult<Outcome> {
    outcome.or_else(|error| match error.code {
        ErrorCode::NotFound
        | ErrorCode::VersionMismatch
        | ErrorCode::ExternalIdTaken
        | ErrorCode::ValidationFailed => Ok(Outcome::Error(error.into())),
        _ => Err(error),
    })
}
