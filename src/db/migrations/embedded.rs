//! The migrations of this program, and what they run on.

use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

/// All of them.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/steps");

/// A connection that diesel's migrations run on.
pub type Harness = AsyncConnectionWrapper<AsyncPgConnection>;
