//! `send-test`: sends one message without the outbox, to check a channel.

use super::{CommandResult, serve::configured};
use crate::{
    auth::otp::{CodeChannel, Identifier},
    config::Source,
    delivery,
};

/// Sends the message and prints the provider's response, as text or as JSON.
pub fn send_test(source: Source, channel: CodeChannel, address: &str, json: bool) -> CommandResult {
    let recipient = Identifier::parse(address, channel)
        .map_err(|(_, problem)| format!("{address}: {problem}"))?;
    let config = configured(source)?;
    let outcome = actix_rt::System::new().block_on(delivery::send_test(&config, &recipient));
    let (class, detail) = match &outcome {
        Ok(said) => ("sent", said.clone()),
        Err(error) => (error.class(), error.code()),
    };
    if json {
        println!("{}", serde_json::json!({"outcome": class, "detail": detail}));
    }
    match outcome {
        Ok(said) => {
            if !json {
                println!("sent ({})", said.unwrap_or_else(|| "accepted without a reply".into()));
            }
            Ok(())
        }
        Err(_) => Err(format!("not sent: {class} {}", detail.unwrap_or_default()).into()),
    }
}
