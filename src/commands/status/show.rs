//! The status as a table for people.

use comfy_table::Table;

use super::{Database, LastBackup, Server, Status, clock};
use crate::commands::tables::{plain_table, time};

/// Prints one line per item, and the problems below.
pub fn table(status: &Status) {
    let mut table = plain_table();
    table.add_row(["program", status.version]);
    server(&mut table, &status.server);
    database(&mut table, &status.database);
    println!("{table}");
    for problem in &status.problems {
        println!("! {problem}");
    }
}

fn server(table: &mut Table, server: &Server) {
    let state = server.fault.as_deref().unwrap_or("ready");
    table.add_row(["server", &format!("{state} ({})", server.url)]);
    let Some(figures) = &server.figures else { return };
    if let (Some(version), Some(started_at)) = (&figures.version, figures.started_at) {
        table.add_row(["", &format!("version {version}, since {}", time(started_at))]);
    }
    let pool: Vec<String> =
        figures.pool.iter().map(|(name, count)| format!("{name} {count}")).collect();
    table.add_row(["connections", &pool.join(", ")]);
    table.add_row([
        "waiting",
        &format!(
            "{} for a connection, {} for a password hash",
            figures.waiting_for_connection, figures.hashing_pending
        ),
    ]);
    let breakers = match figures.open_breakers.as_slice() {
        [] => "none open".to_owned(),
        open => format!("open: {}", open.join(", ")),
    };
    table.add_row(["breakers", &breakers]);
}

fn database(table: &mut Table, database: &Database) {
    if let Some(error) = &database.error {
        table.add_row(["database", error]);
        return;
    }
    table.add_row(["database", &format!("PostgreSQL {}", database.version)]);
    table.add_row([
        "",
        &format!(
            "room for {} connections; a server opens up to {}",
            database.possible_connections, database.server_connections
        ),
    ]);
    if !database.refusals.is_empty() {
        return;
    }
    if let Some(ahead) = database.clock_offset_seconds {
        table.add_row(["clock", &clock::line(ahead)]);
    }
    let pending = match database.pending_migrations.as_slice() {
        [] => "none pending".to_owned(),
        pending => format!("pending: {}", pending.join(", ")),
    };
    table.add_row(["migrations", &format!("{} applied, {pending}", database.applied_migrations)]);
    if !database.pending_migrations.is_empty() {
        return;
    }
    if database.outbox.is_empty() {
        table.add_row(["outbox", "empty"]);
    }
    for depth in &database.outbox {
        table.add_row([
            "outbox",
            &format!(
                "{} {} by {}, the oldest for {:.0} s",
                depth.messages, depth.status, depth.channel, depth.oldest_seconds
            ),
        ]);
    }
    let backup = database.last_backup.as_ref().map_or_else(
        || "never".to_owned(),
        |LastBackup { backup, is_encrypted }| {
            let how = if *is_encrypted { "encrypted" } else { "not encrypted" };
            let at = time(backup.finished_at);
            format!("{at}, {} ({} bytes, {how})", backup.file, backup.bytes)
        },
    );
    table.add_row(["last backup", &backup]);
}
