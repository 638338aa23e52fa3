//! Other services and apps that bring activities by themselves.

mod fields;
pub mod garmin;
pub mod health_auto_export;
