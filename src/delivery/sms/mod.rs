//! The SMS channel: its actor, the content of messages, and the connection to Twilio.

mod actor;
mod answer;
mod check;
mod text;
mod texter;
mod twilio;

pub use actor::{SendSms, SmsActor};
pub use text::Text;
pub use texter::Texter;
