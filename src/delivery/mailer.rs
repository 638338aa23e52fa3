//! Where mails go: to the mail server, or into a mailbox folder.

use std::path::{Path, PathBuf};

use chrono::Utc;
use lettre::{
    Address, AsyncSmtpTransport, Message, Tokio1Executor,
    message::{
        Body, Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

use super::{mail::Mail, send_error::SendError, smtp};
use crate::config::{DeliveryConfig, MailConfig, MailTransport};

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
    pub async fn send(
        &self,
        id: Uuid,
        recipient: &str,
        mail: Mail,
    ) -> Result<Option<String>, SendError> {
        let permanent = |code: &str| SendError::Permanent { code: Some(code.to_owned()) };
        let to: Address = recipient.parse().map_err(|_| permanent("invalid recipient"))?;
        let (kind, link) = (mail.kind, mail.link.clone());
        let message = self.compose(id, to, mail).map_err(|_| permanent("cannot be composed"))?;
        match &self.transport {
            Transport::Smtp(transport) => smtp::send(transport, message).await,
            Transport::Mailbox(folder) => {
                let name = format!("{}-{kind}-{id}.eml", Utc::now().format("%Y%m%dT%H%M%S%.3fZ"));
                let file = folder.join(name);
                write_whole(&file, message.formatted())
                    .await
                    .map_err(|error| SendError::Transport { code: Some(error.to_string()) })?;
                tracing::info!(mail.kind = %kind, mail.link = link, mail.file = %file.display(), "mail written");
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

/// Whoever watches the folder never sees half a mail.
async fn write_whole(file: &Path, content: Vec<u8>) -> std::io::Result<()> {
    let (file, unfinished) = (file.to_owned(), file.with_extension("tmp"));
    let written = tokio::task::spawn_blocking(move || {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&unfinished, content)?;
        std::fs::rename(unfinished, file)
    });
    written.await.map_err(std::io::Error::other)?
}
