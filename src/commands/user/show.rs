//! Accounts as tables for people.

use crate::{
    accounts::operators::Overview,
    commands::{
        CommandResult,
        tables::{plain_table, time},
    },
};

pub fn list(accounts: &[Overview]) -> CommandResult {
    let mut table = plain_table();
    table.set_header([
        "id",
        "address",
        "created",
        "last login",
        "activities",
        "bytes",
        "admin",
        "locked",
    ]);
    for account in accounts {
        table.add_row([
            account.id.to_string(),
            account.email.clone().unwrap_or_default(),
            time(account.created_at),
            account.last_login_at.map(time).unwrap_or_default(),
            account.activities.to_string(),
            account.bytes.to_string(),
            if account.is_admin { "yes" } else { "" }.to_owned(),
            account.locked_at.map(time).unwrap_or_default(),
        ]);
    }
    println!("{table}");
    Ok(())
}

pub fn show(found: &Overview) -> CommandResult {
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
        ("bytes", found.bytes.to_string()),
        ("admin", yes_or_no(found.is_admin)),
        ("created", time(found.created_at)),
        ("last login", optional(found.last_login_at)),
        ("locked", optional(found.locked_at)),
    ] {
        table.add_row([name.to_owned(), value]);
    }
    println!("{table}");
    Ok(())
}
