//! Activities restored from another server's export, under their original ids.

mod origins;
mod store;

pub use store::{IdLocation, place, same_of_file, shown};
