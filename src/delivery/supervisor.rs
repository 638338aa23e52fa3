//! Keeps the actors alive. actix's own supervisor does not survive a panic, so this task watches
//! the actors from outside and restarts all of them when one has died.

use std::{rc::Rc, time::Duration};

use actix::{Actor, Addr};
use tokio::sync::{mpsc, oneshot};

use super::{
    ActorState, Actors, DeliveryContext,
    attempt::Carrier,
    channel::ChannelActor,
    email::Mailer,
    lane::Lane,
    otp::Channels,
    outcomes,
    recorder::Outcomes,
    relay::{Relay, Stop, Wake},
    sms::{SmsActor, Texter},
};
use crate::{outbox::Channel, webhooks::WebhookClient};

const WATCH_EVERY: Duration = Duration::from_millis(500);

/// The transports, which outlive the actors.
struct Transports {
    mailer: Option<Rc<Mailer>>,
    texter: Option<Rc<Texter>>,
    webhooks: Rc<WebhookClient>,
}

/// The actors since the last restart, and the task that wakes the relay.
struct RunningActors {
    relay: Addr<Relay>,
    otp: Addr<ChannelActor<Channels>>,
    email: Option<Addr<ChannelActor<Mailer>>>,
    sms: Option<Addr<SmsActor>>,
    webhook: Addr<ChannelActor<WebhookClient>>,
    waker: actix_rt::task::JoinHandle<()>,
}

/// Runs until it receives a stop. Answers the stop when no message is in flight any more.
pub async fn keep(
    parts: DeliveryContext,
    outcomes: Outcomes,
    mut stop: mpsc::Receiver<oneshot::Sender<()>>,
) {
    let parts = Rc::new(parts);
    actix_rt::spawn(outcomes::run(Rc::clone(&parts), outcomes));
    let mailer = match Mailer::new(&parts.mail, &parts.config) {
        Ok(mailer) => mailer.map(Rc::new),
        Err(error) => {
            // The configuration was checked before. `/readyz` reports that the delivery is not
            // running.
            tracing::error!(error.cause = %error, "cannot start the delivery");
            return;
        }
    };
    let webhooks = match WebhookClient::new(&parts.webhooks, parts.config.deadline) {
        Ok(client) => Rc::new(client),
        Err(error) => {
            tracing::error!(error.cause = %error, "cannot start the delivery");
            return;
        }
    };
    let transports = Transports { mailer, texter: Texter::new(&parts.sms).map(Rc::new), webhooks };
    let mut actors = RunningActors::start(&parts, &transports);
    loop {
        actors.publish(&parts);
        tokio::select! {
            done = stop.recv() => {
                actors.stop().await;
                if let Some(mailer) = &transports.mailer {
                    mailer.close().await;
                }
                if let Some(done) = done {
                    let _ = done.send(());
                }
                return;
            }
            () = tokio::time::sleep(WATCH_EVERY) => {
                if let Some(mailer) = &transports.mailer {
                    mailer.close_idle();
                }
                if !actors.is_alive() {
                    actors.publish(&parts);
                    tracing::error!(actors = ?actors.states(), "a delivery actor died; restarting all of them");
                    parts.metrics.restarts.inc();
                    actors.waker.abort();
                    actors = RunningActors::start(&parts, &transports);
                }
            }
        }
    }
}

fn start<C: Carrier>(parts: &Rc<DeliveryContext>, carrier: Rc<C>) -> Addr<ChannelActor<C>> {
    ChannelActor { parts: Rc::clone(parts), carrier }.start()
}

impl RunningActors {
    fn start(parts: &Rc<DeliveryContext>, transports: &Transports) -> Self {
        let email = transports.mailer.clone().map(|mailer| start(parts, mailer));
        let sms = transports
            .texter
            .as_ref()
            .map(|texter| SmsActor::new(Rc::clone(parts), Rc::clone(texter)).start());
        let channels = Channels {
            email: email.clone().map(Addr::recipient),
            sms: sms.clone().map(Addr::recipient),
        };
        let otp = start(parts, Rc::new(channels));
        let mut lanes = Vec::new();
        if let Some(email) = &email {
            lanes.push(Lane::new(Channel::Email, Some(email.clone().recipient())));
        }
        if sms.is_some() {
            lanes.push(Lane::new(Channel::Sms, None));
        }
        let webhook = start(parts, Rc::clone(&transports.webhooks));
        lanes.push(Lane::new(Channel::Webhook, Some(webhook.clone().recipient())));
        let relay = Relay::new(Rc::clone(parts), lanes, otp.clone().recipient()).start();
        let (mut woken, woken_relay) = (parts.woken.clone(), relay.clone());
        let waker = actix_rt::spawn(async move {
            while woken.changed().await.is_ok() {
                woken_relay.do_send(Wake);
            }
        });
        Self { relay, otp, email, sms, webhook, waker }
    }

    fn states(&self) -> Actors {
        fn state<A: Actor>(addr: Option<&Addr<A>>) -> ActorState {
            match addr {
                None => ActorState::NotConfigured,
                Some(addr) if addr.connected() => ActorState::Running,
                Some(_) => ActorState::Dead,
            }
        }
        Actors {
            relay: state(Some(&self.relay)),
            otp: state(Some(&self.otp)),
            email: state(self.email.as_ref()),
            sms: state(self.sms.as_ref()),
            webhook: state(Some(&self.webhook)),
        }
    }

    fn is_alive(&self) -> bool {
        let is_dead = |(_, state)| state == ActorState::Dead;
        !self.states().named().into_iter().any(is_dead)
    }

    /// Publishes the states of the actors to `/readyz` and `/metrics`.
    fn publish(&self, parts: &DeliveryContext) {
        let actors = self.states();
        parts.status.publish(actors);
        for (name, state) in actors.named() {
            let gauge = parts.metrics.actor_up.with_label_values(&[name]);
            gauge.set((state == ActorState::Running).into());
        }
    }

    async fn stop(self) {
        self.waker.abort();
        // A dead relay cannot answer, and has no attempts to wait for.
        let _ = self.relay.send(Stop).await;
    }
}
