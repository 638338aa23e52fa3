//! Stores what Garmin says about activities, each in its own transaction.

use std::borrow::Cow;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{Session, files::Files};
use crate::{
    activities::{self, merging},
    error::ApiError,
    imports::{
        ingest::{self, ImportItem, IngestContext, OnKnown, StoreResult},
        single,
        store::{self as imports, ActivitySender, Arrival},
        types::Outcome,
    },
    integrations::garmin::{
        provider::{GarminFailure, Provider, Summary},
        store::{self, Seen},
    },
    recordings::Recording,
};

/// What to store, and warnings about its file.
pub type Read = (ImportItem, Vec<Cow<'static, str>>);

/// The sixth attempt, after half an hour, stores an activity without its file if
/// that cannot be fetched.
const MAX_ATTEMPTS: i32 = 6;

impl<P: Provider> Session<'_, P> {
    /// Stores new activities, with their files unless these arrive separately, and updates changed
    /// ones. False if other connections should have their turn before all of the page is done.
    pub async fn keep_page(
        &mut self,
        user_id: Uuid,
        page: Vec<Summary>,
        files: Files,
    ) -> Result<bool, GarminFailure> {
        let ids: Vec<String> = page.iter().map(|summary| summary.id.clone()).collect();
        let seen = store::seen(&*self.connection().await?, self.job.id, &ids).await?;
        for summary in page {
            let digest = summary.digest()?;
            let before = seen.get(&summary.id);
            if before.is_some_and(|before| before.digest == digest) {
                continue;
            }
            let known = {
                let (source, id) = summary.name();
                activities::named(&*self.connection().await?, user_id, source, &id).await?
            };
            let is_awaited = known.is_some() && before.is_some_and(Seen::lacks_file);
            if (known.is_some() || before.is_some()) && !is_awaited {
                self.change(user_id, &summary, before).await?;
                continue;
            }
            let mut seen = seen_as(&summary)?;
            let file = match files {
                Files::Come => None,
                Files::Fetch => match self.file(&summary.id).await {
                    Err(GarminFailure::Unavailable(_) | GarminFailure::Garbage(_))
                        if is_awaited =>
                    {
                        continue;
                    }
                    Err(trouble @ (GarminFailure::Unavailable(_) | GarminFailure::Garbage(_)))
                        if self.job.attempts >= MAX_ATTEMPTS =>
                    {
                        tracing::warn!(user.id = %user_id, error.cause = %trouble, "stored an activity from Garmin without its file");
                        seen = seen.without_file();
                        None
                    }
                    file => file?,
                },
            };
            let read = read(&summary, file).await;
            self.keep(user_id, &seen, read).await?;
            if files == Files::Fetch && self.is_over() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn file(&mut self, at: &str) -> Result<Option<Vec<u8>>, GarminFailure> {
        self.fetch(async |provider, access| provider.file(access, at).await).await
    }

    /// Stores a new activity, or one whose file is now available.
    pub async fn keep(
        &mut self,
        user_id: Uuid,
        seen: &Seen,
        (material, warnings): Read,
    ) -> Result<(), GarminFailure> {
        let (job, lease) = (self.job, self.parts.config.lease);
        let packed = ingest::pack(&material)?;
        let (mut conn, storage) = (self.connection().await?, &self.parts.storage);
        let kept = conn
            .transaction::<_, ApiError, _>(async |conn| {
                if !store::hold(conn, job, lease).await? {
                    return Ok(None);
                }
                let kept = ingest::store(
                    IngestContext { conn, user_id, storage },
                    &material,
                    &packed,
                    OnKnown::Refresh,
                )
                .await?;
                if !warnings.is_empty() && kept.outcome != Outcome::Duplicate {
                    list_warning(conn, user_id, (&material, &kept), warnings.join("; ")).await?;
                }
                store::remember(conn, job.id, seen).await?;
                Ok(Some(kept))
            })
            .await?
            .ok_or(GarminFailure::Lost)?;
        let metrics = &self.parts.metrics;
        metrics.files.with_label_values(&[kept.outcome.to_string()]).inc();
        metrics.activities_created.inc_by(kept.new);
        Ok(())
    }

    /// Updates an activity with the values that Garmin has now. An activity that was
    /// deleted here stays deleted.
    async fn change(
        &mut self,
        user_id: Uuid,
        summary: &Summary,
        before: Option<&Seen>,
    ) -> Result<(), GarminFailure> {
        let (job, lease) = (self.job, self.parts.config.lease);
        let seen = seen_as(summary)?;
        let (source, name) = summary.name();
        let mut conn = self.connection().await?;
        conn.transaction::<_, ApiError, _>(async |conn| {
            if !store::hold(conn, job, lease).await? {
                return Ok(None);
            }
            activities::lock_names(conn, user_id).await?;
            let named = activities::named(conn, user_id, source, &name).await?;
            if let Some(((id, _), before)) = named.zip(before) {
                // Garmin's totals are those of all parts together.
                if !merging::has_parts(conn, id).await? {
                    // A summary contains no track.
                    ingest::remeasure(conn, id, (&summary.session(), None), None).await?;
                }
                if before.title != seen.title {
                    let (old, new) = (before.title.as_deref(), seen.title.as_deref());
                    store::rename(conn, id, old, new).await?;
                }
            }
            store::remember(conn, job.id, &seen).await?;
            Ok(Some(()))
        })
        .await?
        .ok_or(GarminFailure::Lost)
    }
}

/// The state to record. The title is as the log stores it: shortened, and without NUL.
pub fn seen_as(summary: &Summary) -> Result<Seen, ApiError> {
    let title = summary.session().title.and_then(|title| ingest::title(&title));
    Ok(Seen { garmin_id: summary.id.clone(), digest: summary.digest()?, title })
}

/// Lists a warning about a file among the imports.
async fn list_warning(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    (material, kept): (&ImportItem, &StoreResult),
    warning: String,
) -> Result<(), ApiError> {
    let id = || material.name.as_ref().map(|(_, id)| format!("activity {id}"));
    let file = material.original.as_ref().map(|(name, _)| name.clone());
    let arrival = Arrival {
        name: file.or_else(id).unwrap_or_default(),
        outcome: kept.outcome,
        refusal: None,
        warning: Some(warning),
        activity_ids: kept.activity_ids.clone(),
    };
    Ok(imports::add_arrivals(conn, user_id, ActivitySender::Garmin, &[arrival]).await?)
}

/// Combines a file with its summary. If there is no file, or it cannot be read, the
/// summary is used alone.
pub async fn read(summary: &Summary, file: Option<Vec<u8>>) -> Read {
    let (name, mut warnings) = (Some(summary.name()), Vec::new());
    if let Some(file) = file {
        let called = summary.id.clone();
        // If the reader panics, nothing else is affected.
        let read = tokio::task::spawn_blocking(move || single::read(&called, &file)).await;
        match read {
            Ok(Ok((original, Recording { mut sessions, warnings, .. }))) => {
                match sessions.as_mut_slice() {
                    [session] => summary.complete(session),
                    // Garmin's totals are those of all parts together.
                    [first, ..] => summary.name_in(first),
                    [] => {}
                }
                let original = Some(original);
                return (
                    ImportItem { original, sessions, name, ..ImportItem::default() },
                    warnings,
                );
            }
            Ok(Err(refusal)) => {
                tracing::info!(garmin.activity = summary.id, import.refused = %refusal.reason, "a file of Garmin's");
                warnings.push(format!("its file was not read: {}", refusal.message).into());
            }
            Err(error) => {
                tracing::error!(error.cause = %error, "a file of Garmin's");
                warnings.push("its file was not read: reading it failed".into());
            }
        }
    }
    (ImportItem { sessions: vec![summary.session()], name, ..ImportItem::default() }, warnings)
}
