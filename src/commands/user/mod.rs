//! `user`: operators' view of accounts, and actions on them. Can be used while servers run.

mod invite;
mod show;

use clap::Subcommand;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use self::{
    invite::{Lifetime, invite, list_invitations},
    show::{list, show},
};
use super::{CommandError, CommandResult, explained, serve::configured, tables::as_json};
use crate::{
    accounts::operators::{self, NewAccount, Overview},
    auth::local::display_name,
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
        /// The owner's name
        #[arg(long)]
        name: Option<String>,
        /// Make the owner an admin, who may invite any number of people
        #[arg(long)]
        admin: bool,
    },
    /// Print a link with which people can register, whatever REGISTRATION says.
    ///
    /// No mail is sent: give the link to the person yourself. It works until it expires.
    Invite {
        /// Only this address may register. It counts as verified
        email: Option<EmailAddress>,
        /// How many people may register
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..=1000))]
        uses: i32,
        /// How long the link is valid, such as 7d or 12h
        #[arg(long, value_name = "TIME", default_value = "7d")]
        expires: Lifetime,
    },
    /// List the invitations that have not expired, without their links.
    Invitations {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Revoke an invitation. Accounts that were created with it stay.
    Uninvite {
        /// The id of the invitation
        id: Uuid,
    },
    /// Make a user an admin, who may invite any number of people.
    SetAdmin {
        /// An email address or an account id
        user: String,
        /// Make the user an ordinary one again
        #[arg(long)]
        off: bool,
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
            UserCommand::Create { email, name, admin } => {
                let new = NewAccount { name: checked(name)?, is_admin: admin, password: None };
                let made = operators::create(&mut conn, &email, &new).await.map_err(explained)?;
                let id =
                    made.ok_or_else(|| format!("{} already has an account", email.as_str()))?;
                print_reset_link(&mut conn, &config, id).await
            }
            UserCommand::Invite { email, uses, expires } => {
                invite(&mut conn, &config, email, uses, expires).await
            }
            UserCommand::Invitations { json } => list_invitations(&conn, json).await,
            UserCommand::Uninvite { id } => {
                if !operators::uninvite(&conn, id).await? {
                    return Err(format!("there is no invitation with the id {id}").into());
                }
                println!("{id}: revoked");
                Ok(())
            }
            UserCommand::SetAdmin { user, off } => {
                let found = find(&conn, &user).await?;
                let changed = operators::set_admin(&mut conn, found.id, !off).await;
                let is_now = if off { "not an admin" } else { "an admin" };
                let verb = if changed.map_err(explained)? { "is now" } else { "already was" };
                say(&found, &format!("{verb} {is_now}"))
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

/// A name that the API would accept.
fn checked(name: Option<String>) -> Result<Option<String>, CommandError> {
    let name = name.map(display_name).transpose();
    name.map_err(|(_, problem)| format!("--name {problem}").into())
}

/// The account with this address or id. The error proposes similar addresses.
pub async fn find(conn: &AsyncPgConnection, who: &str) -> Result<Overview, CommandError> {
    // Addresses are stored normalised.
    let who = who.parse().map_or(who.to_owned(), |email: EmailAddress| email.into());
    if let Some(found) = operators::find(conn, &who).await? {
        return Ok(found);
    }
    let similar = operators::similar(conn, &who).await?;
    let proposal = match similar.as_slice() {
        [] => String::new(),
        similar => format!("; did you mean {}?", similar.join(" or ")),
    };
    Err(format!("there is no account with the address or id {who}{proposal}").into())
}

fn say(found: &Overview, what: &str) -> CommandResult {
    println!("{}: {what}", found.id);
    Ok(())
}
