//! The rules of logins with a code.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use ipnet::IpNet;
use uuid::Uuid;

use super::{Identifier, OtpCode, Proves, Tries, count_try, invalid_code, issue, store};
use crate::{
    auth::{
        AuthResponse, Device,
        attempts::{self, Attempt, Way},
        audit::{self, Event},
        budget, in_uniform_time, sessions, store as users,
    },
    credentials::{Account, LoginMethod},
    error::{ApiError, ApiResult, ErrorCode},
    outbox::Channel,
    state::{AppState, WorkerState},
};

/// Sends a code to the account with this `identifier`. The answer is the same if there is no
/// account, or after too many wrong codes. A known device is not limited by the messages that
/// strangers requested.
pub async fn request(
    state: &WorkerState,
    identifier: &Identifier,
    network: Option<IpNet>,
    device: &Device,
) -> ApiResult<()> {
    let channel = identifier.channel();
    state.require_channel(channel)?;
    let shared: &AppState = state;
    in_uniform_time(async {
        let mut conn = state.pool.get().await?;
        conn.transaction::<_, ApiError, _>(async |conn| {
            let owner = store::lock_account(conn, identifier).await?;
            let (way, identifier_text) = (Way::LoginCode, identifier.as_str());
            let attempt = Attempt { way, identifier: identifier_text, owner, device };
            attempt.count(shared, conn).await?;
            if let Identifier::Phone(number) = identifier {
                budget::require_texts(shared, conn, number).await?;
            }
            let may_send = device.known_as(owner).is_some()
                || budget::take_message(shared, conn, identifier.as_str(), network).await?;
            let Some(user_id) = owner.filter(|_| may_send) else { return Ok(()) };
            if channel == Channel::Sms && !budget::take_text(shared, conn).await? {
                return Ok(());
            }
            let tries = Tries::at_login(&shared.server_key, user_id, device);
            match issue(conn, &tries, Proves::Login, identifier).await {
                Err(ApiError { code: ErrorCode::CodesClosed, .. }) => Ok(()),
                issued => issued,
            }
        })
        .await
    })
    .await
}

/// Logs in with a code. The try is counted and committed before the code is compared.
pub async fn verify(
    state: &WorkerState,
    identifier: &Identifier,
    code: &OtpCode,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let shared: &AppState = state;
    in_uniform_time(async {
        let mut conn = state.pool.get().await?;
        let (counted, user_id, challenge_id) = conn
            .transaction::<_, ApiError, _>(async |conn| {
                let owner = store::lock_account(conn, identifier).await?;
                let (way, identifier_text) = (Way::VerifyCode, identifier.as_str());
                let attempt = Attempt { way, identifier: identifier_text, owner, device };
                let counted = attempt.count(shared, conn).await?;
                let Some(user_id) = owner else { return Ok((counted, None, None)) };
                let tries = Tries::at_login(&shared.server_key, user_id, device);
                let id = count_try(conn, &tries, Proves::Login, Some(identifier)).await?;
                Ok((counted, owner, id))
            })
            .await?;
        let attempt = challenge_id.map(|id| (id, code.digests(&state.server_key, id)));
        let response = conn
            .transaction::<_, ApiError, _>(async |conn| {
                // Take this lock first, as in the transaction that counts tries. Another
                // order could deadlock.
                store::lock_account(conn, identifier).await?;
                let is_right = match &attempt {
                    Some((id, digests)) => store::use_code(conn, *id, digests).await?.is_some(),
                    None => false,
                };
                let Some(user_id) = user_id.filter(|_| is_right) else {
                    let failure = Event::login_failed(user_id, LoginMethod::Otp, device);
                    audit::record(conn, &failure).await?;
                    return Ok(None);
                };
                Tries::at_login(&shared.server_key, user_id, device).succeed(conn).await?;
                let account = who_logs_in(conn, user_id, identifier).await?;
                if let Identifier::Email(email) = identifier {
                    attempts::reopen(conn, &shared.server_key, user_id, email).await?;
                }
                sessions::open(shared, conn, &account, LoginMethod::Otp, device).await.map(Some)
            })
            .await?;
        response.ok_or_else(|| counted.refuse(invalid_code()))
    })
    .await
}

/// A mailed code verifies the mailbox. If it was not verified before, everything that a stranger
/// may have set is deleted.
async fn who_logs_in(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    identifier: &Identifier,
) -> diesel::QueryResult<Account> {
    if identifier.channel() == Channel::Sms || users::is_verified(conn, user_id).await? {
        return users::find_account(conn, user_id).await;
    }
    users::ensure_account(conn, user_id).await?;
    users::delete_data_of_strangers(conn, user_id).await?;
    users::set_email_verified(conn, user_id).await?;
    users::end_sessions(conn, user_id).await
}
