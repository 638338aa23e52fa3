//! Sends mails to the mail server, or writes them to a mailbox folder.

use std::path::PathBuf;

use lettre::{
    Address, Message,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::{
    mail::Mail,
    smtp::{Letter, SmtpClient, SmtpSetupError},
};
use crate::{
    config::{DeliveryConfig, MailConfig, MailTransport},
    delivery::{
        lease::Lease,
        mailbox,
        send_error::{SendError, SendResult},
    },
};

/// The configured transport and the sender's address.
pub struct Mailer {
    from: Mailbox,
    transport: Transport,
}

enum Transport {
    Smtp(SmtpClient),
    Mailbox(PathBuf),
}

impl Mailer {
    /// `None` if no transport is configured. Must be called on the runtime that will send.
    pub fn new(
        config: &MailConfig,
        delivery: &DeliveryConfig,
    ) -> Result<Option<Self>, SmtpSetupError> {
        let transport = match &config.transport {
            MailTransport::Unavailable => return Ok(None),
            MailTransport::Smtp(config) => Transport::Smtp(SmtpClient::new(config, delivery)?),
            MailTransport::Mailbox(folder) => Transport::Mailbox(folder.clone()),
        };
        Ok(Some(Self { from: config.from.clone(), transport }))
    }

    /// Submits a mail and returns the server's reply. Another try with the same `id` has the same
    /// `Message-ID` (RFC 5322, section 3.6.4).
    pub async fn submit(&self, id: Uuid, recipient: &str, mail: Mail, lease: &Lease) -> SendResult {
        let to: Address =
            recipient.parse().map_err(|_| SendError::permanent("invalid recipient"))?;
        let (kind, key) = (mail.kind, mail.key.clone());
        let message =
            self.written(id, &to, mail).map_err(|_| SendError::permanent("cannot be composed"))?;
        match &self.transport {
            Transport::Smtp(client) => {
                let letter = Letter::new(self.from.email.clone(), to, &message.formatted());
                // The reply contains the queue id, which operators of mail servers search for. Some
                // servers repeat the recipient, which must not be stored.
                let said = client.send(&letter, lease).await?.text();
                Ok(Some(said.replace(recipient, "[recipient]").chars().take(200).collect()))
            }
            Transport::Mailbox(folder) => {
                let file = mailbox::deposit(folder, kind, id, "eml", message.formatted()).await?;
                tracing::info!(mail.kind = kind, mail.key = key, mail.file = %file.display(), "mail written");
                Ok(None)
            }
        }
    }

    /// Closes connections that have been idle for too long.
    pub fn close_idle(&self) {
        if let Transport::Smtp(client) = &self.transport {
            client.close_idle();
        }
    }

    /// Closes all idle connections.
    pub async fn close(&self) {
        if let Transport::Smtp(client) = &self.transport {
            client.close().await;
        }
    }

    fn written(&self, id: Uuid, to: &Address, mail: Mail) -> Result<Message, lettre::error::Error> {
        let host = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(to.clone().into())
            .subject(mail.subject)
            .message_id(Some(format!("<{id}@{host}>")))
            // Prevents automatic replies (RFC 3834, section 5).
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(
                MultiPart::alternative()
                    .singlepart(plain(mail.text))
                    .singlepart(SinglePart::html(mail.html)),
            )
    }
}

/// Sends the text unencoded if RFC 5322 (section 2.1.1) allows it. The library would encode the
/// text if one line has more than 76 characters, and encoding would break links into several lines.
fn plain(text: String) -> SinglePart {
    if !text.is_ascii() || text.contains('\0') || text.lines().any(|line| line.len() > 998) {
        return SinglePart::plain(text);
    }
    let lines = text.replace('\n', "\r\n").into_bytes();
    let body = Body::dangerous_pre_encoded(lines, ContentTransferEncoding::SevenBit);
    SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body)
}
