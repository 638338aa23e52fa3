//! The known activity types, and what files and services call them.

mod handlers;

pub use handlers::*;
