//! `GET /activities`: filters, order and pages.

mod cursor;
mod filter;
mod numbers;
mod params;
mod sort;
mod store;

pub use cursor::{Cursor, CursorKey};
pub use filter::{Filter, FilterParams};
pub use params::{PageParams, PageRequest, Start};
pub use sort::{Sort, Value};
pub use store::{comes_after, conditions, page};
