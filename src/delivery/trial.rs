//! Sends a test message for the operator, bypassing the outbox.

use uuid::Uuid;

use super::{
    email::{Mail, Mailer},
    lease::Lease,
    mailbox,
    send_error::{SendError, SendResult},
    sms::{Text, Texter},
};
use crate::{auth::otp::Identifier, config::Config};

/// Sends a test message to `recipient` through the configured channel, and returns the provider's
/// id of the message. Needs an actix system.
pub async fn send_test(config: &Config, recipient: &Identifier) -> SendResult {
    const NOT_CONFIGURED: SendError = SendError::Ours { class: "not_configured" };
    let server = &config.server;
    async {
        match recipient {
            Identifier::Email(address) => {
                let mailer = Mailer::new(&config.mail, &config.delivery)
                    .map_err(SendError::transport)?
                    .ok_or(NOT_CONFIGURED)?;
                let mail = Mail::test(&server.product_name, &server.base_url)
                    .map_err(SendError::permanent)?;
                let lease = Lease::endless();
                let outcome = mailer.submit(Uuid::new_v4(), address.as_str(), mail, &lease).await;
                mailer.close().await;
                outcome
            }
            Identifier::Phone(number) => {
                let Text { kind, body } = Text::test(&server.product_name);
                match Texter::new(&config.sms).ok_or(NOT_CONFIGURED)? {
                    Texter::Twilio(twilio) => {
                        twilio.send(number.as_str(), &body, config.delivery.deadline).await
                    }
                    Texter::Mailbox(folder) => {
                        let id = Uuid::new_v4();
                        let file =
                            mailbox::deposit(&folder, kind, id, "txt", body.into_bytes()).await?;
                        Ok(Some(file.display().to_string()))
                    }
                }
            }
        }
    }
    .await
}
