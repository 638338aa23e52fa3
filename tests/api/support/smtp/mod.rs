//! A mail server on loopback that speaks SMTP (RFC 5321), stores the mails that it receives, and
//! misbehaves on demand: late and in order, as real servers do.

mod conversation;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use tokio::{
    net::TcpSocket,
    sync::{Notify, watch},
};
use tokio_rustls::TlsAcceptor;

use super::Mail;

/// The stages at which the server can be held, or can get another reply, before it sends its next
/// reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    Greeting,
    /// After EHLO.
    Hello,
    Auth,
    Mail,
    Rcpt,
    /// After DATA, before the mail itself.
    Data,
    /// After the final dot of the mail.
    Dot,
}

/// What was received, and the replies that tests have set.
#[derive(Default)]
struct State {
    connections: usize,
    /// The lines of the answer to EHLO.
    extensions: Vec<String>,
    mails: VecDeque<Mail>,
    received: usize,
    /// `Message-ID`s of all mails read up to the final dot.
    seen: Vec<String>,
    /// Mails read up to the final dot whose sender got no answer.
    unanswered: Vec<Mail>,
    /// `Message-ID`s of the mails that were answered with 250.
    taken: Vec<String>,
    heard: Vec<(Instant, String)>,
    /// Replies at a stage: to the next times, and to all times after them.
    next: HashMap<Stage, VecDeque<String>>,
    always: HashMap<Stage, String>,
    refused: HashMap<String, String>,
    closed: Option<String>,
    drops: usize,
    /// How long each of the next mails takes, and all mails after them.
    paces: VecDeque<Duration>,
    pace: Duration,
}

/// A running mail server on its own thread: a test that stops an application blocks, and mails in
/// flight must still be received. It ends with the test run.
#[derive(Clone)]
pub struct SmtpServer {
    pub port: u16,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
    held: Arc<watch::Sender<Option<Stage>>>,
    /// The last reply on idle connections.
    hang_up: Arc<watch::Sender<String>>,
    tls: Option<TlsAcceptor>,
}

/// The port of a mail server that does not listen yet: connections are refused.
pub struct AbsentSmtpServer {
    server: SmtpServer,
    socket: TcpSocket,
}

impl SmtpServer {
    pub async fn start() -> Self {
        Self::absent().appear().await
    }

    /// A server that does not listen yet.
    pub fn absent() -> AbsentSmtpServer {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap().port();
        let held = Arc::new(watch::Sender::new(None));
        let (state, arrived, hang_up) = (Arc::default(), Arc::default(), Arc::default());
        let server = Self { port, state, arrived, held, hang_up, tls: None };
        server.offer(&["8BITMIME", "AUTH PLAIN", "SMTPUTF8"]);
        AbsentSmtpServer { server, socket }
    }

    /// A server that offers STARTTLS.
    pub async fn start_with_tls(acceptor: TlsAcceptor) -> Self {
        let mut absent = Self::absent();
        absent.server.tls = Some(acceptor);
        absent.appear().await
    }

    /// Sets the extensions in the answer to EHLO.
    pub fn offer(&self, extensions: &[&str]) {
        self.state().extensions = extensions.iter().map(|line| (*line).to_owned()).collect();
    }

    /// Sets the reply to the next `times` times at `stage`. An empty reply closes the connection.
    pub fn answer(&self, stage: Stage, times: usize, reply: &str) {
        let replies = std::iter::repeat_n(reply.to_owned(), times);
        self.state().next.entry(stage).or_default().extend(replies);
    }

    /// Sets the reply at `stage`. `None` restores the usual one.
    pub fn answer_always(&self, stage: Stage, reply: Option<&str>) {
        let mut state = self.state();
        match reply {
            Some(reply) => state.always.insert(stage, reply.to_owned()),
            None => state.always.remove(&stage),
        };
    }

    /// Closes all connections that wait for a command, with this last reply or none.
    pub fn hang_up(&self, last_words: &str) {
        self.hang_up.send_replace(last_words.to_owned());
    }

