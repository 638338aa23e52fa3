//! Why a message was not sent, by what that means for the next try.

/// Why a mail was not sent, by what it means for the next try.
#[derive(Debug)]
pub enum SendError {
    /// The server could not be reached or refused us: the message is not at fault.
    Transport { code: Option<String> },
    /// No answer before the deadline.
    Timeout,
    /// The server wants it later (4xx).
    Transient { code: Option<String> },
    /// The server will never take this message (5xx).
    Permanent { code: Option<String> },
}

impl SendError {
    pub fn class(&self) -> &'static str {
        match self {
            Self::Transport { .. } => "transport",
            Self::Timeout => "timeout",
            Self::Transient { .. } => "transient",
            Self::Permanent { .. } => "permanent",
        }
    }

    /// The reply code, where the server gave one, or what went wrong before it could.
    pub fn code(&self) -> Option<String> {
        match self {
            Self::Timeout => None,
            Self::Transport { code } | Self::Transient { code } | Self::Permanent { code } => {
                code.clone()
            }
        }
    }
}
