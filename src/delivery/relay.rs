//! The relay: claims what is due, hands ids to the channels' actors, never more than they can take.

use std::{
    collections::HashMap,
    rc::Rc,
    time::{Duration, Instant},
};

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, Recipient, ResponseFuture,
    WrapFuture,
};
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    Parts,
    attempt::Deliver,
    breaker::{Breaker, Health},
    housekeeping,
};
use crate::{
    error::ApiResult,
    outbox::{
        Channel,
        store::{self, Claim, Order},
    },
};

/// How long interrupted attempts may take to give their messages back.
const INTERRUPTED_WITHIN: Duration = Duration::from_secs(2);

const FORGET_EVERY: Duration = Duration::from_secs(3600);

/// There may be something to do.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Wake;

/// Claim nothing more; the answer comes when nothing is in flight, or when patience ends.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stop;

/// One channel: who delivers what goes by it, what is in flight, and whether its server works.
pub struct Lane {
    channel: Channel,
    /// For messages without a code; those with one are the OTP actor's.
    actor: Option<Recipient<Deliver>>,
    in_flight: HashMap<Uuid, Claim>,
    breaker: Breaker,
    /// There may be messages that are not claimed yet: told so, or the last claim took all it could.
    may_have_more: bool,
}

impl Lane {
    pub fn new(channel: Channel, actor: Option<Recipient<Deliver>>) -> Self {
        let (in_flight, breaker) = (HashMap::new(), Breaker::default());
        Self { channel, actor, in_flight, breaker, may_have_more: true }
    }
}

/// See the module.
pub struct Relay {
    parts: Rc<Parts>,
    lanes: Vec<Lane>,
    otp: Recipient<Deliver>,
    is_claiming: bool,
    /// Woken while claiming: look again afterwards.
    look_again: bool,
    is_stopping: bool,
    /// Messages in flight in all lanes, and one more while claiming, for whoever waits for the end of them.
    in_flight: watch::Sender<usize>,
}

impl Relay {
    pub fn new(parts: Rc<Parts>, lanes: Vec<Lane>, otp: Recipient<Deliver>) -> Self {
        let in_flight = watch::Sender::new(0);
        Self {
            parts,
            lanes,
            otp,
            is_claiming: false,
            look_again: false,
            is_stopping: false,
            in_flight,
        }
    }

    /// Something may have happened that nobody in here knows of: looks at every lane.
    fn look_at_all(&mut self, ctx: &mut Context<Self>) {
        for lane in &mut self.lanes {
            lane.may_have_more = true;
        }
        self.look(ctx);
    }

    /// Claims for every lane that has room and may have more, one statement each.
    fn look(&mut self, ctx: &mut Context<Self>) {
        if self.is_stopping {
            return;
        }
        if self.is_claiming {
            self.look_again = true;
            return;
        }
        let now = Instant::now();
        let limit = self.parts.config.in_flight;
        let mut wanted = Vec::new();
        // What is claimed for an actor that died would wait for its lease to run out. Those who follow look at all.
        let otp = self.otp.connected();
        let is_served =
            |lane: &&mut Lane| otp && lane.actor.as_ref().is_none_or(Recipient::connected);
        for lane in self.lanes.iter_mut().filter(is_served).filter(|lane| lane.may_have_more) {
            let room = lane.breaker.capacity(now, lane.in_flight.len(), limit);
            if room > 0 {
                lane.may_have_more = false;
                let order = if lane.breaker.is_in_doubt() {
                    Order::NewestFirst
                } else {
                    Order::MostUrgentFirst
                };
                wanted.push((lane.channel, room, order));
            }
        }
        if wanted.is_empty() {
            return;
        }
        self.is_claiming = true;
        self.show();
        let claiming = claim(Rc::clone(&self.parts), wanted);
        ctx.spawn(claiming.into_actor(self).map(|claimed, relay, ctx| {
            relay.is_claiming = false;
            match claimed {
                Ok(claimed) => {
                    for (channel, claims, took_all_it_could) in claimed {
                        if let Some(lane) = relay.lane(channel) {
                            lane.may_have_more |= took_all_it_could;
                        }
                        relay.hand_over(channel, claims, ctx);
                    }
                }
                Err(error) => {
                    tracing::warn!(error.cause = ?error.cause, "cannot claim messages now")
                }
            }
            relay.show();
            if std::mem::take(&mut relay.look_again) {
                relay.look(ctx);
            }
        }));
    }

