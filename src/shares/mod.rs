//! `/shares`: pictures that their owner shows to whoever has the link, and `/shared`, where the links lead.

mod handlers;
mod service;
pub mod store;
mod token;
mod types;

pub use handlers::*;
