//! The way in by a one-time code, mailed or texted; and codes as such, for whatever they prove.

mod challenge;
mod channel;
mod code;
mod handlers;
mod service;
pub mod store;
mod tries;
mod types;

pub use challenge::{Proves, count_try, invalid_code, issue, not_compared, redeem};
pub use channel::CodeChannel;
pub use code::OtpCode;
pub use handlers::*;
pub use tries::{Tries, strangers_run};
pub use types::{Identifier, otp_code};
