//! Business rules of account exports: an account has one at a time.

use diesel_async::AsyncConnection;

use super::{
    store,
    types::{AccountExport, ExportStatus},
};
use crate::{
    auth::{
        Device,
        audit::{self, Event, EventKind},
        reauth::{self, Proof},
    },
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// Who requests an export.
pub enum Authority {
    Login(Proof),
    /// A token with the scope `export`. Its owner gave a proof to create it, and got a mail.
    PersonalToken,
}

/// Creates an export instead of a finished one; an export in progress continues. For a login, fails
/// as [`reauth::require`] does.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    authority: Authority,
    device: &Device,
) -> ApiResult<ExportStatus> {
    let mut event = Event::of(EventKind::ExportCreated, identity.user_id).from(device);
    match authority {
        Authority::Login(proof) => {
            let refused = EventKind::ExportRefused;
            reauth::require_or_record(state, identity, proof, refused, device).await?;
        }
        Authority::PersonalToken => event = Event { is_expected: true, ..event.by("token") },
    }
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        if store::create(conn, identity).await? {
            audit::record(conn, &event).await?;
            store::notify(conn).await?;
        }
        Ok(())
    })
    .await?;
    drop(conn);
    find(state, identity).await.map(ExportStatus::from)
}

pub async fn find(state: &WorkerState, identity: Identity) -> ApiResult<AccountExport> {
    let conn = state.pool.get().await?;
    let found = store::find(&conn, identity).await?;
    identity.found(found, &conn).await
}

/// The finished export. 409 `not_ready` if it is not finished.
pub async fn finished(state: &WorkerState, identity: Identity) -> ApiResult<AccountExport> {
    let account_export = find(state, identity).await?;
    if account_export.is_done() {
        return Ok(account_export);
    }
    let message = "the export is not finished yet; GET /me/export returns its progress";
    Err(ApiError::new(ErrorCode::NotReady, message))
}

/// Records that the export is downloaded.
pub async fn note_download(
    state: &WorkerState,
    identity: Identity,
    device: &Device,
) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    let event = Event::of(EventKind::ExportDownloaded, identity.user_id).from(device);
    audit::record(&conn, &event).await
}

pub async fn delete(state: &WorkerState, identity: Identity) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    let deleted = store::delete(&conn, identity).await?;
    identity.found(deleted.then_some(()), &conn).await
}
