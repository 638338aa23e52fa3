//! The kinds of sport that are known, and what others call them.

mod handlers;

pub use handlers::*;
