//! One-time codes on their way: derived when they are sent, handed to the channel they go by.

mod actor;

pub use actor::{Channels, OtpActor};
