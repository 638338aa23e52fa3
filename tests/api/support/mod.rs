//! What the tests share: the application, its database, a client, a mail server.

mod app;
mod client;
mod cluster;
pub mod process;
mod smtp;

pub use app::{JWT_SECRET, SERVER_KEY, TestApp, User, settings};
pub use client::{Answer, send};
pub use cluster::{Database, cluster_url, connector};
pub use smtp::{Mail, SmtpServer};

/// A password that every rule accepts.
pub const PASSWORD: &str = "seven silver swans";
