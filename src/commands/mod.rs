//! What each subcommand does.

mod check_config;
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
mod supervisor;
mod tables;
mod user;

pub use check_config::check_config;
pub use dev::dev;
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

use crate::error::ApiError;

/// Why a command failed, for people.
pub type CommandError = Box<dyn std::error::Error>;

/// An error of the API's for the operator, who may know its cause.
fn explained(error: ApiError) -> CommandError {
    match error.cause {
        Some(cause) => cause,
        None => error.message.into(),
    }
}

/// The result of a command.
pub type CommandResult = Result<(), CommandError>;
