//! The edge: routes, extractors, pages, and what every answer has in common. Knows no SQL.

mod conditional;
mod docs;
mod endpoint;
mod finish;
mod health;
mod idempotent;
mod json;
mod message;
pub mod openapi;
mod pages;
mod patch;
mod path;
mod query;
mod routes;
mod server;
mod text;
mod timestamp;
mod validation;

pub use conditional::{IfMatch, IfMatchParam, IfNoneMatchParam, cached, revision_tag, tagged};
pub use finish::LoggedCode;
pub use idempotent::{IdempotencyKeyParam, IdempotentJson};
pub use json::{ApiJson, from_value};
pub use message::Message;
pub use patch::Patch;
pub use path::ApiPath;
pub use query::ApiQuery;
pub use server::start;
pub use text::{check_json, check_text};
pub use timestamp::rfc3339;
pub use validation::{Fault, Validator};
