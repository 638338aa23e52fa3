//! A mail server on loopback that speaks SMTP (RFC 5321), keeps what it is given, and misbehaves
//! when told to.

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

use super::Mail;

/// Where a conversation can be held up: before the server says its next word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Greeting,
    Hello,
    /// After DATA, before the mail itself.
    Data,
    /// After the mail's final dot.
    Dot,
}

/// What was taken, what was heard, and what is said in place of taking a mail.
#[derive(Default)]
struct State {
    mails: VecDeque<Mail>,
    received: usize,
    /// `Message-ID`s of all mails read to the final dot.
    seen: Vec<String>,
    /// Mails read to the final dot whose sender was left without an answer.
    unanswered: Vec<Mail>,
    heard: Vec<(Instant, String)>,
    replies_to_rcpt: VecDeque<String>,
    refused: HashMap<String, String>,
    reply_to_login: Option<String>,
    closed: Option<String>,
    drops: usize,
    pace: Duration,
}

/// A running mail server, on a thread of its own: a test that stops an application blocks, and
/// mails in flight must still be taken. It ends with the test run.
#[derive(Clone)]
pub struct SmtpServer {
    pub port: u16,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
    held: Arc<watch::Sender<Option<Stage>>>,
}

/// A port that belongs to a mail server which does not listen yet: connections are refused.
pub struct AbsentSmtpServer {
    server: SmtpServer,
    socket: TcpSocket,
}

impl SmtpServer {
    pub async fn start() -> Self {
        Self::absent().appear().await
    }

    /// One that is not there yet.
    pub fn absent() -> AbsentSmtpServer {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let port = socket.local_addr().unwrap().port();
        let held = Arc::new(watch::Sender::new(None));
        let server = Self { port, state: Arc::default(), arrived: Arc::default(), held };
        AbsentSmtpServer { server, socket }
    }

    /// The next `times` recipients are answered with `reply` (such as `451 later`).
    pub fn refuse(&self, times: usize, reply: &str) {
        self.state().replies_to_rcpt.extend(std::iter::repeat_n(reply.to_owned(), times));
    }

    /// This recipient is always answered with `reply`.
    pub fn refuse_recipient(&self, address: &str, reply: &str) {
        self.state().refused.insert(address.to_owned(), reply.to_owned());
    }

    /// Every login is answered with `reply`; with `None` they succeed again.
    pub fn refuse_logins(&self, reply: Option<&str>) {
        self.state().reply_to_login = reply.map(str::to_owned);
    }

    /// Everything, on open connections too, is answered with `reply` and the end of the
    /// connection; with `None` the server works again.
    pub fn close(&self, reply: Option<&str>) {
        self.state().closed = reply.map(str::to_owned);
    }

    /// The connections of the next `times` mails end after the final dot, without an answer.
    pub fn drop_after_dot(&self, times: usize) {
        self.state().drops = times;
    }

    /// From now on the server takes this long over each mail.
    pub fn take_its_time(&self, pace: Duration) {
        self.state().pace = pace;
    }

    /// Every conversation that comes to `stage` stays there; with `None` they all go on.
    pub fn hold(&self, stage: Option<Stage>) {
        self.held.send_replace(stage);
    }

    /// Mails taken so far, also those that were handed out.
    pub fn received(&self) -> usize {
        self.state().received
    }

    /// The `Message-ID`s of all mails that came to their final dot, answered or not.
    pub fn seen(&self) -> Vec<String> {
        self.state().seen.clone()
    }

    /// Mails whose sender was not told that they were taken.
    pub fn unanswered(&self) -> Vec<Mail> {
        self.state().unanswered.clone()
    }

    /// The mails taken and not handed out by [`SmtpServer::mail_to`].
    pub fn mails(&self) -> Vec<Mail> {
        self.state().mails.iter().cloned().collect()
    }

    /// When commands that begin with `verb` were heard.
    pub fn heard(&self, verb: &str) -> Vec<Instant> {
        let state = self.state();
        state.heard.iter().filter(|(_, said)| said.starts_with(verb)).map(|(at, _)| *at).collect()
    }

    /// The next mail to `address` that is no notice, waiting for it; all others are kept.
    pub async fn mail_to(&self, address: &str) -> Mail {
        self.next_mail(address, |mail| !mail.is_notice()).await
    }

    /// The next mail to `address` that tells what happened to its account.
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
