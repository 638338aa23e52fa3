//! Why a dialogue did not end with the message taken. `delivery/send_error.rs` says what follows.

use std::io;

use super::{Enhanced, Reply, Stage};

/// What went wrong, and where.
#[derive(Debug)]
pub struct Failure {
    pub stage: Stage,
    pub cause: Cause,
}

/// What went wrong.
#[derive(Debug)]
pub enum Cause {
    /// The server answered, but not what the stage needs.
    Refused(Reply),
    /// No answer within the stage's patience.
    NoAnswer,
    /// The connection is of no more use; why, in words without anybody's address.
    Broken(String),
    /// The server cannot take such a message, as it says itself by its extensions.
    Unsuitable(Enhanced),
}

impl Failure {
    pub fn broken(stage: Stage, error: &io::Error) -> Self {
        let words = match error.kind() {
            io::ErrorKind::UnexpectedEof => "connection closed".to_owned(),
            kind if error.raw_os_error().is_some() => kind.to_string(),
            _ => error.to_string().chars().filter(|c| !c.is_control()).take(150).collect(),
        };
        Self { stage, cause: Cause::Broken(words) }
    }

    /// Whether the server let go of a connection that had been idle, as it may at any time: that
    /// says nothing of the message, of which it has no text yet.
    pub fn is_of_an_idle_connection(&self) -> bool {
        match (self.stage, &self.cause) {
            (_, Cause::Unsuitable(_)) => false,
            (Stage::Mail, _) | (Stage::Rcpt | Stage::Data, Cause::Broken(_)) => true,
            (Stage::Rcpt | Stage::Data, Cause::Refused(reply)) => reply.code == 421,
            _ => false,
        }
    }

    /// Whether the connection can be used for another message after RSET.
    pub fn leaves_connection_usable(&self) -> bool {
        match (self.stage, &self.cause) {
            (_, Cause::Unsuitable(_)) => true,
            (Stage::Rcpt | Stage::Dot, Cause::Refused(reply)) => {
                reply.code >= 400 && reply.code != 421
            }
            _ => false,
        }
    }
}
