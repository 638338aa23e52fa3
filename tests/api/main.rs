//! Tests of the API through HTTP, with the real application and a real PostgreSQL.
//!
//! Each test starts its own application on its own database, so tests run in any order and in
//! parallel. `support` contains what they share.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

mod access;
mod account_export;
mod acknowledgement;
mod activities;
mod audit;
mod backup;
mod bad_input;
mod clocks;
mod command_line;
mod database_tls;
mod databases;
mod delivery;
mod dev_mode;
mod doors;
mod errors;
mod failover;
mod fair_use;
mod garmin;
mod hardening;
mod house_rules;
mod imports;
mod isolation;
mod key_rotation;
mod limits;
mod listing;
mod lockout;
mod log_secrecy;
mod login;
mod me;
mod memory;
mod message_budget;
mod metrics;
mod migration_rules;
mod migrations;
mod oauth;
mod openapi;
mod otp;
mod outbox_bulk;
mod outbox_command;
mod personal_tokens;
mod pictures;
mod privacy;
mod readiness;
mod recordings;
mod refresh_cookie;
mod refreshing;
mod registration;
mod reset;
mod restoring;
mod scopes;
mod sessions;
mod share_feeds;
mod share_page;
mod shares;
mod shutdown;
mod stats;
mod status_command;
mod supervision;
mod sync;
mod tokens;
mod undelivered;
mod unproven;
mod user_command;
mod web;
mod webhooks;
