//! Trying again, or taking back, all messages that fit a filter.

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

/// How many messages one statement changes: relays and requests wait for no more.
const AT_ONCE: usize = 1000;

/// Arguments of which one has to be there: nothing is done to all messages by an oversight.
const WHICH: [&str; 9] =
    ["ids", "status", "since", "code", "class", "channel", "kind", "user", "all"];

/// Which messages to do something to: some by id, those that fit filters, or all.
#[derive(Args)]
#[command(group = ArgGroup::new("which").args(WHICH).required(true).multiple(true))]
pub struct Selection {
    /// These messages, each of which must be in a state for it
    #[arg(conflicts_with_all = ["filter", "all", "dry_run", "json"])]
    pub ids: Vec<Uuid>,
    #[command(flatten)]
    pub filter: FilterArgs,
    /// All that are in a state for it
    #[arg(long, conflicts_with = "filter")]
    pub all: bool,
    /// Only say how many it would be
    #[arg(long)]
    pub dry_run: bool,
    /// JSON instead of sentences
    #[arg(long)]
    pub json: bool,
}

/// What to do to messages.
#[derive(Clone, Copy, Display, PartialEq, Eq)]
pub enum Action {
    #[display("tried again")]
    Retry,
    #[display("cancelled")]
    Cancel,
}

/// What came of it.
#[derive(Default, Serialize)]
struct Outcome {
    dry_run: bool,
    /// Messages that fit, whether something could be done or not.
    matched: usize,
    /// Messages that it was done to, or would be.
    done: usize,
    left: Left,
}

/// Messages that were left alone, by why.
#[derive(Default, Serialize)]
struct Left {
    /// What they carry has expired.
    no_longer_of_use: usize,
    being_sent: usize,
    /// Sent or ended by somebody else meanwhile.
    changed_meanwhile: usize,
}

impl Action {
    /// States of messages that it can be done to.
    fn states(self) -> &'static [Status] {
        match self {
            Self::Retry => &[Status::Queued, Status::Dead],
            Self::Cancel => &[Status::Queued],
        }
    }

    /// A usage error when `status` asks for messages that it can be done to none of.
    fn check(self, status: Option<Status>) -> Result<(), clap::Error> {
        let Some(status) = status.filter(|status| !self.states().contains(status)) else {
            return Ok(());
        };
        let states: Vec<String> = self.states().iter().map(Status::to_string).collect();
        let states = states.join(" or ");
        Err(clap::Error::raw(
            ErrorKind::ArgumentConflict,
            format!("a message that is {status} cannot be {self}, only one that is {states}\n"),
        ))
    }

    /// States of messages that an operator may expect it to be done to.
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

/// Acts on all messages that fit. An error when some do and nothing could be done to any.
pub async fn bulk(
    conn: &AsyncPgConnection,
    action: Action,
    Selection { filter, dry_run, json, .. }: Selection,
) -> CommandResult {
    action.check(filter.status)?;
    let filter = filter.resolve(conn).await?;
    let candidates = store::candidates(conn, &filter, action.expected()).await?;
    let mut outcome = Outcome { dry_run, matched: candidates.len(), ..Outcome::default() };
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
        return Err(format!("none of {} could be {action}", outcome.matched).into());
    }
    Ok(())
}

impl Outcome {
    fn print(&self, action: Action) {
        if self.matched == 0 {
            println!("There are no such messages.");
            return;
        }
        let would = if self.dry_run { "would be " } else { "" };
        println!("{} {would}{action}", self.done);
        let Left { no_longer_of_use, being_sent, changed_meanwhile } = self.left;
        for (count, why) in [
            (no_longer_of_use, "what they carry has expired"),
            (being_sent, "they are being sent"),
            (changed_meanwhile, "they were sent or ended meanwhile"),
        ] {
            if count > 0 {
                println!("{count} left alone: {why}");
            }
        }
    }
}
