//! sports-log: a JSON API over PostgreSQL to keep a log of one's sport.
//!
//! Two halves meet only in the `outbox` table:
//!
//! - **Requests.** [`http`] has the routes, extractors and what all answers have in common. Each
//!   domain ([`accounts`], [`activities`], [`auth`], [`webhooks`]) is a folder with `handlers` (HTTP to service
//!   and back), `service` (rules) and `store` (SQL); `use` lines point only that way.
//!   A side effect is a row in the [`outbox`], written in the transaction that causes it.
//! - **Delivery.** [`delivery`] claims those rows on a thread of its own and sends them through
//!   actix actors. A handler never talks to a mail server; a dead actor never loses a message.
//!
//! [`imports`] has a thread of its own, too, as all [`jobs`] have: files that were uploaded are read there by
//! [`recordings`].
//!
//! [`app`] puts them together, for `main` and for the tests alike. [`config`] is the only place
//! where the environment is read. `outgoing` asks other services over HTTP. [`throttle`] has the
//! limits, [`fair_use`] what one client may use at a time, and [`idempotency`] the answers to
//! requests that may come again. [`db`] knows PostgreSQL and no domain; [`telemetry`] is what
//! operators see; [`dev`] is the private PostgreSQL of a development machine.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod accounts;
pub mod activities;
pub mod app;
pub mod auth;
pub mod commands;
pub mod config;
pub mod credentials;
pub mod db;
pub mod delivery;
pub mod dev;
pub mod error;
pub mod fair_use;
pub mod goals;
pub mod http;
pub mod idempotency;
pub mod imports;
pub mod integrations;
pub mod jobs;
pub mod outbox;
mod outgoing;
pub mod pictures;
pub mod priority;
pub mod privacy;
pub mod providers;
pub mod recordings;
pub mod reprocess;
mod retry_after;
pub mod server;
pub mod shares;
pub mod sport;
pub mod state;
pub mod stats;
pub mod takeout;
pub mod telemetry;
pub mod throttle;
pub mod time_zone;
mod upkeep;
pub mod validation;
pub mod webhooks;
