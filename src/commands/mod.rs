//! What each subcommand does.

mod check_config;
mod dev;
mod healthcheck;
mod outbox;
mod send_test;
mod serve;
mod stop;

pub use check_config::check_config;
pub use dev::dev;
pub use healthcheck::healthcheck;
pub use outbox::{OutboxCommand, outbox};
pub use send_test::send_test;
pub use serve::{migrate, serve};

/// Why a command failed, for people.
pub type CommandError = Box<dyn std::error::Error>;

/// The result of a command.
pub type CommandResult = Result<(), CommandError>;
