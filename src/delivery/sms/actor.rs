//! The SMS actor: sends messages composed by the OTP actor, never a second time without asking the
//! provider first, and later checks whether they were delivered.

use std::{rc::Rc, time::Duration};

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseFuture, WrapFuture,
};

use super::{Text, Texter, check::check, twilio::Twilio};
use crate::{
    delivery::{
        DeliveryContext, mailbox,
        send_error::{SendError, SendResult},
    },
    error::ApiResult,
    outbox::store::{self, Claim},
};

/// The maximum number of tries with unknown result. A third try could send a third copy.
const MOST_UNCONFIRMED: i16 = 2;

/// Asks the actor to send a text message.
#[derive(Message)]
#[rtype(result = "SendResult")]
pub struct SendSms {
    pub claim: Claim,
    pub recipient: String,
    pub text: Text,
    /// How long the message is of use.
    pub life: Duration,
    /// The number of earlier tries that the provider may have accepted.
    pub unconfirmed: i16,
}

/// The actor of the SMS channel.
pub struct SmsActor {
    parts: Rc<DeliveryContext>,
    texter: Rc<Texter>,
    is_checking: bool,
}

impl SmsActor {
    pub fn new(parts: Rc<DeliveryContext>, texter: Rc<Texter>) -> Self {
        Self { parts, texter, is_checking: false }
    }
}

impl Actor for SmsActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(self.parts.config.poll, |actor, ctx| {
            if !std::mem::replace(&mut actor.is_checking, true) {
                let (parts, texter) = (Rc::clone(&actor.parts), Rc::clone(&actor.texter));
                let checking = async move {
                    if let Texter::Twilio(twilio) = &*texter {
                        check(&parts, twilio).await;
                    }
                };
                let done = |(), actor: &mut Self, _: &mut _| actor.is_checking = false;
                ctx.spawn(checking.into_actor(actor).map(done));
            }
        });
    }
}

impl Handler<SendSms> for SmsActor {
    type Result = ResponseFuture<SendResult>;

    fn handle(&mut self, sms: SendSms, _: &mut Self::Context) -> Self::Result {
        let (parts, texter) = (Rc::clone(&self.parts), Rc::clone(&self.texter));
        let sending =
            actix_rt::spawn(async move { parts.in_time(send(&parts, &texter, &sms)).await });
        Box::pin(async move { sending.await.unwrap_or(Err(SendError::PANIC)) })
    }
}

async fn send(parts: &DeliveryContext, texter: &Texter, sms: &SendSms) -> SendResult {
    match texter {
        Texter::Mailbox(folder) => {
            let Text { kind, body } = &sms.text;
            let content = format!("To: {}\n\n{body}\n", sms.recipient).into_bytes();
            let file = mailbox::deposit(folder, kind, sms.claim.id, "txt", content).await?;
            tracing::info!(sms.kind = kind, sms.text = body, sms.file = %file.display(), "text message written");
            Ok(None)
        }
        Texter::Twilio(twilio) => send_once(parts, twilio, sms).await,
    }
}

/// Text messages have no id of ours by which the provider could recognise a second try. So each try
/// is recorded before it begins, and while the result of a try is unknown, Twilio is asked first.
async fn send_once(parts: &DeliveryContext, twilio: &Twilio, sms: &SendSms) -> SendResult {
    if sms.unconfirmed > 0 {
        if let Some(found) = twilio.find(&sms.recipient, &sms.text.body).await? {
            return Ok(Some(found));
        }
        if sms.unconfirmed >= MOST_UNCONFIRMED {
            return Err(SendError::Unconfirmed);
        }
    }
    match begin(parts, sms.claim).await {
        Ok(true) => {}
        Ok(false) => return Err(SendError::LostLease),
        Err(_) => return Err(SendError::Ours { class: "database" }),
    }
    let outcome = twilio.send(&sms.recipient, &sms.text.body, sms.life).await;
    if outcome.as_ref().is_err_and(SendError::is_certain)
        && let Err(error) = retract(parts, sms.claim).await
    {
        // The only consequence is an unnecessary query to Twilio.
        tracing::warn!(outbox.id = %sms.claim.id, error.cause = ?error.cause, "cannot retract a failed attempt");
    }
    outcome
}

async fn begin(parts: &DeliveryContext, claim: Claim) -> ApiResult<bool> {
    let conn = parts.pool.get().await?;
    Ok(store::begin_try(&conn, claim).await?)
}

async fn retract(parts: &DeliveryContext, claim: Claim) -> ApiResult<()> {
    let conn = parts.pool.get().await?;
    Ok(store::retract_try(&conn, claim).await?)
}
