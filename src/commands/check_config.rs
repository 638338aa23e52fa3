//! `check-config`: prints the settings, and all errors in them.

use std::time::Duration;

use super::CommandResult;
use crate::{
    activities::originals::Storage,
    app::most_connections,
    config::{BYTES_OF_A_HASH, Config, Fault, Report, Source},
    db::{Connector, Inspection},
    imports::runner::FILE_BYTES,
};

/// The memory of a server without hashes and imports, as measured idle and under load, with a
/// margin. See docs/PERFORMANCE.md.
const SERVER_BYTES: u64 = 96 << 20;

/// Prints settings and errors. Fails if there are errors.
pub fn check_config(source: Source) -> CommandResult {
    let (config, Report { settings, mut faults }) = Config::read(source);
    let names = settings.iter().map(|setting| setting.name.len()).max().unwrap_or_default();
    for setting in &settings {
        let value = if setting.value.is_empty() { "-" } else { &setting.value };
        println!("{:names$}  {value} ({})", setting.name, setting.origin);
    }
    println!();
    if let Some(config) = config {
        if let Some(warning) = config.texts_go_anywhere() {
            println!("warning: {warning}\n");
        }
        let tried = Storage::new(&config.imports).try_out();
        faults.extend(tried.err().map(|problem| Fault { name: "ORIGINALS_DIR", problem }));
        print_memory(&config);
        faults.extend(check_database(&config));
    }
    if faults.is_empty() {
        println!("The configuration is valid.");
        return Ok(());
    }
    for fault in &faults {
        println!("fault: {fault}");
    }
    Err(format!("{} fault(s) in the configuration", faults.len()).into())
}

/// Prints the maximum memory of a server by part, and its limit.
fn print_memory(config: &Config) {
    let hashing = config.hashing.concurrency as u64 * BYTES_OF_A_HASH;
    let imports = FILE_BYTES as u64;
    let all = SERVER_BYTES + hashing + imports;
    let mebibytes = |bytes: u64| bytes >> 20;
    let limit = config.memory.limit.map_or_else(
        || "no memory limit is set".to_owned(),
        |limit| format!("the memory limit is {} MiB", mebibytes(limit)),
    );
    println!(
        "The server needs up to {} MiB of memory: {} for itself and its requests, {} for password \
         hashes (HASH_CONCURRENCY), {} for imported files; {limit}.\n",
        mebibytes(all),
        mebibytes(SERVER_BYTES),
        mebibytes(hashing),
        mebibytes(imports)
    );
    if config.memory.limit.is_some_and(|limit| all > limit) {
        println!(
            "warning: that is more than the limit: raise the memory limit, or lower HASH_CONCURRENCY\n"
        );
    }
}

/// Prints the results of a database inspection. An unreachable database is not a
/// configuration error.
fn check_database(config: &Config) -> Vec<Fault> {
    // Creating the connector reads the certificate file, and so finds an unreadable one.
    let connector = match Connector::new(&config.database) {
        Ok(connector) => connector,
        Err(error) => return vec![Fault { name: error.name, problem: error.problem }],
    };
    let inspecting = Inspection::of(&connector, Duration::ZERO);
    let found = match actix_rt::System::new().block_on(inspecting) {
        Ok(found) => found,
        Err(error) => {
            println!("The database was not checked: {error}\n");
            return Vec::new();
        }
    };
    let connections = most_connections(config);
    println!(
        "The database is PostgreSQL {}, with room for {} connections. Each server opens up to {connections}.\n",
        found.version, found.room
    );
    for warning in found.warnings.iter().chain(&found.shortage(connections)) {
        println!("warning: {warning}\n");
    }
    let unfit = found.refusals.into_iter();
    unfit.map(|problem| Fault { name: "DATABASE_URL", problem }).collect()
}
