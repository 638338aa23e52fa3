//! Works on connections: claims one at a time, does a piece of work for it, and releases it.
//!
//! At most two connections are worked on at once, with one call after the other for each: Garmin
//! does not want more than two concurrent calls.

mod ending;
mod events;
mod files;
mod keep;
mod parts;
mod session;

use parts::SyncContext;

use std::rc::Rc;

use self::session::Session;
use super::{
    provider::{Developer, GarminFailure, Personal, Provider, calls::Calls, redirect_uri},
    store::{self, ClaimedConnection},
    types::Mode,
};
use crate::{
    activities::originals::Storage,
    config::Config,
    db::{Connector, Notifications, Pool},
    error::{ApiError, ApiResult},
    jobs::{Jobs, Schedule, Stopping, Work},
    providers::{Outbound, TokenCipher},
    telemetry::Metrics,
};

const AT_ONCE: usize = 2;

/// A connection on which servers have died more often than this is paused. The pause
/// doubles, up to an hour.
const MAX_ABANDONED: i32 = 3;

/// Maximum number of database connections.
pub const CONNECTIONS: usize = AT_ONCE;

/// Starts working on connections on a separate thread. Needs a running actix system.
pub fn start(
    config: &Config,
    connector: Connector,
    notifications: &mut Notifications,
    metrics: &Metrics,
) -> Jobs {
    let connector = connector.with_statement_timeout(config.database.statement_timeout);
    let stopping = Stopping::default();
    let schedule = Schedule {
        name: store::NOTIFY_CHANNEL,
        woken: notifications.wake(store::NOTIFY_CHANNEL),
        poll: config.garmin.poll,
        at_once: AT_ONCE,
        stopping: stopping.clone(),
    };
    let (garmin, wait) = (config.garmin.clone(), config.database.wait);
    let cipher = TokenCipher::new(&config.oauth.token_keys);
    let redirect_uri = redirect_uri(&config.server.base_url);
    let metrics = metrics.imports.clone();
    let storage = Storage::new(&config.imports);
    Jobs::start(schedule, move || {
        Syncer(Rc::new(SyncContext {
            pool: Pool::new(connector, AT_ONCE, wait),
            config: garmin,
            cipher,
            outbound: Outbound::default(),
            redirect_uri,
            metrics,
            storage,
            stopping,
        }))
    })
}

#[derive(Clone)]
struct Syncer(Rc<SyncContext>);

impl Work for Syncer {
    async fn work_once(&self) -> bool {
        match self.claim().await {
            Ok(Some(job)) => {
                let outcome = if job.was_abandoned && job.attempts > MAX_ABANDONED {
                    // Paused, so that servers do not die of it one after the other.
                    let what = "the servers that synced this connection to Garmin died repeatedly";
                    Err(ApiError::internal(what).into())
                } else {
                    self.work_on(&job).await
                };
                ending::end(&self.0, &job, outcome).await;
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(error.cause = ?error.cause, "cannot check for connections to Garmin");
                false
            }
        }
    }
}

impl Syncer {
    async fn claim(&self) -> ApiResult<Option<ClaimedConnection>> {
        let conn = self.0.pool.get().await?;
        Ok(store::claim(&conn, self.0.config.lease).await?)
    }

    async fn work_on(&self, job: &ClaimedConnection) -> Result<(), GarminFailure> {
        let SyncContext { config, outbound, redirect_uri, .. } = &*self.0;
        let calls = Calls::from(outbound.client());
        match (job.mode.parse(), &config.developer) {
            (Ok(Mode::Personal), _) => {
                let base_url = config.personal_url.clone();
                self.run(job, Personal { calls, base_url }).await
            }
            (Ok(Mode::Developer), Some(config)) => {
                let redirect_uri = redirect_uri.clone();
                self.run(job, Developer { calls, outbound, config, redirect_uri }).await
            }
            _ => {
                Err(GarminFailure::Unavailable("this server is not a partner of Garmin".to_owned()))
            }
        }
    }

    async fn run<P: Provider>(
        &self,
        job: &ClaimedConnection,
        provider: P,
    ) -> Result<(), GarminFailure> {
        Session::new(&self.0, job, provider)?.run().await
    }
}
