//! Login with a one-time code by mail or text message, and one-time codes for other purposes.

mod challenge;
mod channel;
mod code;
mod handlers;
mod proves;
mod service;
pub mod store;
mod tries;
mod types;

pub use challenge::{count_try, invalid_code, issue, not_compared, redeem};
pub use channel::CodeChannel;
pub use code::OtpCode;
pub use handlers::*;
pub use proves::Proves;
pub use tries::{Tries, strangers_run};
pub use types::{Identifier, otp_code};
