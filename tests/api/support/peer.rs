//! A peer that speaks HTTP byte by byte, as the test demands. It either passes on the answers of a
//! local server in its own manner, or works alone.

use std::{
    collections::VecDeque,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, pem::PemObject},
};
use tempfile::{NamedTempFile, TempPath};

/// How an answer arrives.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    AsItIs,
    /// After interim answers with these statuses.
    Interim(&'static [u16]),
    /// With two hundred more headers.
    LongHead,
    ByteByByte,
    Late(Duration),
    /// Without a length: it ends with the connection.
    UntilClosed,
    /// All of the above.
    Everything,
    /// Without its second half.
    CutOff,
    /// These bytes instead, after the request was passed on.
    Instead(&'static str),
    /// The same, then a space every few milliseconds, endlessly.
    Endless(&'static str),
    /// One header after the other, endlessly.
    EndlessHead,
    EndlessInterim,
}

/// Answers that arrive slowly or with extra data, but mean the same.
pub const ODD_MANNERS: [Manner; 8] = [
    Manner::Interim(&[100]),
    Manner::Interim(&[102]),
    Manner::Interim(&[103, 103, 102]),
    Manner::LongHead,
    Manner::ByteByByte,
    Manner::Late(Duration::from_millis(300)),
    Manner::UntilClosed,
    Manner::Everything,
];

struct State {
    requests: Vec<(Instant, String)>,
    /// The manners of the next answers.
    next: VecDeque<Manner>,
    usually: Manner,
}

/// A peer, which runs until the end of the test run.
#[derive(Clone)]
pub struct Peer {
    pub port: u16,
    certificate: Option<Arc<TempPath>>,
    state: Arc<Mutex<State>>,
}

impl Peer {
    /// A peer before the server at `base`.
    pub fn before(base: &str) -> Self {
        Self::start(Some(base.strip_prefix("http://").unwrap().to_owned()), None)
    }

    /// A peer without a server: it answers 200 to everything, and returns the challenges of
    /// webhooks.
    pub fn alone() -> Self {
        Self::start(None, None)
    }

    /// The same over TLS.
    pub fn tls() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let file = NamedTempFile::new().unwrap().into_temp_path();
        std::fs::write(&file, cert.pem()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(signing_key.serialize_pem().as_bytes()).unwrap();
        let mut tls = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self::start(None, Some((file, tls)))
    }

    fn start(upstream: Option<String>, tls: Option<(TempPath, ServerConfig)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (file, tls) = tls.map(|(file, tls)| (Arc::new(file), Arc::new(tls))).unzip();
        let (requests, next) = (Vec::new(), VecDeque::new());
        let state = State { requests, next, usually: Manner::AsItIs };
        let peer = Self { port, certificate: file, state: Arc::new(Mutex::new(state)) };
        let serving = peer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (peer, tls, stream) = (serving.clone(), tls.clone(), stream.unwrap());
                let upstream = upstream.clone();
                stream.set_nodelay(true).unwrap();
                // A client that disconnects is no error.
                std::thread::spawn(move || match tls {
                    None => peer.serve(stream, upstream),
                    Some(tls) => {
                        let tls = ServerConnection::new(tls).unwrap();
                        peer.serve(StreamOwned::new(tls, stream), upstream)
                    }
                });
            }
        });
        peer
    }

    /// A server's settings, in which every `base` is replaced by this peer.
    pub fn instead_of(
        &self,
        base: &str,
        settings: Vec<(&'static str, String)>,
    ) -> Vec<(&'static str, String)> {
        let own = format!("http://127.0.0.1:{}", self.port);
        settings.into_iter().map(|(name, value)| (name, value.replace(base, &own))).collect()
    }

    /// The settings of a server that may post to this machine and trusts the peer.
    pub fn webhook_settings(&self) -> Vec<(&'static str, &str)> {
        let certificate = self.certificate.as_ref().unwrap().to_str().unwrap();
        vec![("WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8,::1"), ("WEBHOOK_ROOT_CERT", certificate)]
    }

    pub fn webhook_url(&self) -> String {
        format!("https://localhost:{}/hook", self.port)
    }

    /// Sets the manners of the next answers.
    pub fn next(&self, manners: &[Manner]) {
        self.state.lock().unwrap().next.extend(manners);
    }

    /// Sets the manner of all later answers.
    pub fn usually(&self, manner: Manner) {
        self.state.lock().unwrap().usually = manner;
    }

    /// The requests, and when they arrived.
    pub fn requests(&self) -> Vec<(Instant, String)> {
        self.state.lock().unwrap().requests.clone()
    }

    fn serve(&self, mut stream: impl Read + Write, upstream: Option<String>) -> Option<()> {
        let request = read_request(&mut stream)?;
        if let (None, Some(answer)) = (&upstream, agreement(&request)) {
            return answer_in(Manner::AsItIs, &answer, &mut stream);
        }
        let manner = {
            let mut state = self.state.lock().unwrap();
            let text = String::from_utf8_lossy(&request).into_owned();
            state.requests.push((Instant::now(), text));
            let usually = state.usually;
            state.next.pop_front().unwrap_or(usually)
        };
        let answer = match upstream {
            None => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec(),
            Some(address) => {
                let mut upstream = TcpStream::connect(address).unwrap();
                upstream.write_all(&request).unwrap();
                let mut answer = Vec::new();
                upstream.read_to_end(&mut answer).unwrap();
                answer
            }
        };
        answer_in(manner, &answer, &mut stream)
    }
}

