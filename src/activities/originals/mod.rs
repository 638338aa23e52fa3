//! The files that activities were made of, byte by byte as they came.

mod handlers;
mod store;

pub use handlers::*;
pub use store::{NewOriginal, activities_of, insert};
