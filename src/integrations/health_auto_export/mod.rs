//! Health Auto Export, an app that posts what Apple Health has, again and again.

mod handlers;
mod service;
mod types;
mod workout;

pub use handlers::*;
pub use workout::{Workout, read};