    /// Answers the next `times` recipients with `reply` (such as `451 later`).
    pub fn refuse(&self, times: usize, reply: &str) {
        self.answer(Stage::Rcpt, times, reply);
    }

    /// Always answers this recipient with `reply`.
    pub fn refuse_recipient(&self, address: &str, reply: &str) {
        self.state().refused.insert(address.to_owned(), reply.to_owned());
    }

    /// Answers every login with `reply`. With `None` they succeed again.
    pub fn refuse_logins(&self, reply: Option<&str>) {
        self.answer_always(Stage::Auth, reply);
    }

    /// Answers everything with `reply` and closes the connection, including open ones. With `None`
    /// the server works again.
    pub fn close(&self, reply: Option<&str>) {
        self.state().closed = reply.map(str::to_owned);
    }

    /// Closes the connections of the next `times` mails after the final dot, without an answer.
    pub fn drop_after_dot(&self, times: usize) {
        self.state().drops = times;
    }

    /// Sets how long the server takes for each mail.
    pub fn take_its_time(&self, pace: Duration) {
        self.state().pace = pace;
    }

    /// Sets how long the server takes for each of the next mails.
    pub fn take_its_time_over_the_next(&self, paces: &[Duration]) {
        self.state().paces.extend(paces);
    }

    /// Holds every conversation at `stage`. With `None` they all continue.
    pub fn hold(&self, stage: Option<Stage>) {
        self.held.send_replace(stage);
    }

    /// The number of accepted mails, including those returned by [`SmtpServer::mail_to`].
    pub fn received(&self) -> usize {
        self.state().received
    }

    /// The `Message-ID`s of all mails that arrived up to the final dot, answered or not.
    pub fn seen(&self) -> Vec<String> {
        self.state().seen.clone()
    }

    /// The `Message-ID`s of all mails that were answered with 250, whether or not the client read
    /// it.
    pub fn taken(&self) -> Vec<String> {
        self.state().taken.clone()
    }

    /// The number of connections opened so far.
    pub fn connections(&self) -> usize {
        self.state().connections
    }

    /// Mails that were read up to the final dot, and whose sender got no answer.
    pub fn unanswered(&self) -> Vec<Mail> {
        self.state().unanswered.clone()
    }

    /// The accepted mails that [`SmtpServer::mail_to`] has not returned.
    pub fn mails(&self) -> Vec<Mail> {
        self.state().mails.iter().cloned().collect()
    }

    /// The times at which commands that begin with `verb` arrived.
    pub fn heard(&self, verb: &str) -> Vec<Instant> {
        let state = self.state();
        state.heard.iter().filter(|(_, said)| said.starts_with(verb)).map(|(at, _)| *at).collect()
    }

    /// Waits for the next mail to `address` that is not a notice. Other mails are kept.
    pub async fn mail_to(&self, address: &str) -> Mail {
        self.next_mail(address, |mail| !mail.is_notice()).await
    }

    /// Waits for the next mail to `address` that reports an event of its account.
    pub async fn notice_to(&self, address: &str) -> Mail {
        self.next_mail(address, Mail::is_notice).await
    }

    async fn next_mail(&self, address: &str, is_wanted: impl Fn(&Mail) -> bool) -> Mail {
        let found = async {
            loop {
                let arrived = self.arrived.notified();
                {
                    let mut state = self.state();
                    let position = state
                        .mails
                        .iter()
                        .position(|mail| mail.to.eq_ignore_ascii_case(address) && is_wanted(mail));
                    if let Some(mail) = position.and_then(|position| state.mails.remove(position)) {
                        return mail;
                    }
                }
                arrived.await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), found).await;
        waited.unwrap_or_else(|_| panic!("no mail to {address}"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl AbsentSmtpServer {
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// Starts to listen.
    pub async fn appear(self) -> SmtpServer {
        let Self { server, socket } = self;
        let (listening, is_listening) = tokio::sync::oneshot::channel();
        let serving = server.clone();
        std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let listener = socket.listen(128).unwrap();
                listening.send(()).unwrap();
                serving.serve(listener).await;
            });
        });
        is_listening.await.unwrap();
        server
    }
}
