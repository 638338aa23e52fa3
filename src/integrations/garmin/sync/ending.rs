//! How a piece of work ends, and what follows from that.

use std::time::Duration;

use diesel_async::AsyncConnection;

use super::Parts;
use crate::{
    error::{ApiError, ApiResult},
    integrations::garmin::{
        provider::Trouble,
        service,
        store::{self, Claimed, Failure},
    },
};

const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Garmin is told so often that a connection has ended; then it is forgotten all the same.
const MAX_FAREWELLS: i32 = 10;

/// Writes down what came of it. Where even that fails, the lease brings the connection back.
pub async fn end(parts: &Parts, job: &Claimed, outcome: Result<(), Trouble>) {
    if let Err(trouble) = &outcome
        && !matches!(trouble, Trouble::Lost | Trouble::Leaving)
    {
        let cause = match trouble {
            Trouble::Ours(error) => format!("{:?}", error.cause),
            other => other.to_string(),
        };
        tracing::warn!(user.id = ?job.user_id, error.cause = cause, "a sync with Garmin failed");
    }
    if let Err(error) = write_down(parts, job, outcome).await {
        tracing::warn!(error.cause = ?error.cause, "the end of a sync with Garmin cannot be kept");
    }
}

async fn write_down(parts: &Parts, job: &Claimed, outcome: Result<(), Trouble>) -> ApiResult<()> {
    let mut conn = parts.pool.get().await?;
    let trouble = match outcome {
        Ok(()) => {
            if !store::end_well(&conn, job).await? {
                store::give_back(&conn, job).await?;
            }
            return Ok(());
        }
        Err(Trouble::Leaving) => {
            store::give_back(&conn, job).await?;
            return Ok(());
        }
        Err(Trouble::Lost) => return Ok(()),
        Err(trouble) => trouble,
    };
    let message = trouble.to_string();
    let failure = Failure {
        code: trouble.code(),
        message: &message,
        pause: pause(parts, job, &trouble),
        needs_reauth: matches!(trouble, Trouble::Refused),
    };
    let Some(user_id) = job.user_id else {
        if failure.needs_reauth || job.attempts >= MAX_FAREWELLS {
            store::forget(&conn, job).await?;
        } else {
            store::end_badly(&conn, job, &failure).await?;
        }
        return Ok(());
    };
    conn.transaction::<_, ApiError, _>(async |conn| {
        if !store::end_badly(conn, job, &failure).await? {
            store::give_back(conn, job).await?;
        } else if failure.needs_reauth {
            service::tell_owner(conn, user_id, job.id).await?;
        }
        Ok(())
    })
    .await
}

fn pause(parts: &Parts, job: &Claimed, trouble: &Trouble) -> Duration {
    let doublings = u32::try_from(job.attempts.clamp(1, 20) - 1).unwrap_or_default();
    let backoff = parts.config.backoff.saturating_mul(2_u32.saturating_pow(doublings));
    match trouble {
        Trouble::Throttled(pause) => *pause,
        _ => backoff.min(LONGEST_PAUSE),
    }
}
