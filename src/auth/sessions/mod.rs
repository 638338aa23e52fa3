//! Sessions: what a login opens, what its refresh token keeps alive, and what ends it.

mod device;
mod handlers;
mod method;
mod refresh_token;
mod service;
pub mod store;
mod types;

pub use device::Device;
pub use handlers::*;
pub use method::LoginMethod;
pub use refresh_token::RefreshToken;
pub use service::{note_use, open};
