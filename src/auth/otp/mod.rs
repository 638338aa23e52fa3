//! The way in by a one-time code, mailed or texted; and codes as such, for whatever they prove.

mod challenge;
mod channel;
mod code;
mod handlers;
mod service;
pub mod store;
mod types;

pub use challenge::{Proves, invalid_code, issue, redeem};
pub use channel::CodeChannel;
pub use code::OtpCode;
pub use handlers::*;
pub use types::{Identifier, otp_code};
