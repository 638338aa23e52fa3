//! The settings that statements are written for, whatever a cluster, a database or a role is set to.

/// One setting of a session.
pub struct Setting {
    pub name: &'static str,
    /// The values that will do. Each connection that is ours to open asks for the first.
    pub accepted: &'static [&'static str],
    /// Left to the operator, who is told of a value that will not do: it needs a superuser, is new,
    /// or somebody had a reason.
    pub is_only_checked: bool,
}

const fn set(name: &'static str, accepted: &'static [&'static str]) -> Setting {
    Setting { name, accepted, is_only_checked: false }
}

const fn checked(name: &'static str, accepted: &'static [&'static str]) -> Setting {
    Setting { name, accepted, is_only_checked: true }
}

/// What statements mean. The time zone and the client's encoding are not here: the drivers set them.
pub const MEANING: [Setting; 12] = [
    // Claims and counters look again after they waited for a row, which only this level does.
    set("default_transaction_isolation", &["read committed"]),
    set("default_transaction_deferrable", &["off"]),
    // Else a backslash in a migration is an escape.
    set("standard_conforming_strings", &["on"]),
    set("transform_null_equals", &["off"]),
    // How values look that PostgreSQL turns into text and JSON.
    set("DateStyle", &["ISO, YMD", "ISO, MDY", "ISO, DMY"]),
    set("IntervalStyle", &["postgres"]),
    set("bytea_output", &["hex"]),
    set("extra_float_digits", &["1", "2", "3"]),
    // Else a search finds a random part of what there is.
    set("gin_fuzzy_search_limit", &["0"]),
    // Providers turn it on when a disk is full.
    checked("default_transaction_read_only", &["off"]),
    // Else no trigger runs, and no change is ever numbered.
    checked("session_replication_role", &["origin"]),
    // Since PostgreSQL 17. A migration and a copy of an account take as long as they take.
    checked("transaction_timeout", &["0"]),
];

/// What else a connection of ours begins with. Time-outs are set anew for those that serve requests;
/// connections of pools may be idle for days.
const HABITS: [(&str, &str); 6] = [
    ("search_path", "\"$user\",public"),
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("idle_session_timeout", "0"),
    ("plan_cache_mode", "auto"),
];

/// All of it for the `options` of a startup message, which win over what roles, databases and the
/// configuration file say.
pub fn options() -> String {
    let meaning = MEANING.iter().filter(|setting| !setting.is_only_checked);
    let meaning = meaning.filter_map(|setting| Some((setting.name, *setting.accepted.first()?)));
    meaning.chain(HABITS).map(|(name, value)| option(name, value)).collect::<Vec<_>>().join(" ")
}

/// One of them, with spaces escaped as PostgreSQL reads it.
pub fn option(name: &str, value: &str) -> String {
    format!("-c {name}={}", value.replace('\\', r"\\").replace(' ', r"\ "))
}
