//! `/shares`: pictures that their owner shares by link, and `/shared`: the target of the links.

mod atom;
mod calendar;
mod feed;
mod handlers;
mod page;
mod service;
mod shown;
pub mod store;
mod token;
mod types;

pub use handlers::*;
pub use page::*;
