//! The kinds of sport that are known, and what others call them.

mod handlers;
mod table;

pub use handlers::*;
pub use table::{OTHER, Sport};
