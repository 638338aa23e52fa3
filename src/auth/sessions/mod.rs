//! Sessions: what a login opens, what its refresh token keeps alive, and what ends it.

mod device;
mod device_token;
mod handlers;
mod service;
pub mod store;
mod types;

pub use device::{Device, DeviceTokenParam, cookie_name};
pub use device_token::{DeviceToken, LIFE_SECS as DEVICE_LIFE_SECS};
pub use handlers::*;
pub use service::{note_use, open};
