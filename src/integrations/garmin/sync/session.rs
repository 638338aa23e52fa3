//! A claimed connection with its tokens, and the next piece of work for it.

use std::time::Instant;

use chrono::{DateTime, Days, TimeDelta, Utc};
use secrecy::SecretString;
use uuid::Uuid;

use super::{SyncContext, files::Files};
use crate::{
    db::{PooledConnection, clock},
    error::ApiResult,
    integrations::garmin::{
        provider::{Cursor, GarminFailure, Page, Provider},
        store::{self, ClaimedConnection},
        tokens,
    },
};

/// A token is renewed this long before it expires.
const EARLY: TimeDelta = TimeDelta::seconds(600);

/// Maximum number of pages in a scan of the last weeks: forty activities a day.
const MAX_PAGES: usize = 30;

/// Work on a claimed connection.
pub struct Session<'a, P> {
    pub parts: &'a SyncContext,
    pub job: &'a ClaimedConnection,
    pub provider: P,
    credential: SecretString,
    access: Option<(SecretString, DateTime<Utc>)>,
    is_renewed: bool,
    began: Instant,
}

impl<'a, P: Provider> Session<'a, P> {
    pub fn new(parts: &'a SyncContext, job: &'a ClaimedConnection, provider: P) -> ApiResult<Self> {
        let credential = tokens::open_credential(&parts.cipher, job)?;
        let access = tokens::open_access(&parts.cipher, job)?.zip(job.access_expires_at);
        Ok(Self {
            parts,
            job,
            provider,
            credential,
            access,
            is_renewed: false,
            began: Instant::now(),
        })
    }

    /// Handles the events that are due. If there are none, scans the last weeks if they are due, or
    /// else reads a page of the history.
    pub async fn run(&mut self) -> Result<(), GarminFailure> {
        let Some(user_id) = self.job.user_id else { return self.leave().await };
        if self.deal_with_events(user_id).await? {
            return Ok(());
        }
        if self.job.is_due { self.scan(user_id).await } else { self.read_history(user_id).await }
    }

    /// Scans the last weeks, page by page.
    async fn scan(&mut self, user_id: Uuid) -> Result<(), GarminFailure> {
        let since = Utc::now().date_naive() - Days::new(P::WINDOW_DAYS);
        let mut next = Some(newest());
        for _ in 0..MAX_PAGES {
            let Some(cursor) = next else { break };
            let page = self
                .call(async |provider, access| provider.page(access, Some(since), cursor).await)
                .await?;
            next = page.next.filter(|next| next.before >= since);
            if !self.keep_page(user_id, page.activities, Files::Fetch).await? {
                return Ok(());
            }
        }
        if next.is_some() {
            tracing::warn!(user.id = %user_id, "Garmin lists more activities than a sync reads");
        }
        store::end_scan(&*self.connection().await?, self.job, self.parts.config.every).await?;
        Ok(())
    }

    async fn read_history(&mut self, user_id: Uuid) -> Result<(), GarminFailure> {
        let offset = u32::try_from(self.job.history_offset).unwrap_or_default();
        let before = self.job.history_before;
        let cursor = before.map_or_else(newest, |before| Cursor { before, offset });
        let Page { activities, next } =
            self.call(async |provider, access| provider.page(access, None, cursor).await).await?;
        if !self.keep_page(user_id, activities, Files::Fetch).await? {
            return Ok(());
        }
        store::advance_history(&*self.connection().await?, self.job, next).await?;
        Ok(())
    }

    /// Notifies Garmin that the connection has ended, and deletes it.
    async fn leave(&mut self) -> Result<(), GarminFailure> {
        self.call(async |provider, access| provider.leave(access).await).await?;
        store::delete_disowned(&*self.connection().await?, self.job).await?;
        Ok(())
    }

    /// Whether other connections should have their turn.
    pub fn is_over(&self) -> bool {
        self.began.elapsed() > self.parts.config.lease
    }

    /// Calls Garmin. If the access token is refused, it is renewed once.
    pub async fn call<T>(
        &mut self,
        ask: impl AsyncFn(&P, &SecretString) -> Result<T, GarminFailure>,
    ) -> Result<T, GarminFailure> {
        match self.ask(&ask).await? {
            Err(GarminFailure::Denied(401 | 403)) if !self.is_renewed => {
                self.renew().await?;
                self.ask(&ask).await?
            }
            answer => answer,
        }
    }

    /// As [`Self::call`], for one item among many: if Garmin denies it even with a new token, that
    /// says nothing about the connection.
    pub async fn fetch<T>(
        &mut self,
        ask: impl AsyncFn(&P, &SecretString) -> Result<T, GarminFailure>,
    ) -> Result<T, GarminFailure> {
        let mut answer = self.ask(&ask).await?;
        if matches!(answer, Err(GarminFailure::Denied(401 | 403))) && !self.is_renewed {
            self.renew().await?;
            answer = self.ask(&ask).await?;
        }
        answer.map_err(|trouble| match trouble {
            GarminFailure::Denied(status) => GarminFailure::Garbage(status.to_string()),
            other => other,
        })
    }

    /// Calls Garmin once, with a token that has not expired. The outer error means that
    /// Garmin could not be called.
    async fn ask<T>(
        &mut self,
        ask: &impl AsyncFn(&P, &SecretString) -> Result<T, GarminFailure>,
    ) -> Result<Result<T, GarminFailure>, GarminFailure> {
        if self.parts.stopping.has_begun() {
            return Err(GarminFailure::Leaving);
        }
        if !store::hold(&*self.connection().await?, self.job, self.parts.config.lease).await? {
            return Err(GarminFailure::Lost);
        }
        let kept = self.access.clone().filter(|(_, end)| *end > clock::now() + EARLY);
        let access = match kept {
            Some((access, _)) => access,
            None => self.renew().await?,
        };
        Ok(ask(&self.provider, &access).await)
    }

    /// Renews the tokens, and stores them in one step before they are used.
    async fn renew(&mut self) -> Result<SecretString, GarminFailure> {
        let renewed = self.provider.renew(self.credential.clone()).await?;
        let sealed = tokens::seal(&self.parts.cipher, self.job.id, &renewed)?;
        if !store::keep_tokens(&*self.connection().await?, self.job, &sealed).await? {
            return Err(GarminFailure::Lost);
        }
        self.is_renewed = true;
        self.credential = renewed.credential;
        self.access = Some((renewed.access.clone(), renewed.expires_at));
        Ok(renewed.access)
    }

    pub async fn connection(&self) -> ApiResult<PooledConnection> {
        self.parts.pool.get().await
    }
}

/// Tomorrow, because it may already be tomorrow somewhere.
fn newest() -> Cursor {
    Cursor { before: Utc::now().date_naive() + Days::new(1), offset: 0 }
}
