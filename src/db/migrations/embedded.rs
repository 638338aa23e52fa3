//! The migrations in the executable, and the connection type that runs them.

use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// All steps.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/steps");

/// The connection type that diesel's migrations need.
pub type Harness = AsyncConnectionWrapper<AsyncPgConnection>;
