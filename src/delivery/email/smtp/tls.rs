//! TLS connections to the mail server, which trust the public certificate authorities and those in
//! `SMTP_ROOT_CERT`.

use std::sync::Arc;

use derive_more::Display;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio_rustls::TlsConnector;

use crate::config::SmtpConfig;

/// The mail settings cannot be used.
#[derive(Debug, Display)]
#[display("mail server: {_0}")]
pub struct SmtpSetupError(String);

impl std::error::Error for SmtpSetupError {}

/// The settings for a handshake.
pub struct Tls {
    pub connector: TlsConnector,
    /// The name that the certificate must contain.
    pub name: ServerName<'static>,
}

impl Tls {
    /// # Errors
    /// If `SMTP_ROOT_CERT` cannot be read, or if `SMTP_HOST` is neither a name nor an address.
    pub fn new(config: &SmtpConfig) -> Result<Self, SmtpSetupError> {
        let problem = |error: &dyn std::fmt::Display| SmtpSetupError(error.to_string());
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(path) = &config.root_cert {
            let problem = |error: &dyn std::fmt::Display| {
                let path = path.display();
                SmtpSetupError(format!("SMTP_ROOT_CERT ({path}) cannot be used: {error}"))
            };
            for certificate in CertificateDer::pem_file_iter(path).map_err(|e| problem(&e))? {
                roots.add(certificate.map_err(|e| problem(&e))?).map_err(|e| problem(&e))?;
            }
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| problem(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(config.host.clone()).map_err(|error| problem(&error))?;
        Ok(Self { connector: TlsConnector::from(Arc::new(tls)), name })
    }
}
