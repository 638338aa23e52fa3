//! Opens a stream to a PostgreSQL server, encrypted if required.
//!
//! The driver could do this, but then the codes of errors could not be read on the way: see
//! [`Coded`].

use std::{io, net::SocketAddr, time::Duration};

use rustix::net::sockopt;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixStream, lookup_host},
};
use tokio_postgres::config::Host as Address;
use tokio_rustls::TlsConnector;

use super::{channel_binding::of_certificate, coded::Coded};
use crate::db::hosts::Host;

/// Asks for TLS: the length of the message, then a number instead of a version. See
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html>, `SSLRequest`.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// `tcp_user_timeout`, unless the URL sets it: the milliseconds that sent data may stay
/// unacknowledged.
const UNANSWERED: u128 = 10_000;

/// TCP keepalive of idle connections.
const PROBE_AFTER: Duration = Duration::from_secs(30);
const PROBE_EVERY: Duration = Duration::from_secs(10);
const PROBES: u32 = 3;

/// Whether a stream is encrypted.
#[derive(Clone)]
pub enum Encryption {
    None,
    /// If the server offers it.
    Preferred(TlsConnector),
    Required(TlsConnector),
}

/// Opens a stream to `host`, on which the PostgreSQL protocol then begins. The error is a sentence
/// for the operator.
pub async fn open(host: &Host, encryption: &Encryption) -> Result<Coded, String> {
    if let [Address::Unix(folder)] = host.driver.get_hosts() {
        let path = folder.join(format!(".s.PGSQL.{}", host.port));
        let stream = UnixStream::connect(path).await.map_err(refused)?;
        // As in libpq, a Unix socket needs no TLS, whatever `sslmode` says.
        return Ok(Coded::new(stream, None));
    }
    let mut stream = connect(host).await.map_err(refused)?;
    let tls = match encryption {
        Encryption::None => None,
        Encryption::Preferred(tls) => is_offered(&mut stream, host).await?.then_some(tls),
        Encryption::Required(tls) => {
            let is_offered = is_offered(&mut stream, host).await?;
            Some(is_offered.then_some(tls).ok_or("server does not support TLS")?)
        }
    };
    let Some(tls) = tls else { return Ok(Coded::new(stream, None)) };
    let name = ServerName::try_from(host.name.clone()).map_err(|error| error.to_string())?;
    let stream = tls.connect(name, stream).await;
    let stream = stream.map_err(|error| format!("error performing TLS handshake: {error}"))?;
    let certificates = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let binding = certificates.first().and_then(|certificate| of_certificate(certificate));
    Ok(Coded::new(stream, binding))
}

fn refused(error: io::Error) -> String {
    format!("error connecting to server: {error}")
}

/// Connects to the first of the host's addresses that accepts.
async fn connect(host: &Host) -> io::Result<TcpStream> {
    let port = host.port;
    let addresses = match host.driver.get_hostaddrs().first() {
        Some(address) => vec![SocketAddr::new(*address, port)],
        None => lookup_host((host.name.as_str(), port)).await?.collect(),
    };
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                configure(&stream, host)?;
                return Ok(stream);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Detects a database that vanished without closing the connection: by the timeout if data was
/// sent, and by keepalive within a minute for listeners, which only wait.
fn configure(stream: &TcpStream, host: &Host) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let silence = host.driver.get_tcp_user_timeout().map_or(UNANSWERED, Duration::as_millis);
    #[cfg(target_os = "linux")]
    sockopt::set_tcp_user_timeout(stream, u32::try_from(silence).unwrap_or(u32::MAX))?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, PROBE_AFTER)?;
    sockopt::set_tcp_keepintvl(stream, PROBE_EVERY)?;
    sockopt::set_tcp_keepcnt(stream, PROBES)?;
    Ok(())
}

/// Whether the server offers TLS. With `sslnegotiation=direct`, it is not asked.
async fn is_offered(stream: &mut TcpStream, host: &Host) -> Result<bool, String> {
    if host.is_direct {
        return Ok(true);
    }
    stream.write_all(&SSL_REQUEST).await.map_err(refused)?;
    Ok(stream.read_u8().await.map_err(refused)? == b'S')
}
