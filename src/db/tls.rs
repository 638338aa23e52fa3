//! TLS connections to PostgreSQL, with and without verification of the certificate.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_rustls::TlsConnector;

/// `sslmode=verify-full`: verifies the chain and the host name against `roots` (PEM), or against
/// the public certificate authorities.
pub fn verified(roots: Option<&Path>) -> Result<TlsConnector, String> {
    let mut store = RootCertStore::empty();
    match roots {
        None => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let problem = |error: &dyn std::fmt::Display| {
                format!("sslrootcert ({}) cannot be used: {error}", path.display())
            };
            for certificate in CertificateDer::pem_file_iter(path).map_err(|e| problem(&e))? {
                store.add(certificate.map_err(|e| problem(&e))?).map_err(|e| problem(&e))?;
            }
        }
    }
    Ok(connector(builder()?.with_root_certificates(store).with_no_client_auth()))
}

/// `sslmode=prefer` and `require`: encrypts, but accepts any certificate, like libpq.
pub fn unverified() -> Result<TlsConnector, String> {
    let verifier = AnyCertificate(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(connector(builder.with_no_client_auth()))
}

/// Sends the protocol name (ALPN), as libpq does. `sslnegotiation=direct` requires it.
fn connector(mut config: ClientConfig) -> TlsConnector {
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Arc::new(config).into()
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, String> {
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())
}

/// Verifies only that the server has the private key of its certificate.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
