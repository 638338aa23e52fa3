//! What the tests share: the application, its database, a client, a mail server.

mod app;
mod client;
mod cluster;
mod smtp;

pub use app::{JWT_SECRET, TestApp, User, settings};
pub use client::Answer;
pub use cluster::{Database, cluster_url};
pub use smtp::{Mail, SmtpServer};

/// A password that every rule accepts.
pub const PASSWORD: &str = "seven silver swans";
