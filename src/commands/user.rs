//! `user`: operators' view of accounts, and actions on them. Can be used while servers run.

use clap::Subcommand;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::{
    CommandError, CommandResult, explained,
    serve::configured,
    tables::{as_json, plain_table, time},
};
use crate::{
    accounts::operators::{self, Overview},
    config::{Config, Source},
    credentials::{EmailAddress, ServerKey},
    db::Connector,
};

/// The actions on an account, identified by its address or id.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Create an account, and print a link to choose its password, valid for one hour.
    ///
    /// Anybody who opens the link gets access to the account, so give it only to the owner.
    Create {
        /// The owner's email address
        email: EmailAddress,
    },
    /// List all accounts, but nothing from their logs.
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Show an account: login methods, sessions and counts, but nothing from its log.
    Show {
        /// An email address or an account id
        user: String,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Block logins to an account and end all its sessions.
    Lock {
        /// An email address or an account id
        user: String,
    },
    /// Allow logins to a locked account again.
    Unlock {
        /// An email address or an account id
        user: String,
    },
    /// End all sessions. The owner can log in again.
    Logout {
        /// An email address or an account id
        user: String,
    },
    /// Delete an account and all its data. This cannot be undone.
    Delete {
        /// An email address or an account id
        user: String,
        /// Delete the account. Without this option, only show what would be deleted
        #[arg(long)]
        yes: bool,
    },
    /// Print a link to choose a new password, valid for one hour, for an owner who gets no mail.
    ///
    /// Anybody who opens the link gets access to the account, so give it only to the owner.
    GrantReset {
        /// An email address or an account id
        user: String,
    },
}

/// Runs a command. Fails if there is no such account.
pub fn user(source: Source, command: UserCommand) -> CommandResult {
    let config = configured(source)?;
    actix_rt::System::new().block_on(async {
        let mut conn = Connector::new(&config.database)?.connect().await?;
        match command {
            UserCommand::Create { email } => {
                let made = operators::create(&mut conn, &email, None).await.map_err(explained)?;
                let id =
                    made.ok_or_else(|| format!("{} already has an account", email.as_str()))?;
                print_reset_link(&mut conn, &config, id).await
            }
            UserCommand::List { json } => {
                let found = operators::list(&conn).await?;
                if json { as_json(&found) } else { list(&found) }
            }
            UserCommand::Show { user, json } => {
                let found = find(&conn, &user).await?;
                if json { as_json(&found) } else { show(&found) }
            }
            UserCommand::Lock { user } => {
                let found = find(&conn, &user).await?;
                let locked = operators::lock(&mut conn, found.id).await.map_err(explained)?;
                say(&found, if locked { "locked" } else { "was already locked" })
            }
            UserCommand::Unlock { user } => {
                let found = find(&conn, &user).await?;
                let unlocked = operators::unlock(&mut conn, found.id).await.map_err(explained)?;
                say(&found, if unlocked { "unlocked" } else { "was not locked" })
            }
            UserCommand::Logout { user } => {
                let found = find(&conn, &user).await?;
                operators::end_sessions(&mut conn, found.id).await.map_err(explained)?;
                say(&found, &format!("{} sessions ended", found.sessions))
            }
            UserCommand::Delete { user, yes } => {
                let found = find(&conn, &user).await?;
                if !yes {
                    show(&found)?;
                    return Err("nothing was deleted; add --yes to delete all of this".into());
                }
                operators::delete(&mut conn, found.id).await.map_err(explained)?;
                say(&found, "deleted")
            }
            UserCommand::GrantReset { user } => {
                let found = find(&conn, &user).await?;
                if found.email.is_none() {
                    return Err("this account has no email address to log in with".into());
                }
                print_reset_link(&mut conn, &config, found.id).await
            }
        }
    })
}

async fn print_reset_link(
    conn: &mut AsyncPgConnection,
    config: &Config,
    user_id: Uuid,
) -> CommandResult {
    let key = ServerKey::configured(&config.secrets);
    let token = operators::grant_reset(conn, &key, user_id).await.map_err(explained)?;
    println!("{}/reset-password#token={}", config.server.base_url, token.expose());
    Ok(())
}

pub async fn find(conn: &AsyncPgConnection, who: &str) -> Result<Overview, CommandError> {
    // Addresses are stored normalised.
    let who = who.parse().map_or(who.to_owned(), |email: EmailAddress| email.into());
    let found = operators::find(conn, &who).await?;
    found.ok_or_else(|| format!("there is no account with the address or id {who}").into())
}

fn say(found: &Overview, what: &str) -> CommandResult {
    println!("{}: {what}", found.id);
    Ok(())
}

fn list(accounts: &[Overview]) -> CommandResult {
    let mut table = plain_table();
    table.set_header(["id", "address", "created", "last login", "activities", "locked"]);
    for account in accounts {
        table.add_row([
            account.id.to_string(),
            account.email.clone().unwrap_or_default(),
            time(account.created_at),
            account.last_login_at.map(time).unwrap_or_default(),
            account.activities.to_string(),
            account.locked_at.map(time).unwrap_or_default(),
        ]);
    }
    println!("{table}");
    Ok(())
}

fn show(found: &Overview) -> CommandResult {
    let yes_or_no = |holds: bool| if holds { "yes" } else { "no" }.to_owned();
    let optional = |at: Option<_>| at.map(time).unwrap_or_default();
    let mut table = plain_table();
    for (name, value) in [
        ("id", found.id.to_string()),
        ("address", found.email.clone().unwrap_or_default()),
        ("address verified", yes_or_no(found.email_verified)),
        ("password", yes_or_no(found.has_password)),
        ("verified number", yes_or_no(found.has_proven_number)),
        ("providers", found.connections.join(", ")),
        ("sessions", found.sessions.to_string()),
        ("activities", found.activities.to_string()),
        ("created", time(found.created_at)),
        ("last login", optional(found.last_login_at)),
        ("locked", optional(found.locked_at)),
    ] {
        table.add_row([name.to_owned(), value]);
    }
    println!("{table}");
    Ok(())
}
