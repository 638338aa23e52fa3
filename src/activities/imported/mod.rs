//! Activities that the server itself has read somewhere.

mod store;

pub use store::{Refresh, computed, insert_imported, refresh, touch};
