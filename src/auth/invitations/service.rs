//! The rules of invitations.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{
    admission::require_domain,
    store,
    types::{CreatedInvitation, Invitation, Invitations, NewInvitation, link},
};
use crate::{
    auth::{
        Device,
        audit::{self, Event, EventKind},
    },
    config::RegistrationMode,
    credentials::{EmailAddress, Identity, OneTimeToken, Purpose},
    error::{ApiError, ApiResult, ErrorCode},
    idempotency::{self, IdempotencyKey},
    state::{AppState, WorkerState},
};

const PURPOSE: Purpose = Purpose::Invitation;

/// Creates an invitation. Its secret is derived from its id, so a lost response can be sent again
/// without storing the secret. 409 `too_many_invitations` at the user's limit.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    key: Option<IdempotencyKey>,
    new: NewInvitation,
    device: &Device,
) -> ApiResult<CreatedInvitation> {
    let shared: &AppState = state;
    let _lock = state.key_locks.take(identity, key.as_ref()).await;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        if let Some(details) = idempotency::answered(conn, identity, key.as_ref()).await? {
            return again(shared, conn, details).await;
        }
        let id = Uuid::new_v4();
        let digest = shared.server_key.digest_of(PURPOSE, id);
        let limit = limit(shared);
        let Some(details) = store::insert(conn, identity, id, &digest, &new, limit).await? else {
            identity.confirm(conn).await?;
            let message = format!("you may invite {limit} people; revoke an unused invitation");
            return Err(ApiError::new(ErrorCode::TooManyInvitations, message));
        };
        let event = Event::of(EventKind::InvitationCreated, identity.user_id).from(device);
        audit::record(conn, &event).await?;
        idempotency::record(conn, identity, key.as_ref(), &details).await?;
        let token = shared.server_key.token(PURPOSE, id);
        Ok(created(shared, details, &token))
    })
    .await
}

/// How many people a user who is not an admin may invite.
fn limit(shared: &AppState) -> u32 {
    match shared.registration.mode {
        RegistrationMode::Closed => 0,
        RegistrationMode::Open | RegistrationMode::Invited => shared.registration.invites_per_user,
    }
}

/// Returns the link again to a client that lost the answer, derived with the accepted key that made
/// it.
async fn again(
    shared: &AppState,
    conn: &AsyncPgConnection,
    details: Invitation,
) -> ApiResult<CreatedInvitation> {
    let (server_key, id) = (&shared.server_key, details.id);
    let digest = store::digest(conn, id).await?;
    let mut keys = server_key.accepted();
    let made = keys.find(|key| Some(key.digest_of(PURPOSE, id)) == digest);
    let token = made.unwrap_or(server_key).token(PURPOSE, id);
    Ok(created(shared, details, &token))
}

fn created(shared: &AppState, details: Invitation, token: &OneTimeToken) -> CreatedInvitation {
    let link = link(&shared.base_url, token, details.email.as_deref());
    CreatedInvitation { details, link }
}

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Invitations> {
    let conn = state.pool.get().await?;
    identity.confirm(&conn).await?;
    let invitations = store::list(&conn, identity).await?;
    let (taken, is_admin) = store::taken(&conn, identity.user_id).await?;
    let left = (!is_admin).then(|| (i64::from(limit(state)) - taken).max(0));
    Ok(Invitations { invitations, left })
}

pub async fn delete(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    device: &Device,
) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        if !store::is_own(conn, identity, id).await? || !store::revoke(conn, id).await? {
            identity.confirm(conn).await?;
            return Err(ApiError::not_found());
        }
        let event = Event::of(EventKind::InvitationDeleted, identity.user_id).from(device);
        audit::record(conn, &event).await
    })
    .await
}

/// The invitation with this secret, for a person who registers with `email`. 400 `invalid_token`,
/// or 403 `address_not_allowed` if it does not let this address in.
pub async fn open(
    state: &WorkerState,
    token: &OneTimeToken,
    email: &EmailAddress,
) -> ApiResult<Invitation> {
    let digests = state.server_key.digests(PURPOSE, token);
    let conn = state.pool.get().await?;
    let found = store::find_by_digest(&conn, &digests).await?.ok_or_else(invalid_invitation)?;
    if found.email.as_ref().is_some_and(|invited| invited != email.as_str()) {
        let message = "this invitation is for another address";
        return Err(ApiError::new(ErrorCode::AddressNotAllowed, message));
    }
    if !found.is_of_operator() {
        require_domain(&state.registration, Some(email))?;
    }
    Ok(found)
}

/// Takes one use of an invitation in the transaction that creates the account `user_id`, and
/// records this. 400 `invalid_token` if others have taken the last one.
pub async fn accepted(
    conn: &AsyncPgConnection,
    id: Uuid,
    user_id: Uuid,
    device: &Device,
) -> ApiResult<()> {
    if !store::take(conn, id).await? {
        return Err(invalid_invitation());
    }
    let event = Event::of(EventKind::InvitationAccepted, user_id).from(device);
    audit::record(conn, &event).await
}

fn invalid_invitation() -> ApiError {
    let message = "this invitation is invalid, has been used up or has expired";
    ApiError::new(ErrorCode::InvalidToken, message)
}
