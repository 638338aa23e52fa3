//! Keeps the actors alive: actix's own supervisor does not survive a panic, so this watches
//! from outside and starts all of them anew when one has died.

use std::{rc::Rc, time::Duration};

use actix::{Actor, Addr};
use tokio::sync::{mpsc, oneshot};

use super::{
    Parts,
    attempt::MailSender,
    email_actor::EmailActor,
    listener,
    mailer::Mailer,
    relay::{Lane, Relay, Stop},
};
use crate::outbox::Channel;

const WATCH_EVERY: Duration = Duration::from_millis(500);

/// The actors of one incarnation, and the task that wakes them.
struct Crew {
    relay: Addr<Relay>,
    email: Option<Addr<EmailActor>>,
    listener: actix_rt::task::JoinHandle<()>,
}

/// Runs until told to stop. The answer is sent when nothing is in flight any more.
pub async fn keep(parts: Parts, mut stop: mpsc::Receiver<oneshot::Sender<()>>) {
    let parts = Rc::new(parts);
    let mailer = match Mailer::new(&parts.mail, &parts.config) {
        // One for the life of the process: its connections must not be dropped after their runtime.
        Ok(mailer) => mailer.map(|mailer| &*Box::leak(Box::new(mailer))),
        Err(error) => {
            // Configuration was checked before; /readyz tells that nothing is running.
            tracing::error!(error.cause = %error, "the delivery cannot start");
            return;
        }
    };
    let mut crew = Crew::start(&parts, mailer);
    loop {
        tokio::select! {
            done = stop.recv() => {
                crew.stop().await;
                if let Some(done) = done {
                    let _ = done.send(());
                }
                return;
            }
            () = tokio::time::sleep(WATCH_EVERY) => {
                if !crew.is_alive() {
                    tracing::error!("an actor of the delivery died; starting it again");
                    parts.metrics.restarts.inc();
                    crew.listener.abort();
                    crew = Crew::start(&parts, mailer);
                }
            }
        }
    }
}

impl Crew {
    fn start(parts: &Rc<Parts>, mailer: Option<&'static Mailer>) -> Self {
        let email = mailer.map(|mailer| {
            let sender = MailSender { parts: Rc::clone(parts), mailer };
            EmailActor::new(sender).start()
        });
        let lanes = email
            .iter()
            .map(|email| Lane::new(Channel::Email, email.clone().recipient()))
            .collect();
        let relay = Relay::new(Rc::clone(parts), lanes).start();
        let listener = actix_rt::spawn(listener::listen(parts.connector.clone(), relay.clone()));
        Self { relay, email, listener }
    }

    fn is_alive(&self) -> bool {
        self.relay.connected()
            && self.email.as_ref().is_none_or(Addr::connected)
            && !self.listener.is_finished()
    }

    async fn stop(self) {
        self.listener.abort();
        // A relay that is gone has nothing in flight that it could tell of.
        let _ = self.relay.send(Stop).await;
    }
}
