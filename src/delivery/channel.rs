//! The actor of a channel: one for mails, one for webhooks, one for codes. They differ in how they
//! compose and send messages; the rest of an attempt is the same.

use std::rc::Rc;

use actix::{Actor, Context, Handler, Message, ResponseFuture};

use super::{
    DeliveryContext,
    attempt::{Carrier, attempt},
    breaker::Health,
};
use crate::outbox::store::Claim;

/// Asks the actor to send a message. Contains only an id and a fence; the rest is in the row.
#[derive(Message)]
#[rtype(result = "Health")]
pub struct Deliver(pub Claim);

/// Makes an attempt for each message that it gets. The relay limits how many are in flight.
pub struct ChannelActor<C> {
    pub parts: Rc<DeliveryContext>,
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
