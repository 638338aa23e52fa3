//! sports-log: a self-hosted JSON API over PostgreSQL for a log of one's sport.
//!
//! The modules, from the top layer to the bottom. A module may import modules from lower layers
//! only. `tests/api/house_rules` reads the order from this list and checks every import.
//!
//! ```text
//! commands                               one function per subcommand
//! app                                    starts the application, for `main` and the tests
//! server upkeep                          routes, workers, middleware; periodic purges and metrics
//! delivery                               sends the messages queued in the outbox
//! integrations reprocess                 services that send activities; re-reading stored files
//! imports                                uploads, and the jobs that read them
//! shares account_export                  links to pictures; the account export
//! goals pictures                         goals and progress; SVG and PNG rendering
//! privacy stats                          zones hidden from shares; statistics of the log
//! accounts activities webhooks           the account, the log, and its subscribers
//! auth                                   login methods, sessions, tokens, the security log
//! http                                   extractors, conditional requests, response helpers
//! state                                  the state that all handlers share
//! idempotency providers telemetry        stored responses; OAuth client; logging and metrics
//! credentials dev jobs outbox            keys and tokens; `dev`; background jobs; messages
//! recordings throttle                    parsers of activity files; rate limits
//! db sport                               PostgreSQL; sports, laps, sets, geometry
//! fair_use validation                    per-client limits on work; validation of input
//! error outgoing                         the error type; HTTP requests to other services
//! config priority retry_after time_zone  settings, and helpers without dependencies
//! ```
//!
//! The two halves of the server meet only in the `outbox` table: a request inserts a row in its own
//! transaction, and the delivery sends it. A domain is a folder with `handlers` (HTTP), `service`
//! (rules) and `store` (SQL), which import each other in that order.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod account_export;
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
pub mod telemetry;
pub mod throttle;
pub mod time_zone;
mod upkeep;
pub mod validation;
pub mod webhooks;
