//! Messages to be delivered, as rows: where the half that serves requests and the half that
//! delivers meet. Knows nothing of mail servers or actors.

mod message;
pub mod schedule;
mod status;
pub mod store;
mod undelivered;

pub use message::{Channel, Message, MessageKind};
pub use status::Status;
pub use undelivered::Undelivered;
