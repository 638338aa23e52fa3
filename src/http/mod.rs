//! The edge: routes, extractors, pages, and what every answer has in common. Knows no SQL.

mod canonical;
mod client_address;
mod compression;
mod conditional;
mod cors;
mod docs;
mod endpoint;
mod entity_tags;
mod finish;
mod health;
mod idempotent;
mod in_order;
mod json;
mod known;
mod limits;
mod message;
mod message_attempt;
pub mod openapi;
mod pages;
mod path;
mod prefer;
mod query;
mod request_id;
mod routes;
mod server;
mod timestamp;
mod unread;
mod written;

pub use client_address::ClientAddress;
pub use compression::refuse_encoded;
pub use conditional::{
    IfAbsent, IfAbsentParam, IfMatch, IfMatchParam, IfNoneMatchParam, cached, revision_tag, tagged,
    tagged_body,
};
pub use finish::LoggedCode;
pub use idempotent::{IdempotencyKeyParam, IdempotentJson};
pub use json::{ApiJson, OptionalJson, parse_part};
pub use known::UnknownParameter;
pub use message::Message;
pub use message_attempt::MessageAttempt;
pub use pages::source_hash;
pub use path::ApiPath;
pub use query::ApiQuery;
pub use request_id::RequestId;
pub use server::start;
pub use timestamp::rfc3339;
pub use written::{Written, written};
