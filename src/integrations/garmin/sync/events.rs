//! Dealing with what webhooks told.

use serde::Deserialize;
use uuid::Uuid;

use super::{
    Session,
    keep::{Files, material, seen_as},
};
use crate::{
    activities,
    integrations::garmin::{
        provider::{Provider, PushedSummary, Trouble},
        store::{self, Event, EventKind},
    },
};

/// How many are dealt with before other connections have their turn.
const AT_A_TIME: i64 = 50;

/// An event that failed so often is given up.
const MAX_ATTEMPTS: i32 = 5;

/// Where what is told of can be fetched.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "callbackURL")]
    callback_url: Option<String>,
}

impl<P: Provider> Session<'_, P> {
    /// Whether there were any.
    pub async fn deal_with_events(&mut self, user_id: Uuid) -> Result<bool, Trouble> {
        let events = store::events(&*self.connection().await?, self.job.id, AT_A_TIME).await?;
        for event in &events {
            if event.attempts >= MAX_ATTEMPTS {
                tracing::warn!(user.id = %user_id, garmin.event = event.kind, "gave up an event of Garmin's");
            } else if let Err(trouble) = self.deal_with(user_id, event).await {
                if matches!(trouble, Trouble::Unavailable(_) | Trouble::Garbage(_)) {
                    store::count_attempt(&*self.connection().await?, event.id).await?;
                }
                return Err(trouble);
            }
            store::end_event(&*self.connection().await?, event.id).await?;
        }
        Ok(!events.is_empty())
    }

    async fn deal_with(&mut self, user_id: Uuid, event: &Event) -> Result<(), Trouble> {
        let read = |error: serde_json::Error| Trouble::Garbage(error.to_string());
        let body = event.body.as_str();
        let Told { callback_url } = serde_json::from_str(body).map_err(read)?;
        let (kind, url) = (event.kind.parse(), callback_url);
        let pushed = match (kind, url) {
            (Ok(EventKind::File), Some(url)) => return self.keep_file(user_id, body, url).await,
            (Ok(EventKind::Activity), Some(url)) => {
                self.call(async |provider, access| provider.told(access, &url).await).await?
            }
            (Ok(EventKind::Activity), None) => {
                let pushed: PushedSummary = serde_json::from_str(body).map_err(read)?;
                pushed.summary().into_iter().collect()
            }
            _ => return Ok(()),
        };
        self.keep_page(user_id, pushed, Files::Come).await
    }

    /// The file of an activity, which came before or comes now.
    async fn keep_file(&mut self, user_id: Uuid, body: &str, url: String) -> Result<(), Trouble> {
        let told: PushedSummary =
            serde_json::from_str(body).map_err(|error| Trouble::Garbage(error.to_string()))?;
        let Some(summary) = told.summary() else { return Ok(()) };
        let id = summary.id.clone();
        let (known, seen) = {
            let conn = self.connection().await?;
            let (source, name) = summary.name();
            let known = activities::named(&conn, user_id, source, &name).await?;
            (known, store::seen(&conn, self.job.id, std::slice::from_ref(&id)).await?.remove(&id))
        };
        // It was deleted here.
        if seen.is_some() && known.is_none() {
            return Ok(());
        }
        let file = self.call(async |provider, access| provider.file(access, &url).await).await?;
        if let Some(file) = file {
            let material = material(&summary, Some(file)).await;
            // What cannot be read says nothing that is not known.
            if material.original.is_some() {
                let seen = seen.map_or_else(|| seen_as(&summary), Ok)?;
                self.keep(user_id, &seen, material).await?;
            }
        }
        Ok(())
    }
}
