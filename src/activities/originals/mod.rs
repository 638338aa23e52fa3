//! The files that activities were imported from, byte for byte.

mod folder;
mod handlers;
mod packed;
mod storage;
mod store;

pub use handlers::*;
pub use packed::{PackedFile, compressed};
pub use storage::Storage;
pub use store::{NewOriginal, Original, activities_of, known};
