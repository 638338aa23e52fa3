//! The rules of verifying a phone number.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::store;
use crate::{
    accounts::{store as accounts, types::Me},
    auth::{
        Device,
        audit::{self, Event, EventKind},
        budget,
        oauth::connections::require_way_in,
        otp::{self, Identifier, OtpCode, Proves, Tries},
        reauth::{self, Proof},
        store as users,
    },
    credentials::{Identity, PhoneNumber, Purpose},
    error::{ApiError, ApiResult, ErrorCode},
    outbox::Channel,
    state::{AppState, WorkerState},
    throttle::{self, Limit},
};

/// Limits the codes sent to one number by all accounts, and the codes requested by one
/// account for all numbers.
const REQUESTS: Limit = Limit { times: 3, minutes: 15 };

/// Sets or removes the number. A changed number is not verified. If a verified number is replaced
/// or removed, the owner is notified. 409 `last_way_in`, and the errors of [`reauth::require`].
pub async fn set(
    state: &WorkerState,
    identity: Identity,
    number: Option<PhoneNumber>,
    proof: Proof,
    device: &Device,
) -> ApiResult<Me> {
    reauth::require(state, identity, proof).await?;
    let shared: &AppState = state;
    let user_id = identity.user_id;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        otp::store::lock_user(conn, user_id).await?;
        let before = store::lock_number(conn, identity).await?;
        let (current, was_proven) = before.ok_or_else(ApiError::invalid_access_token)?;
        let number = number.map(String::from);
        if current != number {
            users::set_number(conn, user_id, number).await?;
            if was_proven {
                require_way_in(shared, conn, user_id).await?;
                let event = Event::of(EventKind::PhoneRemoved, user_id).from(device);
                audit::record(conn, &event).await?;
            }
        }
        accounts::find(conn, identity).await?.ok_or_else(ApiError::invalid_access_token)
    })
    .await
}

/// Sends a code to the account's number.
pub async fn request(state: &WorkerState, identity: Identity) -> ApiResult<()> {
    state.require_channel(Channel::Sms)?;
    let shared: &AppState = state;
    let server_key = &shared.server_key;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let number = unproven_number(conn, identity).await?;
        for (use_for, limited) in [
            ("phone-code-number", number.as_str().as_bytes()),
            ("phone-code-user", identity.user_id.as_bytes().as_slice()),
        ] {
            let key = server_key.tag(Purpose::Throttle, use_for, limited);
            throttle::take(conn, key, REQUESTS).await?;
        }
        budget::require_texts(shared, conn, &number).await?;
        if !budget::take_message(shared, conn, number.as_str(), Some(identity.user_id)).await?
            || !budget::take_text(shared, conn).await?
        {
            return Ok(());
        }
        let to = Identifier::Phone(number);
        let tries = Tries::of_owner(server_key, identity.user_id);
        otp::issue(conn, &tries, Proves::Phone, &to).await
    })
    .await
}

/// Marks the number in the profile as verified if the code is correct.
pub async fn confirm(
    state: &WorkerState,
    identity: Identity,
    code: &OtpCode,
    device: &Device,
) -> ApiResult<Me> {
    let server_key = &state.server_key;
    let mut conn = state.pool.get().await?;
    let (number, challenge_id) = conn
        .transaction::<_, ApiError, _>(async |conn| {
            let number = unproven_number(conn, identity).await?;
            let to = Identifier::Phone(number.clone());
            let tries = Tries::of_owner(server_key, identity.user_id);
            let counted = otp::count_try(conn, &tries, Proves::Phone, Some(&to)).await?;
            match counted {
                Some(id) => Ok((number, id)),
                None => Err(otp::not_compared(conn, &tries).await?),
            }
        })
        .await?;
    let digests = code.digests(&state.server_key, challenge_id);
    conn.transaction::<_, ApiError, _>(async |conn| {
        // Take this lock first, as in the transaction that counts tries. Another
        // order could deadlock.
        store::lock_number(conn, identity).await?;
        if otp::store::use_code(conn, challenge_id, &digests).await?.is_none() {
            return Err(otp::invalid_code());
        }
        Tries::of_owner(server_key, identity.user_id).succeed(conn).await?;
        match store::set_verified(conn, identity, &number).await? {
            store::Proven::Yes => {
                let event = Event::of(EventKind::PhoneVerified, identity.user_id).from(device);
                audit::record(conn, &event).await
            }
            // The number changed meanwhile, or the session ended.
            store::Proven::Gone => Err(otp::invalid_code()),
            store::Proven::Taken => Err(ApiError::new(
                ErrorCode::PhoneNumberTaken,
                "another account has already verified this number",
            )),
        }
    })
    .await?;
    accounts::find(&conn, identity).await?.ok_or_else(ApiError::invalid_access_token)
}

/// The number in the profile, or why there is nothing to verify. Locks the profile.
async fn unproven_number(conn: &AsyncPgConnection, identity: Identity) -> ApiResult<PhoneNumber> {
    let found = store::lock_number(conn, identity).await?;
    let (number, is_verified) = found.ok_or_else(ApiError::invalid_access_token)?;
    let number = number.and_then(|number| number.parse().ok()).ok_or_else(|| {
        ApiError::new(ErrorCode::PhoneNumberMissing, "the profile has no phone number yet")
    })?;
    if is_verified {
        return Err(ApiError::new(
            ErrorCode::PhoneAlreadyVerified,
            "this number is already verified",
        ));
    }
    Ok(number)
}