/// The answer of a webhook receiver that agrees to a challenge.
fn agreement(request: &[u8]) -> Option<Vec<u8>> {
    let body = &request[end_of_head(request)?..];
    let event: serde_json::Value = serde_json::from_slice(body).ok()?;
    let challenge = event["data"]["challenge"].as_str()?;
    let length = challenge.len();
    Some(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{challenge}").into_bytes())
}

/// A request whose body has a length, or `None` if the client disconnects.
fn read_request(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).ok().filter(|read| *read > 0)?;
        request.extend_from_slice(&chunk[..read]);
        let Some(end) = end_of_head(&request) else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        if request.len() - end >= length.map_or(0, |length| length.parse().unwrap()) {
            return Some(request);
        }
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// Writes the answer. `None` if the client disconnects first, which some manners wait for.
fn answer_in(manner: Manner, answer: &[u8], stream: &mut (impl Read + Write)) -> Option<()> {
    let pause = || std::thread::sleep(Duration::from_millis(5));
    let (head, body) = answer.split_at(end_of_head(answer).unwrap());
    let interim = |statuses: &[u16]| -> String {
        statuses
            .iter()
            .map(|status| format!("HTTP/1.1 {status} Wait\r\nlink: </a>\r\n\r\n"))
            .collect()
    };
    let longer = || {
        let (status, fields) =
            head.split_at(head.windows(2).position(|end| end == b"\r\n").unwrap() + 2);
        let more: String = (0..200).map(|n| format!("x-{n}: {}\r\n", "y".repeat(100))).collect();
        [status, more.as_bytes(), fields].concat()
    };
    let without_length = |head: &[u8]| {
        let head = String::from_utf8_lossy(head).into_owned();
        let kept = head.split_inclusive("\r\n").filter(|line| !line.starts_with("content-length"));
        kept.collect::<String>().into_bytes()
    };
    let bytes = match manner {
        Manner::AsItIs | Manner::ByteByByte => answer.to_vec(),
        Manner::Interim(statuses) => [interim(statuses).as_bytes(), answer].concat(),
        Manner::LongHead => [longer().as_slice(), body].concat(),
        Manner::Late(by) => {
            std::thread::sleep(by);
            answer.to_vec()
        }
        Manner::UntilClosed => [without_length(head).as_slice(), body].concat(),
        Manner::Everything => {
            pause();
            [interim(&[100, 103]).as_bytes(), &without_length(&longer()), body].concat()
        }
        Manner::CutOff => [head, &body[..body.len() / 2]].concat(),
        Manner::Instead(text) | Manner::Endless(text) => text.as_bytes().to_vec(),
        Manner::EndlessHead => b"HTTP/1.1 200 OK\r\n".to_vec(),
        Manner::EndlessInterim => Vec::new(),
    };
    match manner {
        Manner::ByteByByte | Manner::Everything => {
            for byte in bytes {
                stream.write_all(&[byte]).and_then(|()| stream.flush()).ok()?;
            }
        }
        _ => stream.write_all(&bytes).and_then(|()| stream.flush()).ok()?,
    }
    let more: &[u8] = match manner {
        Manner::Endless(_) => b" ",
        Manner::EndlessHead => b"x-more: and more\r\n",
        Manner::EndlessInterim => b"HTTP/1.1 102 Processing\r\n\r\n",
        _ => return Some(()),
    };
    loop {
        stream.write_all(more).and_then(|()| stream.flush()).ok()?;
        if !matches!(manner, Manner::EndlessHead | Manner::EndlessInterim) {
            pause();
        }
    }
}
