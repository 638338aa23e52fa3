//! The rules of webhooks.

use base64::{Engine, engine::general_purpose::STANDARD};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{
    address::host_of,
    budget,
    challenge::{Challenger, challenge},
    signature::signing_key,
    store,
    types::{CreatedWebhook, NewWebhook, Webhook, WebhookChanges, WebhookDelivery},
};
use crate::{
    auth::{
        Device,
        audit::{self, Event, EventKind},
    },
    credentials::{Identity, Purpose},
    error::{ApiError, ApiResult, ErrorCode},
    idempotency::{self, IdempotencyKey},
    outbox,
    state::WorkerState,
    throttle::{self, Limit, daily},
};

/// Challenges per user. They are limited because a challenge may go to a host that
/// did not ask for it.
const CHALLENGES: Limit = Limit { times: 30, minutes: 60 };

/// Challenges the receiver, and stores the webhook in any case. A receiver that checks signatures
/// learns the secret only afterwards, and can be challenged again by [`test`].
pub async fn create(
    state: &WorkerState,
    challenger: &Challenger,
    identity: Identity,
    key: Option<IdempotencyKey>,
    new: NewWebhook,
    device: &Device,
) -> ApiResult<CreatedWebhook> {
    {
        let conn = state.pool.get().await?;
        if let Some(details) = idempotency::replayed(&conn, identity, key.as_ref()).await? {
            return Ok(with_secret(state, details));
        }
        if store::list(&conn, identity).await?.len() >= store::MAX_WEBHOOKS {
            return Err(too_many());
        }
        identity.confirm(&conn).await?;
        take_challenge(state, &conn, identity, &new.url).await?;
    }
    let id = Uuid::new_v4();
    // No database connection is held during the challenge.
    let answer = challenge(challenger.client()?, &state.server_key, id, &new.url).await;
    let refusal = answer.err();
    let mut conn = state.pool.get().await?;
    let details: Webhook = conn
        .transaction::<_, ApiError, _>(async |conn| {
            if let Some(details) = idempotency::answered(conn, identity, key.as_ref()).await? {
                return Ok(details);
            }
            if !store::insert(conn, identity, id, &new, refusal.as_deref()).await? {
                identity.confirm(conn).await?;
                return Err(too_many());
            }
            let kept = store::find(conn, identity, id).await?;
            let details = kept.ok_or_else(ApiError::invalid_access_token)?;
            // The owner is notified by mail, because a stolen access token could be used to
            // eavesdrop indefinitely.
            let event = Event::of(EventKind::WebhookCreated, identity.user_id);
            audit::record(conn, &event.by(host_of(&new.url)).from(device)).await?;
            idempotency::record(conn, identity, key.as_ref(), &details).await?;
            Ok(details)
        })
        .await?;
    Ok(with_secret(state, details))
}

fn with_secret(state: &WorkerState, details: Webhook) -> CreatedWebhook {
    let secret = STANDARD.encode(signing_key(&state.server_key, details.id));
    CreatedWebhook { details, secret: format!("whsec_{secret}") }
}

fn too_many() -> ApiError {
    let message = format!("an account has at most {} webhooks; delete some", store::MAX_WEBHOOKS);
    ApiError::new(ErrorCode::TooManyWebhooks, message)
}

/// Takes one challenge of the user, and one post of the daily budgets.
async fn take_challenge(
    state: &WorkerState,
    conn: &AsyncPgConnection,
    identity: Identity,
    url: &str,
) -> ApiResult<()> {
    let (server_key, user_id) = (&state.server_key, identity.user_id);
    let key = server_key.tag(Purpose::Throttle, "webhook-challenge", user_id.as_bytes());
    throttle::take(conn, key, CHALLENGES).await?;
    if budget::take_post(conn, server_key, &state.webhooks, user_id, url).await? {
        return Ok(());
    }
    Err(daily::spent(conn).await?)
}

/// Challenges the receiver of a webhook, confirmed or not. Returns the webhook with the result.
pub async fn test(
    state: &WorkerState,
    challenger: &Challenger,
    identity: Identity,
    id: Uuid,
) -> ApiResult<Webhook> {
    let webhook = {
        let conn = state.pool.get().await?;
        let found = store::find(&conn, identity, id).await?;
        let webhook = identity.found(found, &conn).await?;
        take_challenge(state, &conn, identity, &webhook.url).await?;
        webhook
    };
    let answer = challenge(challenger.client()?, &state.server_key, id, &webhook.url).await;
    let conn = state.pool.get().await?;
    let noted = store::note_challenge(&conn, identity, id, answer.err().as_deref()).await?;
    identity.found(noted, &conn).await
}

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Vec<Webhook>> {
    let conn = state.pool.get().await?;
    let webhooks = store::list(&conn, identity).await?;
    if webhooks.is_empty() {
        identity.confirm(&conn).await?;
    }
    Ok(webhooks)
}

pub async fn update(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    changes: WebhookChanges,
) -> ApiResult<Webhook> {
    let conn = state.pool.get().await?;
    identity.found(store::update(&conn, identity, id, changes).await?, &conn).await
}

pub async fn delete(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    device: &Device,
) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        identity.found(store::delete(conn, identity, id).await?, conn).await?;
        let event = Event::of(EventKind::WebhookDeleted, identity.user_id).from(device);
        audit::record(conn, &event).await
    })
    .await
}

pub async fn deliveries(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
) -> ApiResult<Vec<WebhookDelivery>> {
    let conn = state.pool.get().await?;
    identity.found(store::find(&conn, identity, id).await?, &conn).await?;
    Ok(store::deliveries(&conn, id).await?)
}

/// Posts an event again, with its original id.
pub async fn replay(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let found = store::is_own_delivery(conn, identity, id).await?.then_some(());
        identity.found(found, conn).await?;
        store::replay(conn, identity.user_id, id).await?;
        outbox::store::notify(conn).await?;
        Ok(())
    })
    .await
}
