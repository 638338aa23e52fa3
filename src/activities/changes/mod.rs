//! `/activities/changes`: the feed that keeps a copy of the log up to date.

mod handlers;
mod notifier;
mod position;
mod service;
pub mod store;
mod types;

pub use handlers::*;
pub use notifier::ChangeNotifier;
