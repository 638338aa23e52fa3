//! The rules of registering with a password, with and without an invitation. No database connection
//! is held while the password is hashed.

use diesel_async::AsyncConnection;
use ipnet::IpNet;
use uuid::Uuid;

use super::{service::count, store, types::Registration};
use crate::{
    auth::{
        AuthResponse, Device,
        attempts::Way,
        budget, in_uniform_time,
        invitations::{self, Invitation},
        sessions, store as users,
    },
    credentials::{EmailAddress, LoginMethod, PasswordHash, Purpose},
    error::{ApiError, ApiResult, ErrorCode},
    outbox::{self, Channel, Message},
    state::{AppState, WorkerState},
};

/// A registration whose password has been hashed.
struct Hashed {
    email: EmailAddress,
    password_hash: PasswordHash,
    display_name: Option<String>,
}

/// Registers the address. `None` if a mail has to verify it first, and also if it has an account or
/// may not register: strangers must not learn which.
pub async fn register(
    state: &WorkerState,
    registration: Registration,
    network: Option<IpNet>,
    device: &Device,
) -> ApiResult<Option<AuthResponse>> {
    let Registration { email, password, display_name, invitation } = registration;
    let can_mail = state.can_send(Channel::Email);
    if invitation.is_none() {
        state.require_channel(Channel::Email)?;
    }
    count(state, Way::Register, &email, device).await?;
    let invitation = match invitation {
        Some(token) => Some(invitations::open(state, &token, &email).await?),
        None => None,
    };
    let password_hash = state.hasher.hash(password).await?;
    let hashed = Hashed { email, password_hash, display_name };
    match invitation {
        // The operator vouches for the address of an invitation for this address. Without mail, the
        // word of the person who was invited has to do.
        Some(one) if !can_mail || (one.is_of_operator() && one.email.is_some()) => {
            join(state, hashed, &one, device).await.map(Some)
        }
        invitation => await_verification(state, hashed, invitation, network).await.map(|()| None),
    }
}

/// Stores the registration with its own verification token, and mails the token. If the address is
/// already verified, it gets a mail saying so instead. If it may not register, nothing happens. The
/// registration is also stored if the mail budget is used up: a later resend mails the token of the
/// newest registration.
async fn await_verification(
    state: &WorkerState,
    Hashed { email, password_hash, display_name }: Hashed,
    invitation: Option<Invitation>,
    network: Option<IpNet>,
) -> ApiResult<()> {
    let id = Uuid::new_v4();
    let shared: &AppState = state;
    let policy = &shared.registration;
    let is_new = in_uniform_time(async {
        let mut conn = state.pool.get().await?;
        conn.transaction::<_, ApiError, _>(async |conn| {
            let invitation = match invitation {
                Some(invitation) => Some(invitation),
                None => invitations::of_address(shared, conn, &email).await?,
            };
            let may_register = invitation.is_some() || invitations::is_open_to(policy, &email);
            // Lock the account before its counters, as everywhere.
            let (user_id, is_new) = if may_register {
                let (user_id, is_new) = users::find_or_create_user(conn, &email).await?;
                (Some(user_id), is_new)
            } else {
                (users::find_user(conn, &email).await?, false)
            };
            let may_send = budget::take_message(shared, conn, email.as_str(), network).await?;
            let Some(user_id) = user_id else { return Ok(false) };
            let message = if users::is_verified(conn, user_id).await? {
                Message::account_exists(user_id)
            } else if may_register {
                users::ensure_account(conn, user_id).await?;
                store::delete_expired_registrations(conn, user_id).await?;
                let pending = store::NewRegistration {
                    id,
                    password_hash: password_hash.as_ref(),
                    display_name: display_name.as_deref(),
                    verify_token: shared.server_key.digest_of(Purpose::VerifyEmail, id),
                    invitation_id: invitation.map(|invitation| invitation.id),
                };
                store::insert_registration(conn, user_id, &pending).await?;
                Message::verify_email(user_id, id)
            } else {
                return Ok(false);
            };
            if may_send {
                outbox::store::enqueue(conn, &message).await?;
            }
            Ok(is_new)
        })
        .await
    })
    .await?;
    if is_new {
        state.metrics.users_registered.inc();
    }
    Ok(())
}

/// Creates the account at once, and logs in. If somebody registered the address before without
/// verifying it, everything that they may have set is deleted.
async fn join(
    state: &WorkerState,
    Hashed { email, password_hash, display_name }: Hashed,
    invitation: &Invitation,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let shared: &AppState = state;
    let mut conn = state.pool.get().await?;
    let (response, is_new) = conn
        .transaction::<_, ApiError, _>(async |conn| {
            let (user_id, is_new) = users::find_or_create_user(conn, &email).await?;
            if users::is_verified(conn, user_id).await? {
                let message = "this address already has an account; log in";
                return Err(ApiError::new(ErrorCode::EmailTaken, message));
            }
            users::ensure_account(conn, user_id).await?;
            users::delete_data_of_strangers(conn, user_id).await?;
            store::set_password(conn, user_id, &password_hash).await?;
            users::set_display_name(conn, user_id, display_name.as_deref()).await?;
            invitations::accepted(conn, invitation.id, user_id, device).await?;
            let account = users::end_sessions(conn, user_id).await?;
            let method = LoginMethod::Local;
            Ok((sessions::open(shared, conn, &account, method, device).await?, is_new))
        })
        .await?;
    if is_new {
        state.metrics.users_registered.inc();
    }
    Ok(response)
}
