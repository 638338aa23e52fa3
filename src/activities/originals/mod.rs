//! The files that activities were made of, byte by byte as they came.

mod handlers;
mod storage;
mod store;

pub use handlers::*;
pub use storage::Storage;
pub use store::{NewOriginal, activities_of, known};
