//! The end of claims: messages are completed or returned to the queue. Only the
//! newest fence counts.

use std::{collections::HashMap, time::Duration};

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Double, Nullable, Text, Untyped, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Claim, undelivered::NOTE};
use crate::{
    db::{FixedSql, fixed_query},
    outbox::{Channel, Undelivered},
};

/// How a claim ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    Sent {
        provider_id: Option<String>,
    },
    /// Try again after a pause.
    Retry {
        pause: Duration,
        class: &'static str,
        code: Option<String>,
    },
    Dead {
        class: &'static str,
        code: Option<String>,
    },
    Expired,
    Cancelled,
}

/// A claim to complete.
#[derive(Clone, Debug)]
pub struct Ended {
    pub claim: Claim,
    /// The channel and the destination, if known.
    pub channel: Option<Channel>,
    pub sent_to: Option<String>,
    pub completion: Completion,
}

impl Completion {
    fn status(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Retry { .. } => "queued",
            Self::Dead { .. } => "dead",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    fn error(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Retry { class, code, .. } | Self::Dead { class, code } => {
                (Some(class), code.as_deref())
            }
            Self::Sent { .. } | Self::Expired | Self::Cancelled => (None, None),
        }
    }

    fn pause_secs(&self) -> Option<f64> {
        match self {
            Self::Retry { pause, .. } => Some(pause.as_secs_f64()),
            _ => None,
        }
    }

    fn provider_id(&self) -> Option<&str> {
        match self {
            Self::Sent { provider_id } => provider_id.as_deref(),
            _ => None,
        }
    }

    /// The reason that is shown to the owner of an address or number that the
    /// message did not reach.
    fn failure(&self) -> Option<String> {
        match self {
            Self::Dead { class, code } => Some(Undelivered::of(class, code.as_deref()).to_string()),
            Self::Expired => Some(Undelivered::NotInTime.to_string()),
            Self::Sent { .. } | Self::Retry { .. } | Self::Cancelled => None,
        }
    }
}

/// Completes claims, and records whether messages reach the addresses and numbers. Returns the
/// seconds since each message was enqueued, by message id, without claims that were lost meanwhile.
pub async fn complete(
    mut conn: &AsyncPgConnection,
    ended: &[Ended],
) -> QueryResult<HashMap<Uuid, f64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Double)]
        age_secs: f64,
    }
    fn each<'a, T>(ended: &'a [Ended], value: impl Fn(&'a Completion) -> T) -> Vec<T> {
        ended.iter().map(|one| value(&one.completion)).collect()
    }
    let (ids, fences): (Vec<Uuid>, Vec<i64>) =
        ended.iter().map(|one| (one.claim.id, one.claim.fence)).unzip();
    let addresses: Vec<_> = ended.iter().map(|one| one.sent_to.as_deref()).collect();
    let completed: Vec<Row> = FixedSql::<Untyped>::new(format!(
        "WITH ended AS (
            UPDATE outbox o SET status = n.status, lease_until = NULL,
                last_error_class = coalesce(n.class, o.last_error_class),
                last_error_code = coalesce(n.code, o.last_error_code),
                provider_id = coalesce(n.provider_id, o.provider_id),
                not_before = coalesce(now() + make_interval(secs => n.pause), o.not_before),
                finished_at = CASE WHEN n.pause IS NULL THEN now() END
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                AS n (id, fence, status, class, code, provider_id, pause, sent_to, failure)
            WHERE o.id = n.id AND o.fence = n.fence AND o.status = 'sending'
            RETURNING o.id, o.user_id, o.channel, o.status, n.sent_to, n.failure, o.created_at), {NOTE}
         SELECT id, extract(epoch FROM now() - created_at)::float8 AS age_secs FROM ended"
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<BigInt>, _>(fences)
    .bind::<Array<Text>, _>(each(ended, Completion::status))
    .bind::<Array<Nullable<Text>>, _>(each(ended, |one| one.error().0))
    .bind::<Array<Nullable<Text>>, _>(each(ended, |one| one.error().1))
    .bind::<Array<Nullable<Text>>, _>(each(ended, Completion::provider_id))
    .bind::<Array<Nullable<Double>>, _>(each(ended, Completion::pause_secs))
    .bind::<Array<Nullable<Text>>, _>(addresses)
    .bind::<Array<Nullable<Text>>, _>(each(ended, Completion::failure))
    .load(&mut conn)
    .await?;
    Ok(completed.into_iter().map(|row| (row.id, row.age_secs)).collect())
}

/// Returns claims without an attempt to send. The messages are due as before.
pub async fn give_back(mut conn: &AsyncPgConnection, claims: &[Claim]) -> QueryResult<()> {
    let (ids, fences): (Vec<Uuid>, Vec<i64>) =
        claims.iter().map(|claim| (claim.id, claim.fence)).unzip();
    fixed_query(
        "UPDATE outbox o SET status = 'queued', lease_until = NULL, attempts = attempts - 1
         FROM unnest($1, $2) AS n (id, fence)
         WHERE o.id = n.id AND o.fence = n.fence AND o.status = 'sending'",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<BigInt>, _>(fences)
    .execute(&mut conn)
    .await
    .map(drop)
}
