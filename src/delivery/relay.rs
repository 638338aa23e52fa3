//! The relay: claims due messages and passes their ids to the channels' actors, never more than
//! these can take.

use std::{rc::Rc, sync::Arc, time::Duration};

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, Recipient, ResponseFuture,
    WrapFuture,
};
use tokio::sync::watch;

use super::{DeliveryContext, breaker::Health, channel::Deliver, lane::Lane};
use crate::{
    error::ApiResult,
    outbox::{
        Channel,
        store::{self, Claim, Order},
    },
};

/// How long to wait for interrupted attempts to return their messages.
const INTERRUPTED_WITHIN: Duration = Duration::from_secs(2);

const PURGE_EVERY: Duration = Duration::from_secs(3600);

/// Tells the relay that messages may be due.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Wake;

/// Tells the relay to stop claiming. The answer comes when nothing is in flight any more, or after
/// a timeout.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Stop;

/// The relay's actor.
pub struct Relay {
    parts: Rc<DeliveryContext>,
    lanes: Vec<Lane>,
    otp: Recipient<Deliver>,
    is_claiming: bool,
    /// Woken while claiming: claim again afterwards.
    claim_again: bool,
    is_stopping: bool,
    /// The number of running statements that return claims.
    giving_back: usize,
    /// The number of claims in all lanes and of statements under way. A stop waits until it is
    /// zero.
    unfinished: watch::Sender<usize>,
}

impl Relay {
    pub fn new(parts: Rc<DeliveryContext>, lanes: Vec<Lane>, otp: Recipient<Deliver>) -> Self {
        let unfinished = watch::Sender::new(0);
        Self {
            parts,
            lanes,
            otp,
            is_claiming: false,
            claim_again: false,
            is_stopping: false,
            giving_back: 0,
            unfinished,
        }
    }

    /// Checks every lane, because something may have happened elsewhere.
    fn check_all_lanes(&mut self, ctx: &mut Context<Self>) {
        for lane in &mut self.lanes {
            lane.may_have_more = true;
        }
        self.take_back(ctx);
        self.claim_due(ctx);
    }

    /// Claims messages for each lane that has room and may have more, with one statement per lane.
    fn claim_due(&mut self, ctx: &mut Context<Self>) {
        if self.is_stopping {
            return;
        }
        if self.is_claiming {
            self.claim_again = true;
            return;
        }
        let limit = self.parts.config.in_flight;
        let mut wanted = Vec::new();
        // Do not claim for a dead actor: the message would be stuck until its lease expires. The
        // restarted relay checks every lane.
        if self.otp.connected() {
            for lane in &mut self.lanes {
                if let Some((room, order)) = lane.wanted(limit) {
                    lane.may_have_more = false;
                    wanted.push((lane.channel, room, order));
                }
            }
        }
        if wanted.is_empty() {
            return;
        }
        self.is_claiming = true;
        self.publish();
        let claiming = claim(Rc::clone(&self.parts), wanted);
        ctx.spawn(claiming.into_actor(self).map(|claimed, relay, ctx| {
            relay.is_claiming = false;
            match claimed {
                Ok(claimed) => {
                    for (channel, claims, took_all_it_could) in claimed {
                        if let Some(lane) = relay.lane(channel) {
                            lane.may_have_more |= took_all_it_could;
                            lane.queue(claims);
                        }
                        relay.hand_over(channel, ctx);
                    }
                }
                Err(error) => {
                    tracing::warn!(error.cause = ?error.cause, "cannot claim messages")
                }
            }
            relay.publish();
            if std::mem::take(&mut relay.claim_again) {
                relay.claim_due(ctx);
            }
        }));
    }

    /// Delivers waiting messages, up to the limit of messages in flight.
    fn hand_over(&mut self, channel: Channel, ctx: &mut Context<Self>) {
        if self.is_stopping {
            return self.take_back(ctx);
        }
        let limit = self.parts.config.in_flight;
        let otp = self.otp.clone();
        while let Some(lane) = self.lane(channel) {
            let Some(claim) = lane.next(limit) else { break };
            let actor = if claim.kind.is_code() { Some(otp.clone()) } else { lane.actor.clone() };
            let Some(actor) = actor else {
                tracing::error!(outbox.id = %claim.id, outbox.kind = %claim.kind, "no actor delivers this kind of message by {channel}");
                lane.learn(claim, Health::Unknown, Duration::ZERO);
                continue;
            };
            let attempt = actor.send(Deliver(claim));
            ctx.spawn(attempt.into_actor(self).map(move |health, relay, ctx| {
                // No answer means that the actor died. The message is due again when its lease
                // expires.
                relay.learn(channel, claim, health.unwrap_or(Health::Unknown), ctx);
            }));
        }
        self.publish();
    }

