//! A channel as the relay sees it: its actor, the messages claimed for it, and the state of its
//! server.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use actix::Recipient;
use uuid::Uuid;

use super::{
    breaker::{Breaker, Health},
    channel::Deliver,
};
use crate::outbox::{
    Channel,
    store::{Claim, Order},
};

/// A channel's actor, claims and breaker.
pub struct Lane {
    pub channel: Channel,
    /// For messages without a code. Messages with one go to the OTP actor.
    pub actor: Option<Recipient<Deliver>>,
    in_flight: HashMap<Uuid, Claim>,
    /// Messages claimed in advance, with the time, so that the next one need not wait for a claim.
    waiting: VecDeque<(Claim, Instant)>,
    breaker: Breaker,
    /// More messages may be due: the relay was woken, or the last claim returned as many as
    /// requested.
    pub may_have_more: bool,
}

impl Lane {
    pub fn new(channel: Channel, actor: Option<Recipient<Deliver>>) -> Self {
        let (in_flight, waiting, breaker) = Default::default();
        Self { channel, actor, in_flight, waiting, breaker, may_have_more: true }
    }

    /// Whether the actor that would deliver the messages is alive.
    pub fn is_served(&self) -> bool {
        self.actor.as_ref().is_none_or(Recipient::connected)
    }

    pub fn is_open(&self) -> bool {
        self.breaker.is_open()
    }

    /// The number of claims that have not ended.
    pub fn claimed(&self) -> usize {
        self.in_flight.len() + self.waiting.len()
    }

    /// How many messages to claim now, and in which order, if `limit` may be in flight. Up to
    /// `limit` more are claimed in advance. The next claim waits until half of those have started,
    /// so that each claim takes several messages.
    pub fn wanted(&self, limit: usize) -> Option<(usize, Order)> {
        if !self.may_have_more || !self.is_served() {
            return None;
        }
        let is_doubted = self.breaker.is_in_doubt();
        // The claim shares webhooks fairly among users according to what is in flight, so none is
        // claimed in advance.
        let ahead = if self.is_open() || self.channel == Channel::Webhook { 0 } else { limit };
        let room = self.breaker.capacity(Instant::now(), self.claimed(), limit + ahead);
        let order = if is_doubted { Order::NewestFirst } else { Order::MostUrgentFirst };
        (room > 0 && self.waiting.len() <= ahead / 2).then_some((room, order))
    }

    pub fn queue(&mut self, claims: Vec<Claim>) {
        let now = Instant::now();
        self.waiting.extend(claims.into_iter().map(|claim| (claim, now)));
    }

    /// The next message to deliver, if `limit` may be in flight.
    pub fn next(&mut self, limit: usize) -> Option<Claim> {
        let room = self.breaker.capacity(Instant::now(), self.in_flight.len(), limit);
        let (claim, _) = if room > 0 { self.waiting.pop_front()? } else { return None };
        self.in_flight.insert(claim.id, claim);
        Some(claim)
    }

    /// Updates the lane after an attempt has ended.
    pub fn learn(&mut self, claim: Claim, health: Health, probe: Duration) {
        self.in_flight.remove(&claim.id);
        // A finished post makes room for another one of the same user.
        self.may_have_more |= self.channel == Channel::Webhook;
        self.breaker.learn(health, claim.id, Instant::now(), probe);
    }

    /// Removes claims whose leases would expire while they wait for a server that fails or is slow.
    pub fn take_back(&mut self, lease: Duration) -> Vec<Claim> {
        let is_old = |(_, since): &(Claim, Instant)| since.elapsed() > lease / 3;
        if self.is_open() || self.waiting.front().is_some_and(is_old) {
            return self.take_back_all();
        }
        Vec::new()
    }

    pub fn take_back_all(&mut self) -> Vec<Claim> {
        self.may_have_more |= !self.waiting.is_empty();
        self.waiting.drain(..).map(|(claim, _)| claim).collect()
    }
}
