//! Changes to an account's access: the password, the email address, deletion. Each requires the
//! owner to re-authenticate.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use service::delete;
