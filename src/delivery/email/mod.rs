//! The email channel: its actor, the mails that carry links, and the way to the mail server.

mod actor;
mod links;
mod mail;
mod mailer;
mod smtp;

pub use actor::{EmailActor, SendMail};
pub use mail::Mail;
pub use mailer::Mailer;
