//! Health Auto Export, an app that repeatedly posts data from Apple Health.

mod handlers;
mod service;
mod types;

pub use handlers::*;
