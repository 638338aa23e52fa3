//! Issuing a code and counting the attempts at it: the same whatever the code proves.

use derive_more::Display;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{Identifier, OtpCode, store};
use crate::{
    auth::ServerKey,
    error::{ApiError, ApiResult, ErrorCode},
    outbox::{self, Message, MessageKind},
};

/// What the right code proves; a code for one thing is none for the other.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
pub enum Proves {
    /// Who somebody is.
    Login,
    /// That a number is the account's.
    Phone,
    /// That a new address is the account's.
    Email,
    /// That it is the account's owner who changes it.
    Change,
}

/// Sends a code to `to` when the caller's transaction commits. Asking again gives the same code while
/// it is good, so that the mail that comes late still works; a new code makes those before it void.
/// Nothing is sent after too many wrong codes.
pub async fn issue(
    conn: &AsyncPgConnection,
    key: &ServerKey,
    user_id: Uuid,
    proves: Proves,
    to: &Identifier,
) -> ApiResult<()> {
    if store::is_closed(conn, user_id).await? {
        return Ok(());
    }
    let id = match store::find_resendable(conn, user_id, proves, to).await? {
        Some(id) => id,
        None => {
            let id = Uuid::new_v4();
            let code_hash = OtpCode::derive(key, id).digest(key, id);
            store::void_challenges(conn, user_id, proves, to).await?;
            store::insert_challenge(conn, id, user_id, proves, to, &code_hash).await?;
            id
        }
    };
    let kind = match proves {
        Proves::Login => MessageKind::LoginCode,
        Proves::Phone => MessageKind::PhoneCode,
        Proves::Email => MessageKind::EmailCode,
        Proves::Change => MessageKind::ChangeCode,
    };
    let message = Message::code(kind, to.channel(), user_id, id);
    Ok(outbox::store::enqueue(conn, &message).await?)
}

/// Uses up the code of the newest challenge, to `to` where that matters: to whom it had been sent, or
/// 401. The attempt is counted and committed before anything is compared, whatever comes of it.
pub async fn redeem(
    conn: &mut AsyncPgConnection,
    key: &ServerKey,
    user_id: Uuid,
    proves: Proves,
    to: Option<&Identifier>,
    code: &OtpCode,
) -> ApiResult<String> {
    let counted = conn
        .transaction::<_, ApiError, _>(async |conn| {
            store::lock_user(conn, user_id).await?;
            Ok(store::count_attempt(conn, user_id, proves, to).await?)
        })
        .await?;
    let id = counted.ok_or_else(invalid_code)?;
    let used = store::use_code(conn, id, &code.digests(key, id)).await?;
    used.ok_or_else(invalid_code)
}

/// 401, for a code that is wrong, used, expired or tried too often alike.
pub fn invalid_code() -> ApiError {
    ApiError::new(ErrorCode::InvalidCode, "this code is wrong, was used already or has expired")
}
