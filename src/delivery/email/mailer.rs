//! Where mails go: to the mail server, or into a mailbox folder.

use std::path::PathBuf;

use lettre::{
    Address, AsyncSmtpTransport, Message, Tokio1Executor,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::{mail::Mail, smtp};
use crate::{
    config::{DeliveryConfig, MailConfig, MailTransport},
    delivery::{
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
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Mailbox(PathBuf),
}

impl Mailer {
    /// `None` when no transport is configured. Needs the runtime that will send.
    pub fn new(
        config: &MailConfig,
        delivery: &DeliveryConfig,
    ) -> Result<Option<Self>, smtp::SmtpSetupError> {
        let transport = match &config.transport {
            MailTransport::Unavailable => return Ok(None),
            MailTransport::Smtp(config) => Transport::Smtp(smtp::transport(config, delivery)?),
            MailTransport::Mailbox(folder) => Transport::Mailbox(folder.clone()),
        };
        Ok(Some(Self { from: config.from.clone(), transport }))
    }

    /// Hands one mail over; what the server said of it comes back.
    /// A second try of the same `id` has the same `Message-ID` (RFC 5322, section 3.6.4).
    pub async fn send(&self, id: Uuid, recipient: &str, mail: Mail) -> SendResult {
        let to: Address =
            recipient.parse().map_err(|_| SendError::permanent("invalid recipient"))?;
        let (kind, key) = (mail.kind, mail.key.clone());
        let message =
            self.compose(id, to, mail).map_err(|_| SendError::permanent("cannot be composed"))?;
        match &self.transport {
            Transport::Smtp(transport) => {
                let said = smtp::send(transport, message).await?;
                // Some servers repeat the recipient, who is to be forgotten.
                Ok(said.map(|said| said.replace(recipient, "[recipient]")))
            }
            Transport::Mailbox(folder) => {
                let file = mailbox::deposit(folder, kind, id, "eml", message.formatted()).await?;
                tracing::info!(mail.kind = kind, mail.key = key, mail.file = %file.display(), "mail written");
                Ok(None)
            }
        }
    }

    fn compose(&self, id: Uuid, to: Address, mail: Mail) -> Result<Message, lettre::error::Error> {
        let host = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(to.into())
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
