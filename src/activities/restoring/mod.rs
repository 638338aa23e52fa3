//! Activities that come back from another server, under the ids that they had.

mod origins;
mod store;

pub use store::{Place, place, same_of_file, shown};
