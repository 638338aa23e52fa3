//! `outbox`: what operators see of messages and do to them. Works beside running servers.

mod show;

use clap::Subcommand;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{CommandError, CommandResult, serve::configured, tables::as_json};
use crate::{
    config::Source,
    db::Connector,
    outbox::{
        Channel, Status,
        store::{self, MessageRow},
    },
};

/// What to do.
#[derive(Subcommand)]
pub enum OutboxCommand {
    /// List messages, the newest first.
    List {
        /// Only those that are queued, sending, sent, dead, expired or cancelled
        #[arg(long)]
        status: Option<Status>,
        /// Only those by email or sms
        #[arg(long)]
        channel: Option<Channel>,
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// JSON in place of a table
        #[arg(long)]
        json: bool,
    },
    /// Show all of one message.
    Show {
        id: Uuid,
        /// JSON in place of a table
        #[arg(long)]
        json: bool,
    },
    /// Try messages again now: those that wait, and dead ones that can still be of use.
    Retry {
        #[arg(required = true)]
        ids: Vec<Uuid>,
    },
    /// Take back messages that wait to be sent.
    Cancel {
        #[arg(required = true)]
        ids: Vec<Uuid>,
    },
}

/// Runs one of them. An error when a message is not there or not in a state for it.
pub fn outbox(command: OutboxCommand) -> CommandResult {
    let config = configured(Source::from_environment())?;
    actix_rt::System::new().block_on(async {
        let conn = Connector::new(&config.database)?.connect().await?;
        match command {
            OutboxCommand::List { status, channel, limit, json } => {
                let messages = store::list(&conn, status, channel, limit).await?;
                if json { as_json(&messages) } else { show::table(&messages) }
            }
            OutboxCommand::Show { id, json } => {
                let message = find(&conn, id).await?;
                if json { as_json(&message) } else { show::details(&message) }
            }
            OutboxCommand::Retry { ids } => {
                each(
                    &conn,
                    &ids,
                    "due now",
                    "it waits or is dead, and has not expired",
                    async |id| Ok(store::retry(&conn, id).await?),
                )
                .await
            }
            OutboxCommand::Cancel { ids } => {
                each(&conn, &ids, "cancelled", "it waits to be sent", async |id| {
                    Ok(store::cancel(&conn, id).await?)
                })
                .await
            }
        }
    })
}

async fn find(conn: &AsyncPgConnection, id: Uuid) -> Result<MessageRow, CommandError> {
    let found = store::find(conn, id).await?;
    found.ok_or_else(|| format!("there is no message {id}").into())
}

/// Does `act` to every message and says what came of each; an error when one could not be helped.
async fn each(
    conn: &AsyncPgConnection,
    ids: &[Uuid],
    done: &str,
    only_while: &str,
    act: impl AsyncFn(Uuid) -> Result<bool, CommandError>,
) -> CommandResult {
    let mut left = 0;
    for id in ids {
        if act(*id).await? {
            println!("{id}: {done}");
            continue;
        }
        left += 1;
        match store::find(conn, *id).await? {
            Some(message) => {
                println!("{id}: left alone, it is {}: only while {only_while}", message.status);
            }
            None => println!("{id}: there is no such message"),
        }
    }
    store::notify(conn).await?;
    if left == 0 { Ok(()) } else { Err(format!("{left} of {} left alone", ids.len()).into()) }
}
