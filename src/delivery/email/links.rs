//! Mails but those with codes: whether they are still of use, and what they say.

use diesel_async::AsyncPgConnection;

use super::{Mail, notices};
use crate::{
    auth::{Purpose, local},
    delivery::Parts,
    error::{ApiError, ApiResult},
    outbox::{
        MessageKind,
        store::{Claim, Claimed},
    },
};

/// The mail, or nothing when what it is about is over.
pub async fn compose(
    parts: &Parts,
    conn: &AsyncPgConnection,
    claim: Claim,
    message: &Claimed,
) -> ApiResult<Option<Mail>> {
    let (key, about) = (&parts.server_key, message.subject_id);
    match claim.kind {
        MessageKind::VerifyEmail => {
            let is_pending = local::store::is_registration_pending(conn, about).await?;
            let mail = Mail::verify_email(parts, &key.token(Purpose::VerifyEmail, about))?;
            Ok(is_pending.then_some(mail))
        }
        MessageKind::ResetPassword => {
            let digest = key.digest_of(Purpose::ResetPassword, about);
            let is_current = local::store::find_reset(conn, &digest).await?.is_some();
            let mail = Mail::reset_password(parts, &key.token(Purpose::ResetPassword, about))?;
            Ok(is_current.then_some(mail))
        }
        MessageKind::AccountExists => Mail::account_exists(parts).map(Some),
        MessageKind::SecurityNotice => notices::compose(parts, conn, message).await,
        MessageKind::Webhook
        | MessageKind::LoginCode
        | MessageKind::PhoneCode
        | MessageKind::EmailCode
        | MessageKind::ChangeCode => Err(ApiError::internal("codes are the OTP actor's")),
    }
}
