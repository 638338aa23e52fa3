//! Who somebody is and how it is proven: tokens, passwords, mailed secrets.
//!
//! `local` is the way in by password; other ways have a folder of their own beside it.

mod current_user;
mod email;
mod hasher;
mod identity;
mod jwt;
pub mod local;
mod password;
mod response;
mod server_key;

pub use current_user::{CurrentUser, LoggedUser};
pub use email::EmailAddress;
pub use hasher::{Hasher, HasherMetrics, PasswordHash};
pub use identity::{Identity, live_user};
pub use jwt::{AccessToken, JwtKeys};
pub use password::{Password, WeakPassword};
pub use response::AuthResponse;
pub use server_key::{Digest, OneTimeToken, Purpose, ServerKey};
