//! The subcommands.

mod check_config;
mod demo;
mod dev;
mod healthcheck;
mod import;
mod openapi;
mod outbox;
mod reencrypt_tokens;
mod reprocess;
mod send_test;
mod serve;
mod status;
mod stop;
mod systemd;
mod tables;
mod user;

pub use check_config::check_config;
pub use dev::{Dev, dev};
pub use healthcheck::healthcheck;
pub use import::import;
pub use openapi::openapi;
pub use outbox::{OutboxCommand, outbox};
pub use reencrypt_tokens::reencrypt_tokens;
pub use reprocess::reprocess;
pub use send_test::send_test;
pub use serve::{migrate, serve};
pub use status::status;
pub use user::{UserCommand, user};

use std::path::Path;

use crate::{config::Source, dev::Home, error::ApiError};

/// Why a command failed, as a message for people.
pub type CommandError = Box<dyn std::error::Error>;

/// Reads settings from the environment. Those that it does not set come from the server that
/// `sports-log dev` runs in `dir`.
pub fn settings(dir: Option<&Path>) -> Result<Source, CommandError> {
    let source = Source::from_environment();
    match dir {
        Some(dir) => Ok(source.with_dev_defaults(Home::existing(dir)?.settings()?)),
        None => Ok(source),
    }
}

/// The cause of an API error, or else its message. Operators may see causes.
fn explained(error: ApiError) -> CommandError {
    match error.cause {
        Some(cause) => cause,
        None => error.message.into(),
    }
}

/// The result of a command.
pub type CommandResult = Result<(), CommandError>;
