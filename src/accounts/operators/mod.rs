//! What operators can see of accounts and do to them on the command line.

mod service;
mod store;

pub use crate::auth::invitations::store::{list_all as invitations, revoke as uninvite};
pub use service::{
    NewAccount, create, delete, end_sessions, grant_reset, invite, lock, set_admin, similar, unlock,
};
pub use store::{Overview, find, has_none, list};
