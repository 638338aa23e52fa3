//! `user invite` and `user invitations`.

use std::str::FromStr;

use diesel_async::AsyncPgConnection;

use crate::{
    accounts::operators,
    auth::invitations::{NewInvitation, link},
    commands::{
        CommandResult, explained,
        tables::{as_json, plain_table, time},
    },
    config::Config,
    credentials::{EmailAddress, ServerKey},
};

/// A number of days or hours, such as `7d`, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime(f64);

impl FromStr for Lifetime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, unit) = match (text.strip_suffix('d'), text.strip_suffix('h')) {
            (Some(days), _) => (days, 86_400.0),
            (None, Some(hours)) => (hours, 3600.0),
            (None, None) => return Err("must be a number of days or hours, such as 7d or 12h"),
        };
        match digits.parse::<u32>().map(f64::from) {
            Ok(number) if number >= 1.0 && number * unit <= 365.0 * 86_400.0 => {
                Ok(Self(number * unit))
            }
            _ => Err("must be between 1h and 365d"),
        }
    }
}

/// Prints the link of a new invitation.
pub async fn invite(
    conn: &mut AsyncPgConnection,
    config: &Config,
    email: Option<EmailAddress>,
    uses: i32,
    Lifetime(seconds): Lifetime,
) -> CommandResult {
    if email.is_some() && uses > 1 {
        return Err("an invitation for one address can be used only once".into());
    }
    let key = ServerKey::configured(&config.secrets);
    let new = NewInvitation { email, uses, seconds };
    let token = operators::invite(conn, &key, &new).await.map_err(explained)?;
    let email = new.email.as_ref().map(EmailAddress::as_str);
    println!("{}", link(&config.server.base_url, &token, email));
    Ok(())
}

/// Lists the invitations of the operator and of users.
pub async fn list_invitations(conn: &AsyncPgConnection, json: bool) -> CommandResult {
    let found = operators::invitations(conn).await?;
    if json {
        return as_json(&found);
    }
    let mut table = plain_table();
    table.set_header(["id", "from", "for", "used", "of", "expires"]);
    for one in &found {
        table.add_row([
            one.id.to_string(),
            one.user_id.map_or("operator".to_owned(), |id| id.to_string()),
            one.email.clone().unwrap_or_default(),
            one.used.to_string(),
            one.uses.to_string(),
            time(one.expires_at),
        ]);
    }
    println!("{table}");
    Ok(())
}
