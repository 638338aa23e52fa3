//! Other services and apps that bring activities by themselves.

pub mod garmin;
pub mod health_auto_export;

use crate::recordings::fields;
