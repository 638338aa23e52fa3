//! The command line.

use std::{io, path::PathBuf, process::ExitCode};

use chrono::NaiveDate;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use sports_log::{
    auth::otp::CodeChannel,
    commands::{self, CommandResult, Dev, OutboxCommand, UserCommand},
};

/// With the commit where the build knows it.
const VERSION: &str = match option_env!("SPORTS_LOG_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// Keep a log of your sport on a server of your own: a JSON API over PostgreSQL.
///
/// Settings come from the environment; `sports-log check-config` prints them all.
#[derive(Parser)]
#[command(version = VERSION, after_help = "Start with `sports-log dev`: it needs no configuration.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// The folder of a `sports-log dev`: its data, keys and mails
    ///
    /// `dev` keeps everything there [default: ~/.local/share/sports-log, as root
    /// /var/lib/sports-log-dev]. Other commands find its database and keys there.
    #[arg(long, global = true, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API, as configured by the environment. SIGTERM and Ctrl-C stop it cleanly.
    Serve,
    /// Serve the API with nothing configured: a private PostgreSQL, keys and a mailbox folder.
    ///
    /// The same code as `serve`; settings in the environment still hold. Data and keys are kept in
    /// the folder --dir from one start to the next.
    #[command(after_help = "\
Examples:
  sports-log dev --demo
  BIND_ADDR=127.0.0.1:4000 sports-log dev --dir /tmp/try")]
    Dev {
        /// Make an account with two years of five sports, to look at
        #[arg(long)]
        demo: bool,
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
    #[command(after_help = "\
Examples:
  sports-log import --user ann@example.com ride.fit export_12345.zip
  sports-log import --user ann@example.com ~/Downloads/apple_health_export")]
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
    #[command(after_help = "\
Examples:
  sports-log reprocess --dry-run
  sports-log reprocess --user ann@example.com --since 2026-01-01")]
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
    #[command(after_help = "\
Examples:
  sports-log send-test email ann@example.com
  sports-log send-test sms +41791234567")]
    SendTest {
        /// How it is sent
        channel: TestChannel,
        /// A mail address, or a phone number in E.164 form
        address: String,
        /// JSON in place of a sentence
        #[arg(long)]
        json: bool,
    },
    /// Print completions for a shell.
    #[command(after_help = "\
Examples:
  sports-log completions bash > /etc/bash_completion.d/sports-log
  sports-log completions fish > ~/.config/fish/completions/sports-log.fish")]
    Completions { shell: Shell },
    /// Write the manual pages, one for each command, into a folder.
    #[command(after_help = "\
Example:
  sports-log man /usr/local/share/man/man1")]
    Man { folder: PathBuf },
}

#[derive(Clone, Copy, ValueEnum)]
enum TestChannel {
    Email,
    Sms,
}

impl From<TestChannel> for CodeChannel {
    fn from(channel: TestChannel) -> Self {
        match channel {
            TestChannel::Email => Self::Email,
            TestChannel::Sms => Self::Sms,
        }
    }
}

fn main() -> ExitCode {
    // With huge pages, the few kilobytes that each thread has of its own are megabytes: half of the
    // memory of a server at rest, and of an import. A system may refuse.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    match run(Cli::parse()) {
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

fn run(Cli { command, dir }: Cli) -> CommandResult {
    let settings = || commands::settings(dir.as_deref());
    match command {
        Command::Serve => commands::serve(settings()?),
        Command::Dev { postgres, demo } => commands::dev(Dev { dir, postgres, demo }),
        Command::Migrate => commands::migrate(settings()?),
        Command::CheckConfig => commands::check_config(settings()?),
        Command::Healthcheck { url } => commands::healthcheck(&mut settings()?, url),
        Command::Status { json } => commands::status(settings()?, json),
        Command::Outbox(command) => commands::outbox(settings()?, command),
        Command::User(command) => commands::user(settings()?, command),
        Command::Import { user, paths } => commands::import(settings()?, &user, &paths),
        Command::Reprocess { user, since, dry_run } => {
            commands::reprocess(settings()?, user.as_deref(), since, dry_run)
        }
        Command::ReencryptTokens => commands::reencrypt_tokens(settings()?),
        Command::Openapi => commands::openapi(),
        Command::SendTest { channel, address, json } => {
            commands::send_test(settings()?, channel.into(), &address, json)
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "sports-log", &mut io::stdout());
            Ok(())
        }
        Command::Man { folder } => Ok(clap_mangen::generate_to(Cli::command(), folder)?),
    }
}
