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

/// The key that encrypts the providers' tokens.
pub const OAUTH_TOKEN_KEY: &str = "T4nW8cQ1xZ6hB9rM3vK7yD2pL5fJ0gSaUeIo";

/// A password that every rule accepts.
pub const PASSWORD: &str = "seven silver swans";

/// The key that replaces [`SERVER_KEY`] in a rotation.
pub const NEXT_SERVER_KEY: &str = "Zq7mW2tY9rK4nB6vD1xF8hJ3sL5pC0gAeUiO";

/// The settings during a rotation of the server key.
pub const ROTATION: [(&str, &str); 2] =
    [("SERVER_KEY", NEXT_SERVER_KEY), ("SERVER_KEY_PREVIOUS", SERVER_KEY)];
