//! What handlers use: extractors, conditional requests, idempotency keys, response helpers. No SQL.

mod binary;
mod canonical;
mod client_address;
mod conditional;
mod content_policy;
mod encoded;
mod entity_tags;
mod idempotent;
mod json;
pub mod known;
mod message;
mod message_attempt;
mod path;
pub mod prefer;
mod query;
mod shape;
mod timestamp;
mod written;

pub use binary::Binary;
pub use client_address::ClientAddress;
pub use conditional::{
    IfAbsent, IfAbsentParam, IfMatch, IfMatchParam, IfNoneMatchParam, cached, revision_tag, tagged,
    tagged_body,
};
pub use content_policy::source_hash;
pub use encoded::{accepted, refuse_encoded};
pub use idempotent::{IdempotencyHeader, IdempotencyKeyParam, IdempotentJson};
pub use json::{ApiJson, OptionalJson, parse_part};
pub use known::UnknownParameter;
pub use message::Message;
pub use message_attempt::MessageAttempt;
pub use path::ApiPath;
pub use query::ApiQuery;
pub use timestamp::rfc3339;
pub use written::{Written, written};
