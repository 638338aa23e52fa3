//! The rules of webhooks.

use base64::{Engine, engine::general_purpose::STANDARD};
use diesel_async::AsyncConnection;
use uuid::Uuid;

use super::{
    store,
    types::{CreatedWebhook, NewWebhook, Webhook, WebhookChanges, WebhookDelivery},
};
use crate::{
    auth::{
        Identity, Purpose, ServerKey,
        audit::{self, Event, EventKind},
        sessions::Device,
    },
    error::{ApiError, ApiResult, ErrorCode},
    idempotency::{self, IdempotencyKey},
    outbox,
    state::WorkerState,
};

/// The key that signs what is posted to the webhook: derived from its id, and stored nowhere.
fn signing_key(server_key: &ServerKey, webhook_id: Uuid) -> [u8; 32] {
    server_key.tag(Purpose::Webhook, "secret", webhook_id.as_bytes())
}

/// The keys that sign what is posted to the webhook: its receiver knows one of them, and while the
/// server's key changes that may be the one before.
pub fn signing_keys(server_key: &ServerKey, webhook_id: Uuid) -> Vec<[u8; 32]> {
    server_key.accepted().map(|key| signing_key(key, webhook_id)).collect()
}

pub async fn create(
    state: &WorkerState,
    identity: Identity,
    key: Option<IdempotencyKey>,
    new: NewWebhook,
    device: &Device,
) -> ApiResult<CreatedWebhook> {
    let mut conn = state.pool.get().await?;
    let details: Webhook = conn
        .transaction::<_, ApiError, _>(async |conn| {
            if let Some(details) = idempotency::answered(conn, identity, key.as_ref()).await? {
                return Ok(details);
            }
            let id = Uuid::new_v4();
            if !store::insert(conn, identity, id, &new).await? {
                identity.confirm(conn).await?;
                let message = "this account has too many webhooks; delete some";
                return Err(ApiError::new(ErrorCode::TooManyWebhooks, message));
            }
            let kept = store::find(conn, identity, id).await?;
            let details = kept.ok_or_else(ApiError::invalid_access_token)?;
            // Its owner is told by mail: who has a stolen token could listen for ever.
            let event = Event::of(EventKind::WebhookCreated, identity.user_id);
            audit::record(conn, &event.by(host_of(&new.url)).from(device)).await?;
            idempotency::record(conn, identity, key.as_ref(), &details).await?;
            Ok(details)
        })
        .await?;
    let secret = STANDARD.encode(signing_key(&state.server_key, details.id));
    Ok(CreatedWebhook { details, secret: format!("whsec_{secret}") })
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

/// Posts an event once more, with the id that it had.
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

/// What people know the receiver by.
pub fn host_of(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    url.as_ref().and_then(url::Url::host_str).unwrap_or_default().to_owned()
}
