//! The email actor: one attempt for each id it is handed, any number of them side by side.

use actix::{Actor, Context, Handler, ResponseFuture};

use super::{
    attempt::{Deliver, MailSender},
    breaker::Health,
};

/// See the module. How many attempts run at once is the relay's business.
pub struct EmailActor {
    sender: MailSender,
}

impl EmailActor {
    pub fn new(sender: MailSender) -> Self {
        Self { sender }
    }
}

impl Actor for EmailActor {
    type Context = Context<Self>;
}

impl Handler<Deliver> for EmailActor {
    type Result = ResponseFuture<Health>;

    fn handle(&mut self, Deliver(claim): Deliver, _: &mut Self::Context) -> Self::Result {
        let sender = self.sender.clone();
        // A task of its own, so that a panic ends this attempt and not the actor.
        let attempt = actix_rt::spawn({
            let sender = sender.clone();
            async move { sender.attempt(claim).await }
        });
        Box::pin(async move {
            match attempt.await {
                Ok(health) => health,
                Err(error) => {
                    tracing::error!(outbox.id = %claim.id, error.cause = %error, "an attempt panicked");
                    sender.after_panic(claim).await;
                    Health::Unknown
                }
            }
        })
    }
}
