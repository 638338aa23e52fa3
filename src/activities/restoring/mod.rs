//! Activities restored from another server's export, under their original ids.

mod origins;
mod store;

pub use store::{Place, place, same_of_file, shown};
