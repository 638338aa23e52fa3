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

/// Keep a log of your sport on your own server: a JSON API over PostgreSQL.
///
/// Settings are read from the environment; `sports-log check-config` prints them all.
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
    /// Serve the API, configured by the environment. SIGTERM and Ctrl-C shut it down cleanly.
    Serve,
    /// Serve the API without any configuration, with a private PostgreSQL, keys and
    /// a mailbox folder.
    ///
    /// Runs the same code as `serve`, and settings from the environment still apply. Data and keys
    /// are kept in the folder --dir between starts.
    #[command(after_help = "\
Examples:
  sports-log dev --demo
  BIND_ADDR=127.0.0.1:4000 sports-log dev --dir /tmp/try")]
    Dev {
        /// Create an account with two years of five sports, to look at
        #[arg(long)]
        demo: bool,
        /// Folder of the PostgreSQL programs [default: the newest version in the usual places]
        #[arg(long, value_name = "FOLDER")]
        postgres: Option<PathBuf>,
    },
    /// Migrate the database schema to this version and exit. `serve` also does this when it starts.
    Migrate,
    /// Print every setting with its source, and every error. Exit code 1 if there is an error.
    CheckConfig,
    /// Ask a running server whether it is ready. Exit code 0 if it is. For container health checks.
    Healthcheck {
        /// The URL to ask [default: the port of BIND_ADDR on this machine]
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// Show the state of the server, its database and its queue. Exit code 1 if
    /// something needs attention.
    Status {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// List, retry or cancel messages of the outbox.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Create, show, lock, unlock or delete accounts, invite people, end sessions, and create
    /// password reset tokens.
    #[command(subcommand)]
    User(UserCommand),
    /// Import activity files into a user's log: FIT, GPX, TCX, KML, zip archives of
    /// them, and folders.
    ///
    /// Exit code 1 if a file was rejected. The other files are imported nevertheless.
    #[command(after_help = "\
Examples:
  sports-log import --user ann@example.com ride.fit export_12345.zip
  sports-log import --user ann@example.com ~/Downloads/apple_health_export")]
    Import {
        /// The user, by email address or account id
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// Files and folders
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Read the stored files of activities again, and list the changes.
    ///
    /// Changes that users made themselves are kept. A file that is rejected now leaves its
    /// activities unchanged, and is listed.
    #[command(after_help = "\
Examples:
  sports-log reprocess --dry-run
  sports-log reprocess --user ann@example.com --since 2026-01-01")]
    Reprocess {
        /// The user, by email address or account id [default: all users]
        #[arg(long, value_name = "EMAIL")]
        user: Option<String>,
        /// Only activities that began on this day (UTC) or later
        #[arg(long, value_name = "DATE")]
        since: Option<NaiveDate>,
        /// Only list the changes, without making them
        #[arg(long)]
        dry_run: bool,
    },
    /// Encrypt the stored tokens of providers with the current OAUTH_TOKEN_KEY,
    /// after it was changed.
    ReencryptTokens,
    /// Print the OpenAPI document: the API reference, also for client generators.
    Openapi,
    /// Send one test message to check a channel. Exit code 1 if it fails.
    #[command(after_help = "\
Examples:
  sports-log send-test email ann@example.com
  sports-log send-test sms +41791234567")]
    SendTest {
        /// The channel to send it through
        channel: TestChannel,
        /// An email address, or a phone number in E.164 format
        address: String,
        /// Print JSON instead of a sentence
        #[arg(long)]
        json: bool,
    },
    /// Print completions for a shell.
    #[command(after_help = "\
Examples:
  sports-log completions bash > /etc/bash_completion.d/sports-log
  sports-log completions fish > ~/.config/fish/completions/sports-log.fish")]
    Completions { shell: Shell },
    /// Write manual pages, one for each command, to a folder.
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
    // Transparent huge pages would turn the few kilobytes of each thread's heap into megabytes:
    // half of the memory of an idle server, or of an import. The system may refuse this call.
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
