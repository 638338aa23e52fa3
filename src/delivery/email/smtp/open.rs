//! Opens a connection: TCP, greeting, EHLO, TLS, login.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use tokio::{io::BufReader, net::TcpStream};

use super::{
    Cause, Connection, Extensions, Failure, Stage,
    connection::{Socket, within},
    tls::Tls,
};
use crate::config::SmtpTls;

/// The timeout for connecting to one of several addresses.
const ADDRESS_PATIENCE: Duration = Duration::from_secs(10);

/// The mail server and how to connect to it.
pub struct Server {
    pub host: String,
    pub port: u16,
    pub mode: SmtpTls,
    /// `Some` in each mode except `None`.
    pub tls: Option<Tls>,
    pub credentials: Option<(String, SecretString)>,
    pub deadline: Duration,
}

impl Connection {
    /// Opens a connection that is ready for its first message.
    pub async fn open(server: &Server) -> Result<Self, Failure> {
        let connecting = connect(&server.host, server.port);
        let socket = within(Stage::Connect, server.deadline, connecting).await?;
        let name = own_name(socket.local_addr().ok());
        let mut connection = Self::over(Box::new(socket), server.deadline);
        match (server.mode, &server.tls) {
            (SmtpTls::Implicit, Some(tls)) => {
                connection = connection.encrypted(tls).await?;
                connection.greeting().await?;
                connection.hello(&name).await?;
            }
            (SmtpTls::StartTls, Some(tls)) => {
                connection.greeting().await?;
                connection.hello(&name).await?;
                if !connection.extensions.starttls {
                    return Err(not_offered(Stage::StartTls));
                }
                connection.say(Stage::StartTls, "STARTTLS", &[220]).await?;
                connection = connection.encrypted(tls).await?;
                // Extensions offered before TLS may be forged, so they are discarded (RFC 3207,
                // section 4.2).
                connection.hello(&name).await?;
            }
            _ => {
                connection.greeting().await?;
                connection.hello(&name).await?;
            }
        }
        if let Some((user, password)) = &server.credentials {
            connection.log_in(user, password).await?;
        }
        Ok(connection)
    }

    fn over(socket: Box<dyn Socket>, deadline: Duration) -> Self {
        let stream = BufReader::new(socket);
        Self { stream, deadline, extensions: Extensions::default(), mails: 0, needs_reset: false }
    }

    /// Starts TLS on the connection. Fails if bytes were received before the handshake, because
    /// they were not protected.
    async fn encrypted(self, tls: &Tls) -> Result<Self, Failure> {
        if !self.stream.buffer().is_empty() {
            let early =
                io::Error::new(io::ErrorKind::InvalidData, "unexpected data from the server");
            return Err(Failure::broken(Stage::StartTls, &early));
        }
        let handshake = tls.connector.connect(tls.name.clone(), self.stream.into_inner());
        let socket = within(Stage::Tls, self.deadline, handshake).await?;
        Ok(Self::over(Box::new(socket), self.deadline))
    }

    /// Sends EHLO, or HELO if the server refuses that (RFC 5321, section 3.2).
    async fn hello(&mut self, name: &str) -> Result<(), Failure> {
        self.extensions = match self.say(Stage::Hello, &format!("EHLO {name}"), &[250]).await {
            Ok(reply) => Extensions::of(&reply),
            Err(Failure { cause: Cause::Refused(reply), .. }) if reply.code >= 500 => {
                self.say(Stage::Hello, &format!("HELO {name}"), &[250]).await?;
                Extensions::default()
            }
            Err(failure) => return Err(failure),
        };
        Ok(())
    }

    /// Logs in with PLAIN (RFC 4616), or with LOGIN if the server offers only that.
    async fn log_in(&mut self, user: &str, password: &SecretString) -> Result<(), Failure> {
        let password = password.expose_secret();
        let answers = if self.extensions.auth_plain {
            let answer = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
            vec![format!("AUTH PLAIN {answer}"), answer]
        } else if self.extensions.auth_login {
            let [user, password] = [user, password].map(|word| BASE64_STANDARD.encode(word));
            vec!["AUTH LOGIN".to_owned(), user, password]
        } else {
            return Err(not_offered(Stage::Auth));
        };
        let last = answers.len() - 1;
        for (number, answer) in answers.iter().enumerate() {
            // A server may ask again for data that AUTH already contained (RFC 4954, section 4).
            let expected: &[u16] = if number == last { &[235] } else { &[235, 334] };
            if self.say(Stage::Auth, answer, expected).await?.code == 235 {
                break;
            }
        }
        Ok(())
    }
}

fn not_offered(stage: Stage) -> Failure {
    Failure { stage, cause: Cause::Broken("not offered".to_owned()) }
}

/// Connects to the first of the host's addresses that answers.
async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut problem = io::Error::new(io::ErrorKind::NotFound, "no such host");
    for address in tokio::net::lookup_host((host, port)).await? {
        match tokio::time::timeout(ADDRESS_PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                socket.set_nodelay(true)?;
                return Ok(socket);
            }
            Ok(Err(error)) => problem = error,
            Err(_) => problem = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(problem)
}

/// The client's name in EHLO: the host name of the machine, or its address if the host name is not
/// a valid domain (RFC 5321, section 4.1.4).
fn own_name(local: Option<SocketAddr>) -> String {
    let system = rustix::system::uname();
    let name = system.nodename().to_str().unwrap_or_default();
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if name.split('.').all(is_label) {
        return name.to_owned();
    }
    match local.map(|local| local.ip()) {
        Some(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        Some(IpAddr::V4(address)) => format!("[{address}]"),
        None => "[127.0.0.1]".to_owned(),
    }
}
