//! Statements about users, credentials and registrations: one function, one statement, on a
//! connection that is lent.

mod passwords;
mod registrations;
mod users;

pub use passwords::*;
pub use registrations::*;
pub use users::*;
