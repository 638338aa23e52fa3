//! Records security events and notifies the owner.

use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Event, EventKind,
    store::{self, RecordedEvent},
};
use crate::{
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    outbox::{self, Message},
    state::WorkerState,
};

/// A page of events, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = SecurityEvents)]
pub struct EventsPage {
    events: Vec<RecordedEvent>,
    #[schema(required)]
    next_cursor: Option<Uuid>,
}

/// Records `event` in the caller's transaction, and enqueues the notice if there is one and the
/// owner does not expect the event.
pub async fn record(conn: &AsyncPgConnection, event: &Event<'_>) -> ApiResult<()> {
    let id = store::insert(conn, event).await?;
    if event.kind.is_notified() && !event.is_expected {
        // A deleted account has no user row for the message to reference.
        let user_id = event.user_id.filter(|_| event.kind != EventKind::AccountDeleted);
        let message = Message::security_notice(user_id, id, event.tell.as_ref());
        outbox::store::enqueue(conn, &message).await?;
    }
    Ok(())
}

/// The events after `cursor`, the last event of the previous page.
pub async fn list(
    state: &WorkerState,
    identity: Identity,
    cursor: Option<Uuid>,
    limit: i64,
) -> ApiResult<EventsPage> {
    let conn = state.pool.get().await?;
    if let Some(cursor) = cursor
        && !store::is_own(&conn, identity, cursor).await?
    {
        identity.confirm(&conn).await?;
        return Err(ApiError::new(
            ErrorCode::InvalidCursor,
            "the cursor does not belong to this list; start again without it",
        ));
    }
    let mut events = store::list(&conn, identity, cursor, limit + 1).await?;
    if events.is_empty() {
        identity.confirm(&conn).await?;
    }
    let page = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = events.len() > page;
    events.truncate(page);
    let next_cursor = events.last().filter(|_| has_more).map(|event| event.id);
    Ok(EventsPage { events, next_cursor })
}
