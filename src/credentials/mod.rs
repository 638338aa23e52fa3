//! Keys, passwords, tokens, addresses and identities. Independent of sessions and login methods.

mod account;
mod email;
mod hasher;
mod identity;
mod jwt;
mod known_tokens;
mod login_method;
mod password;
mod password_hash;
mod phone;
mod refresh_token;
mod server_key;

pub use account::Account;
pub use email::EmailAddress;
pub use hasher::{Hasher, HasherMetrics};
pub use identity::{Identity, live_session, live_user};
pub use jwt::{AccessToken, JwtKeys, Verified};
pub use known_tokens::KnownTokens;
pub use login_method::LoginMethod;
pub use password::{Password, WeakPassword};
pub use password_hash::{Memory, PasswordHash, Verdict};
pub use phone::PhoneNumber;
pub use refresh_token::RefreshToken;
pub use server_key::{Digest, OneTimeToken, Purpose, ServerKey};
