//! The command line.

use std::{path::PathBuf, process::ExitCode};

use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use sports_log::{
    auth::otp::CodeChannel,
    commands::{self, OutboxCommand, UserCommand},
};

/// Keep a log of your sport on a server of your own: a JSON API over PostgreSQL.
///
/// Settings come from the environment; `sports-log check-config` prints them all.
#[derive(Parser)]
#[command(version, after_help = "Start with `sports-log dev`: it needs no configuration.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API, as configured by the environment. SIGTERM and Ctrl-C stop it cleanly.
    Serve,
    /// Serve the API with nothing configured: a private PostgreSQL, keys and a mailbox folder.
    ///
    /// The same code as `serve`; whatever the environment sets still holds. Data and keys are kept
    /// in a folder of their own from one start to the next.
    Dev {
        /// Folder for data, keys and mails [default: ~/.local/share/sports-log, as root /var/lib/sports-log-dev]
        #[arg(long, value_name = "FOLDER")]
        dir: Option<PathBuf>,
        /// Folder of PostgreSQL's programs [default: the newest version where distributions keep them]
        #[arg(long, value_name = "FOLDER")]
        postgres: Option<PathBuf>,
    },
    /// Bring the database's schema up to date and exit. `serve` does the same when it starts.
    Migrate,
    /// Print every setting with its source, and every fault in them. Exit code 1 if there is one.
    CheckConfig,
    /// Ask a running server whether it is ready; exit code 0 if so. For containers.
    Healthcheck {
        /// The address to ask [default: the port of BIND_ADDR on this machine]
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// Show how the server, its database and its queue are. Exit code 1 when something needs somebody.
    Status {
        /// JSON in place of a table
        #[arg(long)]
        json: bool,
    },
    /// Look at the messages of the outbox, try them again, take them back.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Look at accounts, lock, unlock or delete them, end their sessions, help their owners in.
    #[command(subcommand)]
    User(UserCommand),
    /// Read files of activities into somebody's log: FIT, GPX, TCX, KML, and zips of them;
    /// folders with all in them.
    ///
    /// Exit code 1 when a file was refused; the others are kept all the same.
    Import {
        /// Whose log: a mail address or an account's id
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Files and folders
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Read the files that activities were made of again, and list what changes.
    ///
    /// What people wrote stays. A file that is refused today leaves its activities as they are,
    /// and is named.
    Reprocess {
        /// Whose log: a mail address or an account's id [default: everybody's]
        #[arg(long, value_name = "EMAIL")]
        user: Option<String>,
        /// Of activities that began on this day (UTC) or later
        #[arg(long, value_name = "DATE")]
        since: Option<NaiveDate>,
        /// Only list what would change
        #[arg(long)]
        dry_run: bool,
    },
    /// Encrypt providers' tokens with the current OAUTH_TOKEN_KEY, after it was changed.
    ReencryptTokens,
    /// Print the OpenAPI document: the reference of the API, for people and for generators of clients.
    Openapi,
    /// Send one test message, to see whether a channel works. Exit code 1 if it does not.
    SendTest {
        /// email or sms
        channel: CodeChannel,
        /// A mail address, or a phone number in E.164 form
        address: String,
        /// JSON in place of a sentence
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    // With huge pages, the few kilobytes that each thread has of its own are megabytes: half of the
    // memory of a server at rest, and of an import. A system may refuse.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let outcome = match Cli::parse().command {
        Command::Serve => commands::serve(),
        Command::Dev { dir, postgres } => commands::dev(dir, postgres.as_deref()),
        Command::Migrate => commands::migrate(),
        Command::CheckConfig => commands::check_config(),
        Command::Healthcheck { url } => commands::healthcheck(url),
        Command::Status { json } => commands::status(json),
        Command::Outbox(command) => commands::outbox(command),
        Command::User(command) => commands::user(command),
        Command::Import { user, paths } => commands::import(&user, &paths),
        Command::Reprocess { user, since, dry_run } => {
            commands::reprocess(user.as_deref(), since, dry_run)
        }
        Command::ReencryptTokens => commands::reencrypt_tokens(),
        Command::Openapi => commands::openapi(),
        Command::SendTest { channel, address, json } => {
            commands::send_test(channel, &address, json)
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(usage) = error.downcast_ref::<clap::Error>() {
                usage.exit();
            }
            eprintln!("sports-log: {error}");
            ExitCode::FAILURE
        }
    }
}
