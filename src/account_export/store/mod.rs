//! Queries for account exports, and for what they contain.

mod content;
mod jobs;

pub use content::*;
pub use jobs::*;
