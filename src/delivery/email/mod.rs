//! The email channel: its actor, the content of mails, and the connection to the mail server.

mod actor;
mod links;
mod mail;
mod mailer;
mod notices;
mod smtp;

pub use actor::SendMail;
pub use mail::Mail;
pub use mailer::Mailer;
#[cfg(test)]
pub use smtp::Reply;
pub use smtp::{Cause, Enhanced, Failure, Stage};
