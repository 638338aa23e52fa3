//! Who somebody is and how it is proven: tokens, passwords, mailed secrets.
//!
//! `local` is the way in by password, `otp` by a code, `oauth` by a provider; what they share is here: each ends in `sessions`.

mod account;
pub mod attempts;
pub mod audit;
pub mod budget;
mod current_user;
mod email;
pub mod grants;
mod hasher;
mod identity;
mod jwt;
mod known_tokens;
pub mod local;
pub mod oauth;
pub mod otp;
mod password;
mod password_hash;
mod phone;
pub mod reauth;
mod response;
mod server_key;
pub mod sessions;
pub mod store;
pub mod tokens;
mod uniform;

pub use account::Account;
pub use current_user::{CurrentUser, LoggedUser, Permitted};
pub use email::EmailAddress;
pub use hasher::{Hasher, HasherMetrics};
pub use identity::{Identity, live_session, live_user};
pub use jwt::{AccessToken, JwtKeys, Verified};
pub use known_tokens::KnownTokens;
pub use password::{Password, WeakPassword};
pub use password_hash::{PasswordHash, Verdict};
pub use phone::PhoneNumber;
pub use response::AuthResponse;
pub use server_key::{Digest, OneTimeToken, Purpose, ServerKey};
pub use uniform::in_uniform_time;
