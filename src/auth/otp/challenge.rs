//! Issues codes and counts the tries, independent of what a code proves.

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{Identifier, OtpCode, Tries, proves::Proves, store};
use crate::{
    credentials::ServerKey,
    error::{ApiError, ApiResult, ErrorCode},
    outbox::{self, Message, MessageKind},
};

/// Sends a code to `to` when the caller's transaction commits. While a code is valid, another
/// request sends the same code again, so that a delayed mail still works. A new code voids the
/// earlier ones. 429 `codes_closed` after too many wrong codes: a new code would not be compared.
pub async fn issue(
    conn: &AsyncPgConnection,
    tries: &Tries<'_>,
    proves: Proves,
    to: &Identifier,
) -> ApiResult<()> {
    if let Some(seconds) = tries.closed_for(conn).await? {
        return Err(codes_closed(seconds));
    }
    let (key, user_id) = (tries.key, tries.user_id);
    let resendable = match store::find_resendable(conn, user_id, proves, to).await? {
        Some(id) if tries.are_left(conn, id).await? => Some(id),
        _ => None,
    };
    let id = match resendable {
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

/// Counts a try at the newest code (sent to `to`, if given) and returns its challenge if the code
/// may be compared. The caller must commit the count before comparing.
pub async fn count_try(
    conn: &AsyncPgConnection,
    tries: &Tries<'_>,
    proves: Proves,
    to: Option<&Identifier>,
) -> ApiResult<Option<Uuid>> {
    let Some(id) = store::find_newest(conn, tries.user_id, proves, to).await? else {
        return Ok(None);
    };
    if !tries.take(conn, id).await? {
        return Ok(None);
    }
    store::count_attempt(conn, id).await?;
    Ok(Some(id))
}

/// Uses up the code of the newest challenge (sent to `to`, if given). Returns where it was sent, or
/// 401. The try is counted and committed before the code is compared.
pub async fn redeem(
    conn: &mut AsyncPgConnection,
    key: &ServerKey,
    user_id: Uuid,
    proves: Proves,
    to: Option<&Identifier>,
    code: &OtpCode,
) -> ApiResult<String> {
    let tries = Tries::of_owner(key, user_id);
    let counted = count_try(conn, &tries, proves, to).await?;
    let id = match counted {
        Some(id) => id,
        None => return Err(not_compared(conn, &tries).await?),
    };
    let used = store::use_code(conn, id, &code.digests(key, id)).await?;
    let destination = used.ok_or_else(invalid_code)?;
    tries.succeed(conn).await?;
    Ok(destination)
}

/// Why a code was not compared: 429 `codes_closed`, or 401.
pub async fn not_compared(conn: &AsyncPgConnection, tries: &Tries<'_>) -> ApiResult<ApiError> {
    Ok(tries.closed_for(conn).await?.map_or_else(invalid_code, codes_closed))
}

/// 429. Only for users who are logged in.
fn codes_closed(seconds: u32) -> ApiError {
    let message = "too many wrong codes; use your password, or try again later";
    ApiError { retry_after_secs: Some(seconds), ..ApiError::new(ErrorCode::CodesClosed, message) }
}

/// 401 for a code. Does not reveal whether it is wrong, used, expired or tried too often.
pub fn invalid_code() -> ApiError {
    ApiError::new(
        ErrorCode::InvalidCode,
        "this code is wrong, has already been used or has expired",
    )
}
