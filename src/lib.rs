//! sports-log: a JSON API over PostgreSQL to keep a log of one's sport.
//!
//! The house, from the top down: a room imports rooms of lower steps and nothing else, and
//! `tests/api/house_rules` reads the order from here.
//!
//! ```text
//! commands                               what each subcommand does
//! app                                    the parts put together, for `main` and the tests alike
//! server upkeep                          routes, workers, middleware; what is purged and measured
//! delivery                               the half that sends what waits in the outbox
//! integrations reprocess                 services that bring activities; kept files read again
//! imports                                uploads, and the runner that reads them
//! shares takeout                         links to pictures; the zip of all that an account has
//! goals pictures                         what is aimed at; SVG and PNG
//! privacy stats                          zones that shares leave out; what the log adds up to
//! accounts activities webhooks           the account, the log, and who is told of it
//! auth                                   ways in, sessions, tokens, and what happened
//! http                                   what handlers use: extractors, conditional requests
//! state                                  what all handlers share
//! idempotency providers telemetry        answers kept; OAuth as a client; log and metrics
//! credentials dev jobs outbox            keys and proofs; `dev`; work that waits; messages
//! recordings throttle                    files of devices and services; limits
//! db sport                               PostgreSQL; what all know of sport
//! fair_use validation                    what one client may use; values and what is wrong
//! error outgoing                         the one error type; requests to other services
//! config priority retry_after time_zone  settings, and what knows nothing else of the house
//! ```
//!
//! Two halves meet only in the `outbox` table: requests write rows in the transaction that causes
//! them, and the delivery sends them. A domain is a folder with `handlers` (HTTP to service and
//! back), `service` (rules) and `store` (SQL), and they import in that order.

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
