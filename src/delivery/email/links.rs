//! Composes all mails except those with codes, if they are still of use.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{Mail, notices};
use crate::{
    auth::local,
    credentials::{Digest, OneTimeToken, Purpose, ServerKey},
    delivery::DeliveryContext,
    error::{ApiError, ApiResult},
    integrations::garmin,
    outbox::{
        MessageKind,
        store::{Claim, Claimed},
    },
};

/// The mail, or `None` if its reason no longer exists.
pub async fn compose(
    parts: &DeliveryContext,
    conn: &AsyncPgConnection,
    claim: Claim,
    message: &Claimed,
) -> ApiResult<Option<Mail>> {
    let (key, about) = (&parts.server_key, message.subject_id);
    match claim.kind {
        MessageKind::VerifyEmail => {
            let token = usable(key, Purpose::VerifyEmail, about, async |digests| {
                Ok(local::store::find_registration(conn, digests).await?.is_some())
            });
            token.await?.map(|token| Mail::verify_email(parts, &token)).transpose()
        }
        MessageKind::ResetPassword => {
            let token = usable(key, Purpose::ResetPassword, about, async |digests| {
                Ok(local::store::find_reset(conn, digests).await?.is_some())
            });
            token.await?.map(|token| Mail::reset_password(parts, &token)).transpose()
        }
        MessageKind::AccountExists => Mail::account_exists(parts).map(Some),
        MessageKind::GarminReauth => {
            let is_of_use = garmin::needs_reauth(conn, about).await?;
            is_of_use.then(|| Mail::garmin_reauth(parts)).transpose()
        }
        MessageKind::SecurityNotice => notices::compose(parts, conn, message).await,
        MessageKind::Webhook
        | MessageKind::LoginCode
        | MessageKind::PhoneCode
        | MessageKind::EmailCode
        | MessageKind::ChangeCode => {
            Err(ApiError::internal("this kind of message belongs to another actor"))
        }
    }
}

/// The token for the challenge `id`, derived with the accepted key that its digest was made with.
/// `None` if the token can no longer be used.
async fn usable(
    key: &ServerKey,
    purpose: Purpose,
    id: Uuid,
    is_known: impl AsyncFn(&[Digest]) -> QueryResult<bool>,
) -> QueryResult<Option<OneTimeToken>> {
    for key in key.accepted() {
        if is_known(&[key.digest_of(purpose, id)]).await? {
            return Ok(Some(key.token(purpose, id)));
        }
    }
    Ok(None)
}