    fn learn(&mut self, channel: Channel, claim: Claim, health: Health, ctx: &mut Context<Self>) {
        let probe = self.parts.config.probe;
        if let Some(lane) = self.lane(channel) {
            lane.learn(claim, health, probe);
        }
        self.take_back(ctx);
        self.hand_over(channel, ctx);
        self.claim_due(ctx);
    }

    /// Returns messages that were claimed in advance and cannot be delivered soon.
    fn take_back(&mut self, ctx: &mut Context<Self>) {
        let (lease, is_stopping) = (self.parts.config.lease, self.is_stopping);
        let claims: Vec<Claim> = self
            .lanes
            .iter_mut()
            .flat_map(|lane| if is_stopping { lane.take_back_all() } else { lane.take_back(lease) })
            .collect();
        if !claims.is_empty() {
            self.giving_back += 1;
            let giving = give_back(Rc::clone(&self.parts), claims);
            ctx.spawn(giving.into_actor(self).map(|(), relay, _| {
                relay.giving_back -= 1;
                relay.publish();
            }));
        }
        self.publish();
    }

    fn purge(&mut self, ctx: &mut Context<Self>) {
        let purging = Arc::clone(&self.parts.upkeep).purge(self.parts.pool.clone());
        ctx.spawn(purging.into_actor(self));
    }

    fn lane(&mut self, channel: Channel) -> Option<&mut Lane> {
        self.lanes.iter_mut().find(|lane| lane.channel == channel)
    }

    fn publish(&self) {
        let claiming = usize::from(self.is_claiming);
        let claimed: usize = self.lanes.iter().map(Lane::claimed).sum();
        self.unfinished.send_replace(claiming + claimed + self.giving_back);
        for lane in &self.lanes {
            let gauge = self
                .parts
                .metrics
                .breaker_open
                .with_label_values(&[lane.channel.to_string().as_str()]);
            gauge.set(lane.is_open().into());
        }
    }
}

impl Actor for Relay {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.publish();
        self.parts.status.beat();
        ctx.run_interval(self.parts.config.poll, |relay, ctx| {
            relay.parts.status.beat();
            let checking = Arc::clone(&relay.parts.upkeep).check(relay.parts.pool.clone());
            ctx.spawn(checking.into_actor(relay));
            relay.check_all_lanes(ctx);
        });
        self.purge(ctx);
        ctx.run_interval(PURGE_EVERY, Self::purge);
    }
}

impl Handler<Wake> for Relay {
    type Result = ();

    fn handle(&mut self, _: Wake, ctx: &mut Self::Context) {
        self.check_all_lanes(ctx);
    }
}

impl Handler<Stop> for Relay {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Stop, ctx: &mut Self::Context) -> Self::Result {
        self.is_stopping = true;
        self.take_back(ctx);
        let mut unfinished = self.unfinished.subscribe();
        let parts = Rc::clone(&self.parts);
        Box::pin(async move {
            let mut drained = async |patience| {
                let drained = unfinished.wait_for(|unfinished| *unfinished == 0);
                tokio::time::timeout(patience, drained).await.is_ok()
            };
            if !drained(parts.config.drain).await {
                parts.interrupted.send_replace(true);
                if !drained(INTERRUPTED_WITHIN).await {
                    tracing::warn!("some leases were not released; they will expire");
                }
            }
        })
    }
}

/// The claims of each channel, and whether there are as many as requested.
async fn claim(
    parts: Rc<DeliveryContext>,
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

/// Makes claims without an attempt due again. If this fails, they become due when their leases
/// expire.
async fn give_back(parts: Rc<DeliveryContext>, claims: Vec<Claim>) {
    let outcome = async {
        let conn = parts.pool.get().await?;
        ApiResult::Ok(store::give_back(&conn, &claims).await?)
    };
    if let Err(error) = outcome.await {
        tracing::warn!(error.cause = ?error.cause, "cannot release messages");
    }
}
