//! Why the server did not accept a message. `delivery/send_error.rs` decides what follows.

use std::io;

use super::{Enhanced, Reply, Stage};

/// The stage and the cause of a failure.
#[derive(Debug)]
pub struct Failure {
    pub stage: Stage,
    pub cause: Cause,
}

/// The cause of a failure.
#[derive(Debug)]
pub enum Cause {
    /// The server's reply was not the one that the stage requires.
    Refused(Reply),
    /// No reply within the stage's timeout.
    NoAnswer,
    /// The connection can no longer be used. The text says why, without any address.
    Broken(String),
    /// The server cannot accept such a message, according to its extensions.
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

    /// Whether the server closed a connection that had been idle, which it may do at any time. This
    /// says nothing about the message, whose text was not sent yet.
    pub fn is_of_an_idle_connection(&self) -> bool {
        match (self.stage, &self.cause) {
            (_, Cause::Unsuitable(_)) => false,
            (Stage::Mail, _) | (Stage::Rcpt | Stage::Data, Cause::Broken(_)) => true,
            (Stage::Rcpt | Stage::Data, Cause::Refused(reply)) => reply.code == 421,
            _ => false,
        }
    }

    /// Whether the connection can be used for another message, after RSET.
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
