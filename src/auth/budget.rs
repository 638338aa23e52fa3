//! How many messages anybody can have sent to an address or number. Counted whether or not it
//! has an account, so that the answer says nothing about accounts or about what others did.
//! Beyond the budget nothing is sent, and links and codes sent before stay good.
//!
//! It covers the messages that need no session: mails that confirm an address or say that it has an
//! account, links and codes to get in, and codes to a new address or number. It does not cover
//! codes that confirm a change, which only a session can ask for, nor notices of what happened to
//! an account: a stranger who uses up the budget must not be able to silence those.

use std::fmt::Display;

use diesel_async::AsyncPgConnection;

use crate::{
    credentials::{PhoneNumber, Purpose, ServerKey},
    error::{ApiError, ApiResult, ErrorCode},
    state::Shared,
    throttle::{self, Limit, daily},
};

/// Of the messages that an address or number gets in a day, those that one network or one account
/// can cause: the others are left to its owner, who is elsewhere.
const SHARE_OF_ONE: Limit = Limit { times: 6, minutes: 24 * 60 };

/// Takes one message to `to`, an address or a number, at the request of a network or an account,
/// where that is known. False when there are none left.
pub async fn take_message(
    shared: &Shared,
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

/// What today's text messages are counted by.
pub fn texts_key(key: &ServerKey) -> [u8; 32] {
    key.tag(Purpose::Throttle, "texts", b"")
}

/// 409 for a number in a country that text messages are not sent to, and 503 when those of today
/// are used up: for everyone alike.
pub async fn require_texts(
    shared: &Shared,
    conn: &AsyncPgConnection,
    number: &PhoneNumber,
) -> ApiResult<()> {
    if !shared.sms_limits.countries.include(number.as_str()) {
        return Err(ApiError::new(
            ErrorCode::PhoneNumberNotServed,
            "this server sends no text messages to numbers of this country",
        ));
    }
    let Some(limit) = shared.sms_limits.daily else { return Ok(()) };
    if daily::used(conn, &texts_key(&shared.server_key)).await? < limit {
        return Ok(());
    }
    shared.metrics.count_limit("texts_day", false);
    let message = "this server has sent all the text messages that it may send today";
    let seconds = daily::seconds_left(conn).await?;
    let spent = ApiError::new(ErrorCode::ChannelUnavailable, message);
    Err(ApiError { retry_after_secs: Some(seconds), ..spent })
}

/// Takes one of today's text messages, once it is known that one is to be sent. False when others
/// have taken the last since [`require_texts`].
pub async fn take_text(shared: &Shared, conn: &AsyncPgConnection) -> ApiResult<bool> {
    let Some(limit) = shared.sms_limits.daily else { return Ok(true) };
    let is_left = daily::take(conn, &texts_key(&shared.server_key), limit).await?;
    shared.metrics.count_limit("texts_day", is_left);
    Ok(is_left)
}
