//! The webhook actor: posts events, keeps the log of deliveries, and disables webhooks whose
//! receivers are gone.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use crate::{
    auth::audit::{self, Event, EventKind},
    delivery::{
        DeliveryContext,
        attempt::Carrier,
        lease::Lease,
        send_error::{SendError, SendResult},
    },
    error::{ApiError, ApiResult},
    outbox::store::{Claim, Claimed},
    webhooks::{
        WebhookClient, host_of, signing_keys,
        store::{self, AttemptResult, Posting},
        take_post,
    },
};

/// The receiver wants no more events (Standard Webhooks, "410 Gone").
const GONE: u16 = 410;

impl Carrier for WebhookClient {
    type Content = Posting;

    async fn compose(
        &self,
        parts: &DeliveryContext,
        conn: &AsyncPgConnection,
        _: Claim,
        message: &Claimed,
    ) -> ApiResult<Option<Posting>> {
        compose(parts, conn, message.subject_id).await
    }

    async fn send(
        &self,
        parts: &DeliveryContext,
        _: Claim,
        message: &Claimed,
        posting: Posting,
        _: Lease,
    ) -> SendResult {
        parts.in_time(send(parts, self, message.subject_id, posting)).await
    }
}

/// The event to post. If the day's posts are used up, the event is skipped, and a summary on the
/// next day replaces it.
async fn compose(
    parts: &DeliveryContext,
    conn: &AsyncPgConnection,
    delivery_id: Uuid,
) -> ApiResult<Option<Posting>> {
    let Some(posting) = store::posting(conn, delivery_id).await? else { return Ok(None) };
    let (key, config) = (&parts.server_key, &parts.webhooks);
    if !take_post(conn, key, config, posting.user_id, &posting.url).await? {
        tracing::info!(webhook.id = %posting.webhook_id, "the daily limit of webhook posts is reached");
        store::skip(conn, posting.webhook_id, delivery_id).await?;
        return Ok(None);
    }
    if posting.event == store::SUMMARY {
        store::resume(conn, posting.webhook_id).await?;
    }
    Ok(Some(posting))
}

/// Posts the event. A receiver's failure says nothing about other receivers, so it never opens the
/// channel's breaker.
async fn send(
    parts: &DeliveryContext,
    client: &WebhookClient,
    delivery_id: Uuid,
    posting: Posting,
) -> SendResult {
    let keys = signing_keys(&parts.server_key, posting.webhook_id);
    let body = posting.payload.to_string().into_bytes();
    let posted = client.post(&posting.url, &keys, delivery_id, body).await;
    let retry_after = posted.as_ref().ok().and_then(|posted| posted.retry_after);
    let outcome = match posted {
        Ok(posted) => {
            let status = posted.status.as_u16();
            let error = (!posted.status.is_success()).then(|| format!("answered {status}"));
            AttemptResult { response_status: Some(status.into()), error, is_gone: status == GONE }
        }
        Err(error) => AttemptResult { response_status: None, error: Some(error), is_gone: false },
    };
    if let Err(error) = note(parts, delivery_id, &posting, &outcome).await {
        tracing::warn!(error.cause = ?error.cause, "cannot store the result of a webhook delivery");
    }
    match outcome.error {
        None => Ok(None),
        Some(_) if outcome.is_gone => Err(SendError::permanent(GONE)),
        Some(_) => {
            let code = outcome.response_status.map(|status| status.to_string());
            Err(SendError::Transient { code, retry_after })
        }
    }
}

async fn note(
    parts: &DeliveryContext,
    delivery_id: Uuid,
    posting: &Posting,
    outcome: &AttemptResult,
) -> ApiResult<()> {
    let mut conn = parts.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        store::note(conn, delivery_id, outcome).await?;
        if outcome.error.is_none() {
            return Ok(store::note_success(conn, posting.webhook_id).await?);
        }
        note_failure(parts, conn, posting, outcome.is_gone).await
    })
    .await
}

async fn note_failure(
    parts: &DeliveryContext,
    conn: &AsyncPgConnection,
    posting: &Posting,
    is_gone: bool,
) -> ApiResult<()> {
    let patience = parts.webhooks.disable_after_hours;
    if store::note_failure(conn, posting.webhook_id, patience, is_gone).await? {
        let event =
            Event::of(EventKind::WebhookDisabled, posting.user_id).by(host_of(&posting.url));
        audit::record(conn, &event).await?;
    }
    Ok(())
}
