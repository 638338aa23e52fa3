//! The email actor: delivers mails that carry links, and sends those that the OTP actor composed.
//! How many attempts run at once is the relay's business.

use std::rc::Rc;

use actix::{Actor, Context, Handler, Message, ResponseFuture};
use uuid::Uuid;

use super::{Mail, Mailer, links};
use crate::delivery::{
    Parts,
    attempt::{Deliver, attempt, surviving_panics},
    breaker::Health,
    faults,
    lease::Lease,
    send_error::{SendError, SendResult},
};

/// Send this mail.
#[derive(Message)]
#[rtype(result = "SendResult")]
pub struct SendMail {
    pub id: Uuid,
    pub recipient: String,
    pub mail: Mail,
    pub lease: Lease,
}

/// See the module.
pub struct EmailActor {
    parts: Rc<Parts>,
    mailer: Rc<Mailer>,
}

impl EmailActor {
    pub fn new(parts: Rc<Parts>, mailer: Rc<Mailer>) -> Self {
        Self { parts, mailer }
    }
}

impl Actor for EmailActor {
    type Context = Context<Self>;
}

impl Handler<Deliver> for EmailActor {
    type Result = ResponseFuture<Health>;

    fn handle(&mut self, Deliver(claim): Deliver, _: &mut Self::Context) -> Self::Result {
        let (parts, mailer) = (Rc::clone(&self.parts), Rc::clone(&self.mailer));
        let delivery = async move {
            attempt(
                &parts,
                claim,
                async |conn, message| {
                    let mail = links::compose(&parts, conn, claim, message).await?;
                    Ok(mail.zip(message.recipient.clone()))
                },
                async |_, (mail, recipient), lease| {
                    let mail = SendMail { id: claim.id, recipient, mail, lease };
                    send(&parts, &mailer, mail).await
                },
            )
            .await
        };
        Box::pin(surviving_panics(Rc::clone(&self.parts), claim, delivery))
    }
}

impl Handler<SendMail> for EmailActor {
    type Result = ResponseFuture<SendResult>;

    fn handle(&mut self, mail: SendMail, _: &mut Self::Context) -> Self::Result {
        faults::end_the_actor(&mail.recipient);
        let (parts, mailer) = (Rc::clone(&self.parts), Rc::clone(&self.mailer));
        let sending = actix_rt::spawn(async move { send(&parts, &mailer, mail).await });
        Box::pin(async move { sending.await.unwrap_or(Err(SendError::PANIC)) })
    }
}

/// Each step of it has a deadline, whatever the mail server does.
async fn send(
    parts: &Parts,
    mailer: &Mailer,
    SendMail { id, recipient, mail, lease }: SendMail,
) -> SendResult {
    faults::panic_in_a_send(&recipient);
    parts.unless_interrupted(mailer.send(id, &recipient, mail, &lease)).await
}
