//! The session settings that our statements need, independent of the settings of the cluster, the
//! database and the role.

/// One setting of a session.
pub struct Setting {
    pub name: &'static str,
    /// The accepted values. Connections that we open ourselves set the first one.
    pub accepted: &'static [&'static str],
    /// Only checked and reported to the operator, because changing it needs a superuser, because
    /// older servers do not know it, or because it was probably set for a reason.
    pub is_only_checked: bool,
}

const fn set(name: &'static str, accepted: &'static [&'static str]) -> Setting {
    Setting { name, accepted, is_only_checked: false }
}

const fn checked(name: &'static str, accepted: &'static [&'static str]) -> Setting {
    Setting { name, accepted, is_only_checked: true }
}

/// Settings that change what statements mean. The time zone and the client encoding are missing
/// because the drivers set them.
pub const MEANING: [Setting; 12] = [
    // Claims and counters rely on a row being evaluated again after they have waited for it.
    // PostgreSQL does this only at this isolation level.
    set("default_transaction_isolation", &["read committed"]),
    set("default_transaction_deferrable", &["off"]),
    // Otherwise a backslash in a migration would be an escape.
    set("standard_conforming_strings", &["on"]),
    set("transform_null_equals", &["off"]),
    // The format of values that PostgreSQL converts to text and JSON.
    set("DateStyle", &["ISO, YMD", "ISO, MDY", "ISO, DMY"]),
    set("IntervalStyle", &["postgres"]),
    set("bytea_output", &["hex"]),
    set("extra_float_digits", &["1", "2", "3"]),
    // Otherwise a search would find a random subset of the results.
    set("gin_fuzzy_search_limit", &["0"]),
    // Hosting providers turn it on when a disk is full.
    checked("default_transaction_read_only", &["off"]),
    // Otherwise no trigger would run, and changes would not be numbered.
    checked("session_replication_role", &["origin"]),
    // Since PostgreSQL 17. Migrations and account exports may take longer than any limit.
    checked("transaction_timeout", &["0"]),
];

/// Other defaults of our connections. Connections that serve requests set their own timeouts;
/// connections in pools may be idle for days.
const HABITS: [(&str, &str); 6] = [
    ("search_path", "\"$user\",public"),
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("idle_session_timeout", "0"),
    ("plan_cache_mode", "auto"),
];

/// All settings for the `options` of a startup message. They override those of roles, databases and
/// the configuration file.
pub fn options() -> String {
    let meaning = MEANING.iter().filter(|setting| !setting.is_only_checked);
    let meaning = meaning.filter_map(|setting| Some((setting.name, *setting.accepted.first()?)));
    meaning.chain(HABITS).map(|(name, value)| option(name, value)).collect::<Vec<_>>().join(" ")
}

/// One setting, with spaces escaped for PostgreSQL.
pub fn option(name: &str, value: &str) -> String {
    format!("-c {name}={}", value.replace('\\', r"\\").replace(' ', r"\ "))
}
