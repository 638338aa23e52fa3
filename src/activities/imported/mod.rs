//! Activities that the server read from a file or a service.

mod store;

pub use store::{Refresh, computed, insert_imported, note_recorded_data, refresh, touch};
