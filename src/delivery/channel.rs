//! The actor of a channel: one for mails, one for webhooks, one for codes. They differ in what they
//! compose and how they send it; all else is an attempt's.

use std::rc::Rc;

use actix::{Actor, Context, Handler, Message, ResponseFuture};
use diesel_async::AsyncPgConnection;

use super::{Parts, attempt::attempt, breaker::Health, lease::Lease, send_error::SendResult};
use crate::{
    error::ApiResult,
    outbox::store::{Claim, Claimed},
};

/// Send this message. Carries an id and a fence; the row has the rest.
#[derive(Message)]
#[rtype(result = "Health")]
pub struct Deliver(pub Claim);

/// What the actor of a channel does with a message.
pub trait Carrier: 'static {
    /// What is sent.
    type Content;

    /// What to send, or nothing when that is of no more use.
    async fn compose(
        &self,
        parts: &Parts,
        conn: &AsyncPgConnection,
        claim: Claim,
        message: &Claimed,
    ) -> ApiResult<Option<Self::Content>>;

    /// Sends it, with a deadline of its own, while the lease is renewed.
    async fn send(
        &self,
        parts: &Parts,
        claim: Claim,
        message: &Claimed,
        content: Self::Content,
        lease: Lease,
    ) -> SendResult;
}

/// Makes an attempt for each message that it is told of. How many at once is the relay's business.
pub struct ChannelActor<C> {
    pub parts: Rc<Parts>,
    pub carrier: Rc<C>,
}

impl<C: Carrier> Actor for ChannelActor<C> {
    type Context = Context<Self>;
}

impl<C: Carrier> Handler<Deliver> for ChannelActor<C> {
    type Result = ResponseFuture<Health>;

    fn handle(&mut self, Deliver(claim): Deliver, _: &mut Self::Context) -> Self::Result {
        Box::pin(attempt(Rc::clone(&self.parts), Rc::clone(&self.carrier), claim))
    }
}
