//! Checks each text message once, some time after Twilio accepted it. A message that could not be
//! delivered is marked as dead, which the operator and the owner of the number can see. It is not
//! sent again.

use crate::{
    delivery::{DeliveryContext, send_error::SendError, sms::twilio::Twilio},
    error::ApiResult,
    outbox::{
        Channel,
        store::{self, Unchecked},
    },
};

/// Checks each message that is due. Ends early if Twilio or the database is unavailable; the next
/// round tries again.
pub async fn check(parts: &DeliveryContext, twilio: &Twilio) {
    loop {
        match check_next(parts, twilio).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(error.cause = ?error.cause, "cannot check for sent text messages");
                return;
            }
        }
    }
}

/// Checks one message. Returns whether more may be due.
async fn check_next(parts: &DeliveryContext, twilio: &Twilio) -> ApiResult<bool> {
    let Some(message) = claim(parts, twilio).await? else { return Ok(false) };
    let failure = match twilio.failure(&message.provider_id).await {
        Ok(failure) => failure,
        Err(error) => {
            tracing::warn!(
                outbox.id = %message.id, error.class = error.class(), error.code = error.code(),
                "cannot get the status of a text message"
            );
            return Ok(false);
        }
    };
    let conn = parts.pool.get().await?;
    let Some(failure) = failure else {
        store::checked(&conn, message.id).await?;
        return Ok(true);
    };
    let class = match failure {
        SendError::Permanent { .. } => failure.class(),
        _ => "undelivered",
    };
    let code = failure.code().unwrap_or_default();
    if store::give_up_sent(&conn, message.id, class, &code).await? {
        parts.metrics.dead.with_label_values(&[Channel::Sms.to_string().as_str(), class]).inc();
        tracing::warn!(
            outbox.id = %message.id, error.class = class, error.code = code,
            "a text message was accepted but could not be delivered"
        );
    }
    Ok(true)
}

async fn claim(parts: &DeliveryContext, twilio: &Twilio) -> ApiResult<Option<Unchecked>> {
    let conn = parts.pool.get().await?;
    Ok(store::claim_check(&conn, twilio.check_after).await?)
}
