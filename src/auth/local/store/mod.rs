//! Statements about credentials and registrations: one function, one statement, on a
//! connection that is lent.

mod passwords;
mod registrations;

pub use passwords::*;
pub use registrations::*;
