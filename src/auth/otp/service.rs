//! The rules of logging in by a code.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use ipnet::IpNet;
use uuid::Uuid;

use super::{Identifier, OtpCode, Proves, invalid_code, issue, store};
use crate::{
    auth::{
        Account, AuthResponse, Purpose,
        audit::{self, Event},
        budget, in_uniform_time,
        sessions::{self, Device, LoginMethod},
        store as users,
    },
    error::{ApiError, ApiResult},
    outbox::Channel,
    state::{Shared, WorkerState},
    throttle::{self, Limit},
};

/// Codes that can be asked for by one identifier.
const REQUESTS: Limit = Limit { times: 3, minutes: 15 };

/// Sends a code to an account that is known by `identifier`; the answer is the same without one.
pub async fn request(
    state: &WorkerState,
    identifier: &Identifier,
    network: Option<IpNet>,
) -> ApiResult<()> {
    let channel = identifier.channel();
    state.require_channel(channel)?;
    let limited = format!("{channel}:{}", identifier.as_str());
    let shared: &Shared = state;
    let server_key = &shared.server_key;
    let key = server_key.tag(Purpose::Throttle, "login-code", limited.as_bytes());
    in_uniform_time(async {
        let mut conn = state.pool.get().await?;
        conn.transaction::<_, ApiError, _>(async |conn| {
            throttle::take(conn, &key, REQUESTS).await?;
            if let Identifier::Phone(number) = identifier {
                budget::require_texts(shared, conn, number).await?;
            }
            if budget::take_message(shared, conn, identifier.as_str(), network).await?
                && let Some(user_id) = store::lock_account(conn, identifier).await?
                && (channel == Channel::Email || budget::take_text(shared, conn).await?)
            {
                issue(conn, server_key, user_id, Proves::Login, identifier).await?;
            }
            Ok(())
        })
        .await
    })
    .await
}

/// Logs in with a code. The attempt is counted and committed before the code is compared.
pub async fn verify(
    state: &WorkerState,
    identifier: &Identifier,
    code: &OtpCode,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let shared: &Shared = state;
    in_uniform_time(async {
        let mut conn = state.pool.get().await?;
        let (user_id, challenge_id) = conn
            .transaction::<_, ApiError, _>(async |conn| {
                let Some(user_id) = store::lock_account(conn, identifier).await? else {
                    return Ok((None, None));
                };
                let counted =
                    store::count_attempt(conn, user_id, Proves::Login, Some(identifier)).await?;
                Ok((Some(user_id), counted))
            })
            .await?;
        let attempt = challenge_id.map(|id| (id, code.digests(&state.server_key, id)));
        let response = conn
            .transaction::<_, ApiError, _>(async |conn| {
                let is_right = match &attempt {
                    Some((id, digests)) => store::use_code(conn, *id, digests).await?.is_some(),
                    None => false,
                };
                let Some(user_id) = user_id.filter(|_| is_right) else {
                    let failure = Event::login_failed(user_id, LoginMethod::Otp, device);
                    audit::record(conn, &failure).await?;
                    return Ok(None);
                };
                let account = who_logs_in(conn, user_id, identifier.channel()).await?;
                sessions::open(shared, conn, &account, LoginMethod::Otp, device).await.map(Some)
            })
            .await?;
        response.ok_or_else(invalid_code)
    })
    .await
}

/// A mailed code proves the mailbox: of what was set before anybody did, nothing stays.
async fn who_logs_in(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    channel: Channel,
) -> diesel::QueryResult<Account> {
    if channel == Channel::Sms || users::is_verified(conn, user_id).await? {
        return users::find_account(conn, user_id).await;
    }
    users::ensure_account(conn, user_id).await?;
    users::forget_what_strangers_set(conn, user_id).await?;
    users::set_email_verified(conn, user_id).await?;
    users::end_sessions(conn, user_id).await
}
