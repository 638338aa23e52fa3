//! The OTP actor, between the relay and the channels. It derives the code, chooses the channel,
//! passes the message to the channel's actor and reports the outcome.

use std::time::Duration;

use actix::Recipient;
use diesel_async::AsyncPgConnection;

use crate::{
    auth::otp::{self, CodeChannel, OtpCode},
    delivery::{
        DeliveryContext,
        attempt::Carrier,
        email::{Mail, SendMail},
        lease::Lease,
        send_error::{SendError, SendResult},
        sms::{SendSms, Text},
    },
    error::{ApiError, ApiResult},
    outbox::store::{Claim, Claimed},
};

/// The actors of the configured channels.
pub struct Channels {
    pub email: Option<Recipient<SendMail>>,
    pub sms: Option<Recipient<SendSms>>,
}

/// A composed message.
pub enum Composed {
    Mail { recipient: String, mail: Mail },
    Sms(SendSms),
}

impl Carrier for Channels {
    type Content = Composed;

    async fn compose(
        &self,
        parts: &DeliveryContext,
        conn: &AsyncPgConnection,
        claim: Claim,
        message: &Claimed,
    ) -> ApiResult<Option<Composed>> {
        compose(parts, conn, claim, message).await
    }

    async fn send(
        &self,
        _: &DeliveryContext,
        claim: Claim,
        _: &Claimed,
        composed: Composed,
        lease: Lease,
    ) -> SendResult {
        hand_over(self, claim, composed, lease).await
    }
}

/// The message with its code, or `None` if the code can no longer be used.
async fn compose(
    parts: &DeliveryContext,
    conn: &AsyncPgConnection,
    claim: Claim,
    message: &Claimed,
) -> ApiResult<Option<Composed>> {
    let Some(challenge) = otp::store::find_live(conn, message.subject_id).await? else {
        return Ok(None);
    };
    let code = OtpCode::recover(&parts.server_key, message.subject_id, &challenge.code_hash);
    let Some(code) = code else { return Ok(None) };
    let code = code.expose();
    let recipient = challenge.destination;
    Ok(Some(match (challenge.channel.parse::<CodeChannel>(), claim.kind) {
        (Ok(CodeChannel::Email), kind) => {
            Composed::Mail { recipient, mail: Mail::code(parts, kind, code)? }
        }
        (Ok(CodeChannel::Sms), kind) => Composed::Sms(SendSms {
            claim,
            recipient,
            text: Text::code(parts, kind, code)?,
            life: Duration::try_from_secs_f64(message.life_left_secs).unwrap_or_default(),
            unconfirmed: message.unconfirmed,
        }),
        (Err(_), _) => return Err(ApiError::internal("codes are not sent on this channel")),
    }))
}

/// Lets the channel's actor send the message. If that actor dies meanwhile, the message is retried
/// with the next one.
async fn hand_over(
    channels: &Channels,
    claim: Claim,
    composed: Composed,
    lease: Lease,
) -> SendResult {
    const DIED: SendError = SendError::Ours { class: "actor_died" };
    match composed {
        Composed::Mail { recipient, mail } => {
            let actor = channels.email.as_ref().ok_or(DIED)?;
            let mail = SendMail { id: claim.id, recipient, mail, lease };
            actor.send(mail).await.unwrap_or(Err(DIED))
        }
        Composed::Sms(sms) => {
            let actor = channels.sms.as_ref().ok_or(DIED)?;
            actor.send(sms).await.unwrap_or(Err(DIED))
        }
    }
}
