//! The connection to PostgreSQL at the level of bytes: sockets, encryption, and codes of errors.

mod channel_binding;
mod coded;
mod open;

pub use coded::{Coded, Opened, sqlstate};
pub use open::{Encryption, open};
