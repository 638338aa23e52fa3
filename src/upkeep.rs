//! Periodic work for all modules: expiring, measuring, purging.
//!
//! The delivery runs it on its connections, without knowing the domains.

use std::sync::Arc;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::LocalBoxFuture;

use crate::{
    account_export,
    activities::{changes, originals::Storage},
    auth::{audit, budget, invitations, local, oauth, otp, sessions},
    config::Config,
    credentials::ServerKey,
    db::{Backup, Pool, clock},
    delivery::Upkeep,
    error::ApiResult,
    idempotency, imports,
    integrations::garmin,
    outbox, shares,
    telemetry::DeliveryMetrics,
    throttle, webhooks,
};

/// Deletes the old rows of one module and returns how many.
type Purge = for<'a> fn(&'a AsyncPgConnection) -> LocalBoxFuture<'a, QueryResult<usize>>;

/// Data that is no longer needed is deleted, because it is about people.
const PURGES: [(&str, Purge); 15] = [
    ("messages", |conn| Box::pin(outbox::store::purge(conn))),
    ("codes", |conn| Box::pin(otp::store::purge(conn))),
    ("limits", |conn| Box::pin(throttle::store::purge(conn))),
    ("daily budgets", |conn| Box::pin(throttle::daily::store::purge(conn))),
    ("sessions", |conn| Box::pin(sessions::store::purge(conn))),
    ("events", |conn| Box::pin(audit::store::purge(conn))),
    ("spent logins", |conn| Box::pin(oauth::store::purge(conn))),
    ("answers", |conn| Box::pin(idempotency::store::purge(conn))),
    ("tombstones", |conn| Box::pin(changes::store::purge(conn))),
    ("webhook deliveries", |conn| Box::pin(webhooks::store::purge(conn))),
    ("imports", |conn| Box::pin(imports::store::purge(conn))),
    ("Garmin events", |conn| Box::pin(garmin::store::purge(conn))),
    ("account exports", |conn| Box::pin(account_export::store::purge(conn))),
    ("invitations", |conn| Box::pin(invitations::store::purge(conn))),
    ("shares", |conn| Box::pin(shares::store::purge(conn))),
];

/// The upkeep of all modules.
pub struct ServerUpkeep {
    originals: Storage,
    server_key: ServerKey,
    metrics: DeliveryMetrics,
}

impl ServerUpkeep {
    /// Takes the storage of original files and the server key from the configuration.
    pub fn new(config: &Config, metrics: DeliveryMetrics) -> Arc<Self> {
        let originals = Storage::new(&config.imports);
        let server_key = ServerKey::configured(&config.secrets);
        Arc::new(Self { originals, server_key, metrics })
    }
}

impl Upkeep for ServerUpkeep {
    fn check(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move {
            if let Err(error) = self.try_check(&pool).await {
                tracing::warn!(error.cause = ?error.cause, "cannot check the outbox");
            }
        })
    }

    fn purge(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move {
            if let Err(error) = self.try_purge(&pool).await {
                tracing::warn!(error.cause = ?error.cause, "cannot purge old data");
            }
        })
    }
}

impl ServerUpkeep {
    /// Expires overdue messages, deletes stale imports, and updates the metrics.
    async fn try_check(&self, pool: &Pool) -> ApiResult<()> {
        let metrics = &self.metrics;
        let conn = pool.get().await?;
        if let Some(ahead) = clock::measure(&conn).await? {
            metrics.clock_offset.set(ahead);
        }
        let expired = outbox::store::expire(&conn).await?;
        for channel in &expired {
            metrics.expired.with_label_values(&[channel.as_str()]).inc();
        }
        if !expired.is_empty() {
            let expired = expired.len();
            tracing::warn!(outbox.expired = expired, "messages expired before they could be sent");
        }
        let unreachable = outbox::store::newly_unreachable(&conn).await?;
        let waits = [
            ("import", imports::store::longest_wait(&conn).await?),
            ("garmin", garmin::store::longest_wait(&conn).await?),
            ("account_export", account_export::store::longest_wait(&conn).await?),
        ];
        imports::store::purge_stale(&conn).await?;
        let (waiting, running) = imports::store::unfinished(&conn).await?;
        let texts = throttle::daily::used(&conn, &budget::texts_key(&self.server_key)).await?;
        metrics.texts_today.set(texts.into());
        let (depths, backup) = (outbox::store::depth(&conn).await?, Backup::latest(&conn).await?);
        metrics.last_backup.set(backup.map_or(0, |backup| backup.finished_at.timestamp()));
        metrics.set_depths(&depths);
        for (channel, addresses) in unreachable {
            metrics.unreachable.with_label_values(&[channel]).set(addresses);
        }
        for (work, seconds) in waits {
            metrics.work_wait.with_label_values(&[work]).set(seconds);
        }
        metrics.imports.with_label_values(&["waiting"]).set(waiting);
        metrics.imports.with_label_values(&["running"]).set(running);
        Ok(())
    }

    async fn try_purge(&self, pool: &Pool) -> ApiResult<()> {
        let mut conn = pool.get().await?;
        for (what, purge) in PURGES {
            let rows = purge(&conn).await?;
            tracing::debug!(what, rows, "purged old data");
        }
        self.originals.sweep(&mut conn).await?;
        let unproven = local::store::purge_unproven(&mut conn).await?;
        let purged = |what| self.metrics.unproven_purged.with_label_values(&[what]);
        purged("registration").inc_by(u64::try_from(unproven.registrations).unwrap_or_default());
        purged("account").inc_by(u64::try_from(unproven.accounts).unwrap_or_default());
        Ok(())
    }
}
