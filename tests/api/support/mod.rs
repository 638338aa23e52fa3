//! What the tests share: the application, its database, a client, a mail server.

mod app;
mod client;
mod cluster;
mod mail;
mod metrics;
mod own_postgres;
pub mod process;
mod smtp;
pub mod twilio;
mod wait;

pub use app::{JWT_SECRET, SERVER_KEY, TestApp, User, settings};
pub use client::{Answer, send};
pub use cluster::{Database, cluster_url, connector};
pub use mail::Mail;
pub use metrics::Scrape;
pub use own_postgres::{OwnPostgres, free_port};
pub use smtp::{SmtpServer, Stage};
pub use wait::{until, until_selects};

/// A password that every rule accepts.
pub const PASSWORD: &str = "seven silver swans";
