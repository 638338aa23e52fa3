//! The email actor: delivers mails with links, and sends mails with codes for the OTP actor.

use std::rc::Rc;

use actix::{Handler, Message, ResponseFuture};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{Mail, Mailer, links};
use crate::{
    delivery::{
        DeliveryContext,
        attempt::Carrier,
        channel::ChannelActor,
        faults,
        lease::Lease,
        send_error::{SendError, SendResult},
    },
    error::ApiResult,
    outbox::store::{Claim, Claimed},
};

/// Asks the actor to send a mail.
#[derive(Message)]
#[rtype(result = "SendResult")]
pub struct SendMail {
    pub id: Uuid,
    pub recipient: String,
    pub mail: Mail,
    pub lease: Lease,
}

impl Carrier for Mailer {
    /// The mail and its recipient.
    type Content = (Mail, String);

    async fn compose(
        &self,
        parts: &DeliveryContext,
        conn: &AsyncPgConnection,
        claim: Claim,
        message: &Claimed,
    ) -> ApiResult<Option<Self::Content>> {
        let mail = links::compose(parts, conn, claim, message).await?;
        Ok(mail.zip(message.recipient.clone()))
    }

    async fn send(
        &self,
        parts: &DeliveryContext,
        claim: Claim,
        _: &Claimed,
        (mail, recipient): Self::Content,
        lease: Lease,
    ) -> SendResult {
        send(parts, self, SendMail { id: claim.id, recipient, mail, lease }).await
    }
}

impl Handler<SendMail> for ChannelActor<Mailer> {
    type Result = ResponseFuture<SendResult>;

    fn handle(&mut self, mail: SendMail, _: &mut Self::Context) -> Self::Result {
        faults::end_the_actor(&mail.recipient);
        let (parts, mailer) = (Rc::clone(&self.parts), Rc::clone(&self.carrier));
        let sending = actix_rt::spawn(async move { send(&parts, &mailer, mail).await });
        Box::pin(async move { sending.await.unwrap_or(Err(SendError::PANIC)) })
    }
}

/// Each step of the submission has a timeout.
async fn send(
    parts: &DeliveryContext,
    mailer: &Mailer,
    SendMail { id, recipient, mail, lease }: SendMail,
) -> SendResult {
    faults::panic_in_a_send(&recipient);
    parts.unless_interrupted(mailer.submit(id, &recipient, mail, &lease)).await
}
