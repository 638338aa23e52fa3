//! The bytes between us and PostgreSQL: sockets, encryption, and the codes of errors.

mod channel_binding;
mod coded;
mod open;

pub use coded::{Coded, Opened, sqlstate};
pub use open::{Encryption, open};
