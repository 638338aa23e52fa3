//! The end of a piece of work, and its consequences.

use std::time::Duration;

use diesel_async::AsyncConnection;

use super::SyncContext;
use crate::{
    error::{ApiError, ApiResult},
    integrations::garmin::{
        provider::GarminFailure,
        service,
        store::{self, ClaimedConnection, Failure},
    },
};

const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Three denials within an hour mean that the key or the token has ended. With the default
/// back-off, they are ten minutes apart: a single denial may be a mistake of Garmin's.
const MAX_DENIALS: i32 = 3;
const DENIED_BACKOFFS: u32 = 10;

/// How many times to try to notify Garmin that a connection has ended. Then it is deleted anyway.
const MAX_FAREWELLS: i32 = 10;

/// Records the outcome. If even this fails, the connection is claimed again when its lease expires.
pub async fn end(parts: &SyncContext, job: &ClaimedConnection, outcome: Result<(), GarminFailure>) {
    if let Err(trouble) = &outcome
        && !matches!(trouble, GarminFailure::Lost | GarminFailure::Leaving)
    {
        let cause = match trouble {
            GarminFailure::Ours(error) => format!("{:?}", error.cause),
            other => other.to_string(),
        };
        tracing::warn!(user.id = ?job.user_id, error.cause = cause, "a sync with Garmin failed");
    }
    if let Err(error) = write_down(parts, job, outcome).await {
        tracing::warn!(error.cause = ?error.cause, "cannot store the result of a sync with Garmin");
    }
}

async fn write_down(
    parts: &SyncContext,
    job: &ClaimedConnection,
    outcome: Result<(), GarminFailure>,
) -> ApiResult<()> {
    let mut conn = parts.pool.get().await?;
    let trouble = match outcome {
        Ok(()) => {
            if !store::end_well(&conn, job).await? {
                store::give_back(&conn, job).await?;
            }
            return Ok(());
        }
        Err(GarminFailure::Leaving) => {
            store::give_back(&conn, job).await?;
            return Ok(());
        }
        Err(GarminFailure::Lost) => return Ok(()),
        Err(trouble) => trouble,
    };
    if let GarminFailure::Ours(error) = &trouble {
        parts.metrics.storage_faults.inc_by(u64::from(error.code.is_of_disk()));
    }
    let base = parts.config.backoff;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let is_denied = matches!(trouble, GarminFailure::Denied(_));
        let trouble = if is_denied && store::deny(conn, job).await? >= MAX_DENIALS {
            GarminFailure::Refused
        } else {
            trouble
        };
        let message = trouble.to_string();
        let failure = Failure {
            code: trouble.code(),
            message: &message,
            pause: pause(base, job, &trouble),
            needs_reauth: matches!(trouble, GarminFailure::Refused),
            is_attempt: !trouble.is_of_storage(),
        };
        match job.user_id {
            None if failure.needs_reauth || job.attempts >= MAX_FAREWELLS => {
                store::delete_disowned(conn, job).await?;
            }
            _ if !store::end_badly(conn, job, &failure).await? => {
                store::give_back(conn, job).await?;
            }
            Some(user_id) if failure.needs_reauth => {
                service::tell_owner(conn, user_id, job.id).await?;
            }
            _ => {}
        }
        Ok(())
    })
    .await
}

fn pause(base: Duration, job: &ClaimedConnection, trouble: &GarminFailure) -> Duration {
    match trouble {
        GarminFailure::Throttled(pause) => *pause,
        trouble if trouble.is_of_storage() => base,
        GarminFailure::Denied(_) => base.saturating_mul(DENIED_BACKOFFS).min(LONGEST_PAUSE),
        _ => doubled(base, job.attempts),
    }
}

/// `base`, doubled with each attempt after the first, up to an hour.
pub fn doubled(base: Duration, attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or_default();
    base.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_PAUSE)
}
