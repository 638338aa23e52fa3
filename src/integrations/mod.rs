//! Services and apps that send activities automatically.

pub mod garmin;
pub mod health_auto_export;

use crate::recordings::fields;