    fn hand_over(&mut self, channel: Channel, claims: Vec<Claim>, ctx: &mut Context<Self>) {
        let otp = self.otp.clone();
        for claim in claims {
            let Some(lane) = self.lane(channel) else {
                return;
            };
            let actor = if claim.kind.is_code() { Some(&otp) } else { lane.actor.as_ref() };
            let Some(actor) = actor else {
                tracing::error!(outbox.id = %claim.id, outbox.kind = %claim.kind, "nobody delivers this kind by {channel}");
                continue;
            };
            let attempt = actor.send(Deliver(claim));
            lane.in_flight.insert(claim.id, claim);
            ctx.spawn(attempt.into_actor(self).map(move |health, relay, ctx| {
                // Without an answer the actor died; the lease brings the message back.
                relay.learn(channel, claim, health.unwrap_or(Health::Unknown));
                relay.look(ctx);
            }));
        }
        self.show();
    }

    fn learn(&mut self, channel: Channel, claim: Claim, health: Health) {
        let probe = self.parts.config.probe;
        if let Some(lane) = self.lane(channel) {
            lane.in_flight.remove(&claim.id);
            // Claimed less than there was room for, because a user had their share on the way: it is free now.
            lane.may_have_more |= channel == Channel::Webhook;
            lane.breaker.learn(health, claim.id, Instant::now(), probe);
        }
        self.show();
    }

    fn forget(&mut self, ctx: &mut Context<Self>) {
        ctx.spawn(housekeeping::forget(Rc::clone(&self.parts)).into_actor(self));
    }

    fn lane(&mut self, channel: Channel) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.channel == channel)
    }

    fn show(&self) {
        // What is just being claimed is as good as in flight: a stop must not leave it behind.
        let claiming = usize::from(self.is_claiming);
        let in_flight: usize = self.lanes.iter().map(|lane| lane.in_flight.len()).sum();
        self.in_flight.send_replace(claiming + in_flight);
        for lane in &self.lanes {
            let gauge = self
                .parts
                .metrics
                .breaker_open
                .with_label_values(&[lane.channel.to_string().as_str()]);
            gauge.set(lane.breaker.is_open().into());
        }
    }
}

impl Actor for Relay {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.show();
        self.parts.status.beat();
        ctx.run_interval(self.parts.config.poll, |relay, ctx| {
            relay.parts.status.beat();
            let parts = Rc::clone(&relay.parts);
            ctx.spawn(housekeeping::look(parts).into_actor(relay));
            relay.look_at_all(ctx);
        });
        self.forget(ctx);
        ctx.run_interval(FORGET_EVERY, Self::forget);
    }
}

impl Handler<Wake> for Relay {
    type Result = ();

    fn handle(&mut self, _: Wake, ctx: &mut Self::Context) {
        self.look_at_all(ctx);
    }
}

impl Handler<Stop> for Relay {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, _: &mut Self::Context) -> Self::Result {
        self.is_stopping = true;
        let mut in_flight = self.in_flight.subscribe();
        let parts = Rc::clone(&self.parts);
        Box::pin(async move {
            let mut drained = async |patience| {
                let drained = in_flight.wait_for(|in_flight| *in_flight == 0);
                tokio::time::timeout(patience, drained).await.is_ok()
            };
            if !drained(parts.config.drain).await {
                parts.interrupted.send_replace(true);
                if !drained(INTERRUPTED_WITHIN).await {
                    tracing::warn!("not all leases were given back; they run out by themselves");
                }
            }
        })
    }
}

/// The claims of each channel, and whether they are as many as were wanted.
async fn claim(
    parts: Rc<Parts>,
    wanted: Vec<(Channel, usize, Order)>,
) -> ApiResult<Vec<(Channel, Vec<Claim>, bool)>> {
    let conn = parts.pool.get().await?;
    let mut claimed = Vec::with_capacity(wanted.len());
    for (channel, room, order) in wanted {
        let timer = parts.metrics.claim.start_timer();
        let claims = store::claim(&conn, channel, room, parts.config.lease, order).await?;
        timer.observe_duration();
        let took_all_it_could = claims.len() == room;
        claimed.push((channel, claims, took_all_it_could));
    }
    Ok(claimed)
}
