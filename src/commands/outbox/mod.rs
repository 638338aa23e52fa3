//! `outbox`: operators' view of messages, and actions on them. Can be used while servers run.

mod bulk;
mod filter;
mod show;

use clap::Subcommand;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use self::{
    bulk::{Action, Selection, bulk},
    filter::{EXAMPLES, FilterArgs},
};
use super::{CommandError, CommandResult, serve::configured, tables::as_json};
use crate::{
    config::Source,
    db::Connector,
    outbox::store::{self, MessageRow},
};

/// The actions on messages.
#[derive(Subcommand)]
pub enum OutboxCommand {
    /// List messages, newest first.
    #[command(after_help = EXAMPLES)]
    List {
        #[command(flatten)]
        filter: FilterArgs,
        /// Maximum number of messages
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Show a message with all its fields.
    Show {
        id: Uuid,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Retry queued messages now, and dead ones that have not expired.
    ///
    /// Exit code 1 if one of the ids, or all messages that match the filters, could not be changed.
    #[command(after_help = EXAMPLES)]
    Retry(Selection),
    /// Cancel queued messages.
    ///
    /// Exit code 1 if one of the ids, or all messages that match the filters, could not be changed.
    #[command(after_help = EXAMPLES)]
    Cancel(Selection),
}

/// Runs a command. Fails if a message does not exist or is in another state.
pub fn outbox(source: Source, command: OutboxCommand) -> CommandResult {
    let config = configured(source)?;
    actix_rt::System::new().block_on(async {
        let conn = Connector::new(&config.database)?.connect().await?;
        match command {
            OutboxCommand::List { filter, limit, json } => {
                let messages = store::list(&conn, &filter.resolve(&conn).await?, limit).await?;
                if json { as_json(&messages) } else { show::table(&messages) }
            }
            OutboxCommand::Show { id, json } => {
                let message = find(&conn, id).await?;
                if json { as_json(&message) } else { show::details(&message) }
            }
            OutboxCommand::Retry(selection) if selection.ids.is_empty() => {
                bulk(&conn, Action::Retry, selection).await
            }
            OutboxCommand::Cancel(selection) if selection.ids.is_empty() => {
                bulk(&conn, Action::Cancel, selection).await
            }
            OutboxCommand::Retry(Selection { ids, .. }) => {
                each(
                    &conn,
                    &ids,
                    "due now",
                    "queued or dead, and the message must not have expired",
                    async |id| Ok(store::retry(&conn, &[id]).await? == 1),
                )
                .await
            }
            OutboxCommand::Cancel(Selection { ids, .. }) => {
                each(&conn, &ids, "cancelled", "queued", async |id| {
                    Ok(store::cancel(&conn, &[id]).await? == 1)
                })
                .await
            }
        }
    })
}

async fn find(conn: &AsyncPgConnection, id: Uuid) -> Result<MessageRow, CommandError> {
    let found = store::find(conn, id).await?;
    found.ok_or_else(|| format!("there is no message with the id {id}").into())
}

/// Calls `act` for every message and prints each result. Fails if one message could not be changed.
async fn each(
    conn: &AsyncPgConnection,
    ids: &[Uuid],
    done: &str,
    required: &str,
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
                println!(
                    "{id}: unchanged, its status is {}; it must be {required}",
                    message.status
                );
            }
            None => println!("{id}: message not found"),
        }
    }
    store::notify(conn).await?;
    if left == 0 {
        Ok(())
    } else {
        Err(format!("{left} of {} messages unchanged", ids.len()).into())
    }
}
