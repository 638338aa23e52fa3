//! What the tests share: the application, its database, a client, a mail server.

mod app;
mod client;
mod cluster;
pub mod contract;
pub mod fit;
pub mod garmin;
pub mod graph;
mod mail;
mod metrics;
pub mod openid;
mod own_postgres;
pub mod peer;
pub mod process;
pub mod receiver;
mod registered;
mod serve;
mod skewed_clock;
mod sms;
mod smtp;
pub mod twilio;
mod wait;

pub use app::{JWT_SECRET, SERVER_KEY, TestApp, User, settings};
pub use client::{Answer, attempt, raw, send};
pub use cluster::{Database, cluster_url, connector, postgres_path};
pub use mail::Mail;
pub use metrics::Scrape;
pub use own_postgres::{OwnPostgres, free_port};
pub use skewed_clock::skewed_clock;
pub use smtp::{SmtpServer, Stage};
pub use wait::{until, until_found, until_selects};

/// Encrypts the tokens of providers.
pub const OAUTH_TOKEN_KEY: &str = "T4nW8cQ1xZ6hB9rM3vK7yD2pL5fJ0gSaUeIo";

/// A password that every rule accepts.
pub const PASSWORD: &str = "seven silver swans";

/// A key to change [`SERVER_KEY`] for.
pub const NEXT_SERVER_KEY: &str = "Zq7mW2tY9rK4nB6vD1xF8hJ3sL5pC0gAeUiO";

/// The settings while the one is changed for the other.
pub const ROTATION: [(&str, &str); 2] =
    [("SERVER_KEY", NEXT_SERVER_KEY), ("SERVER_KEY_PREVIOUS", SERVER_KEY)];
