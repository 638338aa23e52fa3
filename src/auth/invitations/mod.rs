//! Invitations: links with which people may register although strangers may not; and the rules of
//! who needs one.

mod admission;
mod handlers;
mod service;
pub mod store;
mod types;

pub use admission::{is_open_to, of_address, require_admission};
pub use handlers::*;
pub use service::{accepted, open};
pub use types::{Invitation, NewInvitation, link};
