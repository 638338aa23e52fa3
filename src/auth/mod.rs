//! Authentication: passwords, one-time codes, providers, tokens, sessions.
//!
//! The login methods are `local` (password), `otp` (one-time code) and `oauth` (provider). Each
//! ends in `sessions`. The modules here are common to all of them.

pub mod attempts;
pub mod audit;
mod bearer;
pub mod budget;
mod current_user;
mod device;
mod device_token;
pub mod grants;
pub mod invitations;
pub mod local;
pub mod login_methods;
pub mod oauth;
pub mod otp;
pub mod reauth;
mod refresh_cookie;
mod response;
pub mod sessions;
pub mod store;
pub mod tokens;
mod uniform;

pub use current_user::{CurrentUser, LoggedUser, Permitted};
pub use device::{Device, DeviceTokenParam, device_cookie, host_cookie};
pub use device_token::{DeviceToken, LIFE_SECS as DEVICE_LIFE_SECS};
pub use refresh_cookie::{RefreshCookie, RefreshTokenIn, no_refresh_cookie, refresh_cookie};
pub use response::AuthResponse;
pub use uniform::in_uniform_time;
