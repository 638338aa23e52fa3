//! Retries or cancels all messages that match a filter.

use clap::{ArgGroup, Args, error::ErrorKind};
use derive_more::Display;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use uuid::Uuid;

use super::filter::FilterArgs;
use crate::{
    commands::{CommandError, CommandResult, tables::as_json},
    outbox::{
        Status,
        store::{self, Candidate},
    },
};

/// The maximum number of messages that one statement changes, which bounds the wait of
/// relays and requests.
const AT_ONCE: usize = 1000;

/// At least one of these arguments is required, so that nobody changes all messages by mistake.
const WHICH: [&str; 9] =
    ["ids", "status", "since", "code", "class", "channel", "kind", "user", "all"];

/// The messages to change: those with these ids, those that match the filters, or all.
#[derive(Args)]
#[command(group = ArgGroup::new("which").args(WHICH).required(true).multiple(true))]
pub struct Selection {
    /// Ids of messages. Each must be in a suitable state
    #[arg(conflicts_with_all = ["filter", "all", "dry_run", "json"])]
    pub ids: Vec<Uuid>,
    #[command(flatten)]
    pub filter: FilterArgs,
    /// All messages in a suitable state
    #[arg(long, conflicts_with = "filter")]
    pub all: bool,
    /// Only print how many messages would be changed
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// An action on messages.
#[derive(Clone, Copy, Display, PartialEq, Eq)]
pub enum Action {
    #[display("retried")]
    Retry,
    #[display("cancelled")]
    Cancel,
}

/// The result of an action.
#[derive(Default, Serialize)]
struct BulkResult {
    dry_run: bool,
    /// Messages that match, whether or not they could be changed.
    matched: usize,
    /// Messages that were changed, or would be in a dry run.
    done: usize,
    left: Left,
}

/// Messages that were not changed, by reason.
#[derive(Default, Serialize)]
struct Left {
    /// They have expired.
    no_longer_of_use: usize,
    being_sent: usize,
    /// They were sent or finished meanwhile.
    changed_meanwhile: usize,
}

impl Action {
    /// The states of messages that the action can change.
    fn states(self) -> &'static [Status] {
        match self {
            Self::Retry => &[Status::Queued, Status::Dead],
            Self::Cancel => &[Status::Queued],
        }
    }

    /// A usage error if `status` selects only messages that the action cannot change.
    fn check(self, status: Option<Status>) -> Result<(), clap::Error> {
        let Some(status) = status.filter(|status| !self.states().contains(status)) else {
            return Ok(());
        };
        let states: Vec<String> = self.states().iter().map(Status::to_string).collect();
        let states = states.join(" or ");
        Err(clap::Error::raw(
            ErrorKind::ArgumentConflict,
            format!(
                "a message with status {status} cannot be {self}; its status must be {states}\n"
            ),
        ))
    }

    /// The states of messages that an operator may expect the action to change.
    fn expected(self) -> &'static [&'static str] {
        match self {
            Self::Retry => &["queued", "dead", "sending", "expired"],
            Self::Cancel => &["queued", "sending"],
        }
    }

    async fn act(self, conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<usize, CommandError> {
        Ok(match self {
            Self::Retry => store::retry(conn, ids).await?,
            Self::Cancel => store::cancel(conn, ids).await?,
        })
    }
}

/// Changes all messages that match. Fails if there are some but none could be changed.
pub async fn bulk(
    conn: &AsyncPgConnection,
    action: Action,
    Selection { filter, dry_run, json, .. }: Selection,
) -> CommandResult {
    action.check(filter.status)?;
    let filter = filter.resolve(conn).await?;
    let candidates = store::candidates(conn, &filter, action.expected()).await?;
    let mut outcome = BulkResult { dry_run, matched: candidates.len(), ..BulkResult::default() };
    let mut fit = Vec::new();
    for Candidate { id, status, is_over } in candidates {
        if status == "sending" {
            outcome.left.being_sent += 1;
        } else if action == Action::Retry && is_over {
            outcome.left.no_longer_of_use += 1;
        } else {
            fit.push(id);
        }
    }
    for ids in fit.chunks(AT_ONCE) {
        if dry_run {
            outcome.done += ids.len();
            continue;
        }
        let done = action.act(conn, ids).await?;
        outcome.done += done;
        outcome.left.changed_meanwhile += ids.len().saturating_sub(done);
        store::notify(conn).await?;
    }
    if json {
        as_json(&outcome)?;
    } else {
        outcome.print(action);
    }
    if outcome.matched > 0 && outcome.done == 0 {
        return Err(format!("none of the {} messages could be {action}", outcome.matched).into());
    }
    Ok(())
}

impl BulkResult {
    fn print(&self, action: Action) {
        if self.matched == 0 {
            println!("No messages match.");
            return;
        }
        let would = if self.dry_run { "would be " } else { "" };
        println!("{} {would}{action}", self.done);
        let Left { no_longer_of_use, being_sent, changed_meanwhile } = self.left;
        for (count, why) in [
            (no_longer_of_use, "their content has expired"),
            (being_sent, "they are being sent"),
            (changed_meanwhile, "they were sent or ended in the meantime"),
        ] {
            if count > 0 {
                println!("{count} unchanged: {why}");
            }
        }
    }
}
