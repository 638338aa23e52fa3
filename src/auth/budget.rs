//! Limits on the messages sent to an address or number. They count whether or not an account
//! exists, so that the answer reveals nothing about accounts or other clients. Beyond the limit
//! nothing is sent, and links and codes sent before stay valid.
//!
//! The limits cover messages that can be requested without a session (verification mails, "you
//! already have an account" mails, login links and codes) and codes to a new address or number.
//! They do not cover codes that confirm a change, which require a session, or security notices: a
//! stranger who uses up the budget must not be able to suppress those.

use std::fmt::Display;

use diesel_async::AsyncPgConnection;

use crate::{
    credentials::{PhoneNumber, Purpose, ServerKey},
    error::{ApiError, ApiResult, ErrorCode},
    state::AppState,
    throttle::{self, Limit, daily},
};

/// The part of a recipient's daily messages that one network or one account can cause. The rest is
/// left for the owner, who is in another network.
const SHARE_OF_ONE: Limit = Limit { times: 6, minutes: 24 * 60 };

/// Takes one message to `to`, an address or a number. `from` is the requesting network or account,
/// if known. False if the budget is used up.
pub async fn take_message(
    shared: &AppState,
    conn: &AsyncPgConnection,
    to: &str,
    from: Option<impl Display>,
) -> ApiResult<bool> {
    let key = |what: &str, of: &str| shared.server_key.tag(Purpose::Throttle, what, of.as_bytes());
    let limits = [shared.limits.message_recipient, shared.limits.message_recipient_day];
    let limits: Vec<Limit> = limits.into_iter().flatten().map(Limit::from).collect();
    if limits.is_empty() {
        return Ok(true);
    }
    let share = from.map(|from| key("messages-share", &format!("{from} {to}")));
    let is_left = match share {
        Some(share) => throttle::store::take_all(conn, &share, &[SHARE_OF_ONE]).await?,
        None => true,
    };
    let is_left =
        is_left && throttle::store::take_all(conn, &key("messages-to", to), &limits).await?;
    shared.metrics.count_limit("message_recipient", is_left);
    Ok(is_left)
}

/// The key of the counter of today's text messages.
pub fn texts_key(key: &ServerKey) -> [u8; 32] {
    key.tag(Purpose::Throttle, "texts", b"")
}

/// 409 if text messages are not sent to the number's country, and 503 if today's budget of text
/// messages is used up. The answer does not depend on the account.
pub async fn require_texts(
    shared: &AppState,
    conn: &AsyncPgConnection,
    number: &PhoneNumber,
) -> ApiResult<()> {
    if !shared.sms_limits.countries.include(number.as_str()) {
        return Err(ApiError::new(
            ErrorCode::PhoneNumberNotServed,
            "this server does not send text messages to numbers in this country",
        ));
    }
    let Some(limit) = shared.sms_limits.daily else { return Ok(()) };
    if daily::used(conn, &texts_key(&shared.server_key)).await? < limit {
        return Ok(());
    }
    shared.metrics.count_limit("texts_day", false);
    let message = "this server has reached its limit of text messages for today";
    let seconds = daily::seconds_left(conn).await?;
    let spent = ApiError::new(ErrorCode::ChannelUnavailable, message);
    Err(ApiError { retry_after_secs: Some(seconds), ..spent })
}

/// Takes one of today's text messages, once it is certain that one will be sent. False if other
/// requests have taken the last one since [`require_texts`].
pub async fn take_text(shared: &AppState, conn: &AsyncPgConnection) -> ApiResult<bool> {
    let Some(limit) = shared.sms_limits.daily else { return Ok(true) };
    let is_left = daily::take(conn, &texts_key(&shared.server_key), limit).await?;
    shared.metrics.count_limit("texts_day", is_left);
    Ok(is_left)
}
