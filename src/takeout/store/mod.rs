//! Statements about takeouts, and about what goes into them.

mod content;
mod jobs;

pub use content::*;
pub use jobs::*;
