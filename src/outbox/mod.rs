//! The outbox: messages to deliver, as rows of a table. It connects the half of the server that
//! handles requests with the half that delivers. Independent of mail servers and actors.

mod message;
pub mod schedule;
mod status;
pub mod store;
mod undelivered;

pub use message::{Channel, Message, MessageKind};
pub use status::Status;
pub use undelivered::Undelivered;
