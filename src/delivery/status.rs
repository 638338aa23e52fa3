//! Reports across threads whether the delivery is running.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use derive_more::Display;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of an actor.
#[derive(Clone, Copy, Debug, Default, Display, PartialEq, Eq, Serialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ActorState {
    /// Not started yet.
    #[default]
    Starting,
    Running,
    /// It died and is being restarted.
    Dead,
    /// Its channel has no configured transport.
    NotConfigured,
}

/// The states of the delivery's actors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Actors {
    pub relay: ActorState,
    pub otp: ActorState,
    pub email: ActorState,
    pub sms: ActorState,
    pub webhook: ActorState,
}

impl Actors {
    pub fn named(&self) -> [(&'static str, ActorState); 5] {
        [
            ("relay", self.relay),
            ("otp", self.otp),
            ("email", self.email),
            ("sms", self.sms),
            ("webhook", self.webhook),
        ]
    }

    fn are_well(&self) -> bool {
        let is_well = |state| matches!(state, ActorState::Running | ActorState::NotConfigured);
        self.named().into_iter().all(|(_, state)| is_well(state))
    }
}

/// The actors' states and the relay's heartbeat. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DeliveryStatus {
    latest: Arc<Mutex<Latest>>,
    patience: Duration,
}

#[derive(Debug, Default)]
struct Latest {
    actors: Actors,
    beat: Option<Instant>,
}

impl DeliveryStatus {
    /// `poll` is the longest time between two heartbeats of the relay.
    pub fn new(poll: Duration) -> Self {
        let patience = (poll * 3).max(Duration::from_secs(10));
        Self { latest: Arc::default(), patience }
    }

    pub(super) fn beat(&self) {
        self.with(|latest| latest.beat = Some(Instant::now()));
    }

    pub(super) fn publish(&self, actors: Actors) {
        self.with(|latest| latest.actors = actors);
    }

    pub fn actors(&self) -> Actors {
        self.with(|latest| latest.actors)
    }

    /// Whether no actor is dead or still starting, and the relay's last heartbeat is recent.
    pub fn is_running(&self) -> bool {
        self.with(|latest| {
            latest.actors.are_well()
                && latest.beat.is_some_and(|beat| beat.elapsed() < self.patience)
        })
    }

    fn with<T>(&self, action: impl FnOnce(&mut Latest) -> T) -> T {
        action(&mut self.latest.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
