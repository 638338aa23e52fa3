//! Other services and apps that bring activities by themselves.

pub mod health_auto_export;
