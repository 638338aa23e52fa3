//! Opens connections for awc: TCP, and TLS for `https`.

use std::{io, path::Path, sync::Arc};

use actix_tls::connect::{ConnectError, ConnectInfo, Connection};
use awc::http::Uri;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::wire::Wire;

/// The public certificate authorities.
pub fn web_roots() -> RootCertStore {
    RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned())
}

/// Adds the certificates of a PEM file.
pub fn add_file(roots: &mut RootCertStore, file: &Path) -> Result<(), String> {
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| error.to_string())? {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A TLS configuration that offers only HTTP/1.1 (ALPN, RFC 7301). For HTTP/2, awc would use an h2
/// version that is no longer maintained (RUSTSEC-2026-0258).
pub fn tls(roots: RootCertStore) -> Arc<ClientConfig> {
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

/// Connects to the address that the request specifies, or else to any address of its host.
pub async fn connect(
    to: ConnectInfo<Uri>,
    tls: Option<TlsConnector>,
) -> Result<Connection<Uri, Wire>, ConnectError> {
    let uri = to.request().clone();
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let addresses: Vec<_> = to.addrs().collect();
    let stream = match &*addresses {
        [] => TcpStream::connect((&*host, to.port())).await,
        addresses => TcpStream::connect(addresses).await,
    };
    let stream = stream.map_err(ConnectError::Io)?;
    stream.set_nodelay(true).map_err(ConnectError::Io)?;
    let wire = match tls {
        None => Wire::new(stream),
        Some(tls) => {
            let name = ServerName::try_from(host).map_err(io::Error::other);
            let name = name.map_err(ConnectError::Io)?;
            Wire::new(tls.connect(name, stream).await.map_err(ConnectError::Io)?)
        }
    };
    Ok(Connection::new(uri, wire))
}
