//! Handles events from webhooks. An event that cannot be read is given up at once, and one whose
//! data cannot be fetched is retried later. Neither holds up the events after it.

use uuid::Uuid;

use super::{
    Session,
    ending::doubled,
    files::Files,
    keep::{self, seen_as},
};
use crate::{
    activities,
    integrations::{
        fields::Fields,
        garmin::{
            provider::{GarminFailure, Provider, Summary, pushed},
            store::{self, Event, EventKind},
        },
    },
};

/// How many events are handled before other connections have their turn.
const AT_A_TIME: i64 = 50;

/// An event is given up after five unusable answers, within a quarter of an hour, or after twelve
/// attempts without an answer, within about six hours.
const MAX_ODD_ANSWERS: i32 = 5;
const MAX_ATTEMPTS: i32 = 12;

/// The result of handling an event.
enum Dealt {
    Done,
    /// The event can never be handled.
    Unreadable,
}

impl<P: Provider> Session<'_, P> {
    /// Handles the events that are due; returns whether there were any.
    pub async fn deal_with_events(&mut self, user_id: Uuid) -> Result<bool, GarminFailure> {
        let events = store::events(&*self.connection().await?, self.job.id, AT_A_TIME).await?;
        for event in &events {
            if self.is_over() {
                break;
            }
            let outcome = match self.deal_with(user_id, event).await {
                Ok(Dealt::Done) => "done",
                Ok(Dealt::Unreadable) => {
                    tracing::warn!(user.id = %user_id, garmin.event = event.kind, "cannot read an event from Garmin");
                    "unreadable"
                }
                // The connection failed, and not the event.
                Err(
                    trouble @ (GarminFailure::Denied(_)
                    | GarminFailure::Refused
                    | GarminFailure::Throttled(_)
                    | GarminFailure::Lost
                    | GarminFailure::Leaving),
                ) => return Err(trouble),
                Err(trouble) if trouble.is_of_storage() => return Err(trouble),
                Err(trouble) => {
                    let attempts = event.attempts + 1;
                    let is_odd = matches!(trouble, GarminFailure::Garbage(_));
                    let most = if is_odd { MAX_ODD_ANSWERS } else { MAX_ATTEMPTS };
                    tracing::warn!(user.id = %user_id, garmin.event = event.kind, attempts, error.cause = %trouble,
                        "cannot process an event from Garmin");
                    if attempts < most {
                        let pause = doubled(self.parts.config.backoff, attempts);
                        store::postpone_event(&*self.connection().await?, event.id, pause).await?;
                        continue;
                    }
                    "gave_up"
                }
            };
            store::end_event(&*self.connection().await?, event.id).await?;
            self.parts.metrics.garmin_events.with_label_values(&[outcome]).inc();
        }
        Ok(!events.is_empty())
    }

    async fn deal_with(&mut self, user_id: Uuid, event: &Event) -> Result<Dealt, GarminFailure> {
        let Some(fields) = Fields::read(event.body.as_str()) else { return Ok(Dealt::Unreadable) };
        let url = fields.text("callbackURL");
        let summaries = match (event.kind.parse(), url, pushed(&fields)) {
            (Ok(EventKind::File), Some(url), Some(summary)) => {
                self.keep_file(user_id, summary, url).await?;
                return Ok(Dealt::Done);
            }
            (Ok(EventKind::Activity), Some(url), _) => {
                self.fetch(async |provider, access| provider.announced(access, &url).await).await?
            }
            (Ok(EventKind::Activity), None, Some(summary)) => vec![summary],
            _ => return Ok(Dealt::Unreadable),
        };
        self.keep_page(user_id, summaries, Files::Come).await?;
        Ok(Dealt::Done)
    }

    /// Stores the file of an activity that arrived before, or arrives now.
    async fn keep_file(
        &mut self,
        user_id: Uuid,
        summary: Summary,
        url: String,
    ) -> Result<(), GarminFailure> {
        let id = summary.id.clone();
        let (known, seen) = {
            let conn = self.connection().await?;
            let (source, name) = summary.name();
            let known = activities::named(&conn, user_id, source, &name).await?;
            (known, store::seen(&conn, self.job.id, std::slice::from_ref(&id)).await?.remove(&id))
        };
        // The activity was deleted here.
        if seen.is_some() && known.is_none() {
            return Ok(());
        }
        let file = self.fetch(async |provider, access| provider.file(access, &url).await).await?;
        let odd = |what: &str| GarminFailure::Garbage(what.to_owned());
        // The file may not be there yet.
        let file = file.ok_or_else(|| odd("no file"))?;
        let read = keep::read(&summary, Some(file)).await;
        if read.0.original.is_none() {
            return Err(odd("a file that is not a recording"));
        }
        let seen = seen.map_or_else(|| seen_as(&summary), Ok)?;
        self.keep(user_id, &seen, read).await
    }
}
