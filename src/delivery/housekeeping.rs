//! What the relay does besides: ending what nobody wants any more, measuring, forgetting.

use std::rc::Rc;

use super::Parts;
use crate::{
    activities::changes,
    auth::{audit, budget, local, oauth, otp, sessions},
    db::{Backup, clock},
    error::ApiResult,
    idempotency, imports,
    integrations::garmin,
    outbox::store,
    shares, takeout, throttle, webhooks,
};

/// Ends what has expired and measures what is left.
pub async fn look(parts: Rc<Parts>) {
    let outcome = async {
        let conn = parts.pool.get().await?;
        if let Some(ahead) = clock::measure(&conn).await? {
            parts.metrics.clock_offset.set(ahead);
        }
        let expired = store::expire(&conn).await?;
        for channel in &expired {
            parts.metrics.expired.with_label_values(&[channel.as_str()]).inc();
        }
        if !expired.is_empty() {
            let expired = expired.len();
            tracing::warn!(outbox.expired = expired, "messages expired before they could be sent");
        }
        let unreachable = store::newly_unreachable(&conn).await?;
        let waits = [
            ("import", imports::store::longest_wait(&conn).await?),
            ("garmin", garmin::store::longest_wait(&conn).await?),
            ("takeout", takeout::store::longest_wait(&conn).await?),
        ];
        imports::store::purge_stale(&conn).await?;
        let unfinished = imports::store::unfinished(&conn).await?;
        let texts = throttle::daily::used(&conn, &budget::texts_key(&parts.server_key)).await?;
        parts.metrics.texts_today.set(texts.into());
        let (depths, backup) = (store::depth(&conn).await?, Backup::latest(&conn).await?);
        ApiResult::Ok((depths, backup, waits, unfinished, unreachable))
    };
    match outcome.await {
        Ok((depths, backup, waits, (waiting, running), unreachable)) => {
            let metrics = &parts.metrics;
            metrics.last_backup.set(backup.map_or(0, |backup| backup.finished_at.timestamp()));
            metrics.show_depths(&depths);
            for (channel, addresses) in unreachable {
                metrics.unreachable.with_label_values(&[channel]).set(addresses);
            }
            for (work, seconds) in waits {
                metrics.work_wait.with_label_values(&[work]).set(seconds);
            }
            metrics.imports.with_label_values(&["waiting"]).set(waiting);
            metrics.imports.with_label_values(&["running"]).set(running);
        }
        Err(error) => tracing::warn!(error.cause = ?error.cause, "cannot look at the outbox now"),
    }
}

/// Deletes what has been over for long: nobody needs it, and it is about people.
pub async fn forget(parts: Rc<Parts>) {
    let outcome = async {
        let mut conn = parts.pool.get().await?;
        let messages = store::purge(&conn).await?;
        let challenges = otp::store::purge(&conn).await?;
        let limits = throttle::store::purge(&conn).await?;
        throttle::daily::store::purge(&conn).await?;
        let sessions = sessions::store::purge(&conn).await?;
        let events = audit::store::purge(&conn).await?;
        oauth::store::purge(&conn).await?;
        idempotency::store::purge(&conn).await?;
        changes::store::purge(&conn).await?;
        webhooks::store::purge(&conn).await?;
        imports::store::purge(&conn).await?;
        garmin::store::purge(&conn).await?;
        takeout::store::purge(&conn).await?;
        shares::store::purge(&conn).await?;
        parts.originals.sweep(&mut conn).await?;
        let unproven = local::store::purge_unproven(&mut conn).await?;
        let purged = |what| parts.metrics.unproven_purged.with_label_values(&[what]);
        purged("registration").inc_by(u64::try_from(unproven.registrations).unwrap_or_default());
        purged("account").inc_by(u64::try_from(unproven.accounts).unwrap_or_default());
        ApiResult::Ok((messages, challenges, limits, sessions, events))
    };
    match outcome.await {
        Ok((messages, challenges, limits, sessions, events)) => {
            tracing::debug!(
                messages,
                challenges,
                limits,
                sessions,
                events,
                "forgot what has been over for long"
            );
        }
        Err(error) => tracing::warn!(error.cause = ?error.cause, "cannot forget anything now"),
    }
}
