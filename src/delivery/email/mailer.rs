//! Where mails go: to the mail server, or into a mailbox folder.

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

/// The configured transport, with the sender's address.
pub struct Mailer {
    from: Mailbox,
    transport: Transport,
}

enum Transport {
    Smtp(SmtpClient),
    Mailbox(PathBuf),
}

impl Mailer {
    /// `None` when no transport is configured. Needs the runtime that will send.
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

    /// Hands one mail over; what the server said of it comes back.
    /// A second try of the same `id` has the same `Message-ID` (RFC 5322, section 3.6.4).
    pub async fn submit(&self, id: Uuid, recipient: &str, mail: Mail, lease: &Lease) -> SendResult {
        let to: Address =
            recipient.parse().map_err(|_| SendError::permanent("invalid recipient"))?;
        let (kind, key) = (mail.kind, mail.key.clone());
        let message =
            self.written(id, &to, mail).map_err(|_| SendError::permanent("cannot be composed"))?;
        match &self.transport {
            Transport::Smtp(client) => {
                let letter = Letter::new(self.from.email.clone(), to, &message.formatted());
                // Servers name their queue's id here, which is what their operators search for. Some
                // repeat the recipient, who is to be forgotten.
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

    /// Closes connections that have been idle for long.
    pub fn close_idle(&self) {
        if let Transport::Smtp(client) = &self.transport {
            client.close_idle();
        }
    }

    /// Closes all connections that are idle.
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
            // No vacation note should answer it (RFC 3834, section 5).
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

/// The text as it is where RFC 5322 (section 2.1.1) allows: the library would encode it for one line
/// above 76 characters, and a link encoded is a link broken into lines.
fn plain(text: String) -> SinglePart {
    if !text.is_ascii() || text.contains('\0') || text.lines().any(|line| line.len() > 998) {
        return SinglePart::plain(text);
    }
    let lines = text.replace('\n', "\r\n").into_bytes();
    let body = Body::dangerous_pre_encoded(lines, ContentTransferEncoding::SevenBit);
    SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body)
}
