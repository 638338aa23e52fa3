//! Many activities in one request, and the upsert by `external_id` that single activities use too.

mod changing;
mod chosen;
mod handlers;
mod parsing;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use service::{keep, upsert};

pub use types::{OnExisting, Outcome};
