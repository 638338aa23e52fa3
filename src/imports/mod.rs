//! Imports of activity files. Uploads are stored in PostgreSQL, and a [`runner`] reads them file by
//! file. Each file has its own outcome.
//!
//! After any interruption, a job continues where it stopped: the outcome of a file is written in
//! the transaction that stores its activities.

pub mod folder;
mod handlers;
pub mod ingest;
pub mod local;
pub mod runner;
mod service;
pub mod single;
pub mod store;
pub mod types;
mod upload;

pub use handlers::*;
