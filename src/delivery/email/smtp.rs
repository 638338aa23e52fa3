//! The mail server, through lettre: its settings, and what its errors mean.

use std::path::Path;

use derive_more::Display;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        Error, PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use secrecy::ExposeSecret;

use crate::config::{DeliveryConfig, SmtpConfig, SmtpTls};
use crate::delivery::send_error::{SendError, SendResult};

/// Replies that speak of us and not of the message: the service closes, it wants TLS or another
/// login (RFC 5321, section 4.2.3; RFC 4954, section 6).
const REPLIES_ABOUT_US: [&str; 5] = ["421", "530", "534", "535", "538"];

/// The mail settings cannot be used.
#[derive(Debug, Display)]
#[display("mail server: {_0}")]
pub struct SmtpSetupError(String);

impl std::error::Error for SmtpSetupError {}

/// A pooled transport with as many connections as there may be mails in flight.
pub fn transport(
    config: &SmtpConfig,
    delivery: &DeliveryConfig,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, SmtpSetupError> {
    let tls = match config.tls {
        SmtpTls::None => Tls::None,
        SmtpTls::StartTls => Tls::Required(tls_parameters(config)?),
        SmtpTls::Implicit => Tls::Wrapper(tls_parameters(config)?),
    };
    let connections = u32::try_from(delivery.in_flight).unwrap_or(u32::MAX);
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
        .port(config.port)
        .tls(tls)
        .timeout(Some(delivery.deadline))
        .pool_config(PoolConfig::new().max_size(connections));
    if let Some((user, pass)) = &config.credentials {
        builder =
            builder.credentials(Credentials::new(user.clone(), pass.expose_secret().to_owned()));
    }
    Ok(builder.build())
}

fn tls_parameters(config: &SmtpConfig) -> Result<TlsParameters, SmtpSetupError> {
    let mut parameters = TlsParameters::builder(config.host.clone());
    if let Some(path) = &config.root_cert {
        parameters = parameters.add_root_certificate(certificate(path)?);
    }
    parameters.build().map_err(|error| SmtpSetupError(error.to_string()))
}

fn certificate(path: &Path) -> Result<Certificate, SmtpSetupError> {
    let problem = |error: &dyn std::fmt::Display| {
        SmtpSetupError(format!("SMTP_ROOT_CERT ({}) cannot be used: {error}", path.display()))
    };
    let pem = std::fs::read(path).map_err(|error| problem(&error))?;
    Certificate::from_pem(&pem).map_err(|error| problem(&error))
}

/// Sends one message. The deadline is the caller's: the transport's own covers only connecting.
pub async fn send(transport: &AsyncSmtpTransport<Tokio1Executor>, message: Message) -> SendResult {
    let response = transport.send(message).await.map_err(|error| classify(&error))?;
    let said: String = response.message().collect::<Vec<_>>().join(" ");
    // Servers name their queue's id here, which is what their operators search for.
    Ok(Some(said.chars().filter(|c| !c.is_control()).take(200).collect()))
}

fn classify(error: &Error) -> SendError {
    let reply = error.status().map(|code| code.to_string());
    let about_us = reply.as_deref().is_some_and(|reply| REPLIES_ABOUT_US.contains(&reply));
    if about_us {
        SendError::Transport { code: reply, retry_after: None }
    } else if error.is_permanent() {
        SendError::Permanent { code: reply }
    } else if error.is_transient() {
        SendError::Transient { code: reply, retry_after: None }
    } else if error.is_client() && needs_unsupported_extension(error) {
        SendError::permanent(error)
    } else {
        SendError::transport(error)
    }
}

/// An address outside ASCII and a server without SMTPUTF8 (RFC 6531): no other try will do better.
fn needs_unsupported_extension(error: &Error) -> bool {
    let text = format!("{error:?}");
    text.contains("SMTPUTF8") || text.contains("8BITMIME")
}
