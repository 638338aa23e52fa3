//! Importing files of activities: uploads are kept in PostgreSQL, and a [`runner`] reads them file by file,
//! each with an outcome of its own.
//!
//! A job goes on where it stopped, whatever stopped it: the outcome of a file is written in the
//! transaction that keeps its activities.

pub mod folder;
mod handlers;
pub mod intake;
pub mod local;
pub mod runner;
mod service;
pub mod single;
pub mod store;
pub mod types;
mod upload;

pub use handlers::*;
