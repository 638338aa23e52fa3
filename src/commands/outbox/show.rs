//! Tables of messages.

use chrono::{DateTime, Utc};

use crate::{
    commands::{
        CommandResult,
        tables::{plain_table, time},
    },
    outbox::store::MessageRow,
};

/// Prints one line per message.
pub fn table(messages: &[MessageRow]) -> CommandResult {
    if messages.is_empty() {
        println!("No messages match.");
        return Ok(());
    }
    let mut table = plain_table();
    table.set_header(["id", "kind", "channel", "status", "attempts", "created", "due", "error"]);
    for message in messages {
        let is_waiting = message.status == "queued";
        table.add_row([
            message.id.to_string(),
            message.kind.clone(),
            message.channel.clone(),
            message.status.clone(),
            message.attempts.to_string(),
            time(message.created_at),
            if is_waiting { time(message.not_before) } else { String::new() },
            error(message),
        ]);
    }
    println!("{table}");
    Ok(())
}

/// Prints all fields of a message, one per line.
pub fn details(message: &MessageRow) -> CommandResult {
    let optional = |at: Option<DateTime<Utc>>| at.map(time).unwrap_or_default();
    let mut table = plain_table();
    for (name, value) in [
        ("id", message.id.to_string()),
        ("kind", message.kind.clone()),
        ("channel", message.channel.clone()),
        ("user", message.user_id.map(|id| id.to_string()).unwrap_or_default()),
        ("about", message.subject_id.to_string()),
        ("status", message.status.clone()),
        ("priority", message.priority.to_string()),
        ("attempts", message.attempts.to_string()),
        ("unconfirmed", message.unconfirmed.to_string()),
        ("created", time(message.created_at)),
        ("due", time(message.not_before)),
        ("expires", time(message.expires_at)),
        ("leased until", optional(message.lease_until)),
        ("finished", optional(message.finished_at)),
        ("last error", error(message)),
        ("provider's id", message.provider_id.clone().unwrap_or_default()),
    ] {
        table.add_row([name.to_owned(), value]);
    }
    println!("{table}");
    Ok(())
}

fn error(message: &MessageRow) -> String {
    let parts = [&message.last_error_class, &message.last_error_code];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
}
