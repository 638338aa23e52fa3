//! Output of commands: tables for people, JSON for scripts.

use chrono::{DateTime, Utc};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::CommandResult;

pub fn as_json(value: &impl Serialize) -> CommandResult {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A table without borders.
pub fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
}

pub fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%SZ").to_string()
}
