//! A local server that speaks Twilio's Messages API, and misbehaves when told to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Form, Path, Query},
};
use serde_json::json;
use tokio::sync::Notify;

pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
pub const AUTH_TOKEN: &str = "a token that only Twilio knows";
pub const FROM: &str = "+15005550006";

/// What becomes of the next attempt to send, in place of 201.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Refused with this status, Twilio's error code, and `Retry-After` in seconds.
    Refuse { status: u16, code: u32, retry_after: Option<u32> },
    /// Accepted, and then this status in place of 201.
    AcceptThen(u16),
    /// Accepted, and then no answer at all.
    AcceptThenHang,
    /// Not accepted, and no answer.
    Hang,
    /// Accepted, answered with something that is no JSON.
    Garbage,
}

/// A message that was accepted.
#[derive(Clone, Debug)]
pub struct Sms {
    pub sid: String,
    pub to: String,
    pub from: String,
    pub body: String,
    pub validity_secs: u32,
    pub status: &'static str,
}

#[derive(Default)]
struct State {
    faults: VecDeque<Fault>,
    messages: Vec<Sms>,
    /// How many of them [`Twilio::sms_to`] has handed out.
    handed_out: Vec<String>,
    attempts: Vec<Instant>,
    searches: usize,
}

/// Twilio, as tests see it.
#[derive(Clone)]
pub struct Twilio {
    port: u16,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
}

impl Twilio {
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let twilio = Self { port, state: Arc::default(), arrived: Arc::default() };
        let serving = twilio.clone();
        super::serve::serve(listener, move |app| {
            let messages = "/2010-04-01/Accounts/{account}/Messages.json";
            app.app_data(Data::new(serving.clone()))
                .route(messages, actix_web::web::post().to(create))
                .route(messages, actix_web::web::get().to(list));
        });
        twilio
    }

    /// What a server needs to be told to use it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("TWILIO_ACCOUNT_SID", ACCOUNT_SID.to_owned()),
            ("TWILIO_AUTH_TOKEN", AUTH_TOKEN.to_owned()),
            ("TWILIO_FROM_NUMBER", FROM.to_owned()),
            ("TWILIO_BASE_URL", format!("http://127.0.0.1:{}", self.port)),
        ]
    }

    pub fn fail(&self, faults: &[Fault]) {
        self.state().faults.extend(faults);
    }

    pub fn messages(&self) -> Vec<Sms> {
        self.state().messages.clone()
    }

    /// When sending was tried.
    pub fn attempts(&self) -> Vec<Instant> {
        self.state().attempts.clone()
    }

    /// How often the messages were listed.
    pub fn searches(&self) -> usize {
        self.state().searches
    }

    /// The next message to this number that was not handed out yet.
    pub async fn sms_to(&self, number: &str) -> Sms {
        let next = async {
            loop {
                let arrived = self.arrived.notified();
                let found = {
                    let mut state = self.state();
                    let new = |sms: &&Sms| sms.to == number && !state.handed_out.contains(&sms.sid);
                    let found = state.messages.iter().find(new).cloned();
                    state.handed_out.extend(found.as_ref().map(|sms| sms.sid.clone()));
                    found
                };
                match found {
                    Some(sms) => return sms,
                    None => arrived.await,
                }
            }
        };
        let next = tokio::time::timeout(Duration::from_secs(30), next).await;
        next.unwrap_or_else(|_| panic!("no text message for {number}"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn accept(&self, form: &CreateForm) -> String {
        let mut state = self.state();
        let sid = format!("SM{:032x}", state.messages.len() + 1);
        state.messages.push(Sms {
            sid: sid.clone(),
            to: form.to.clone(),
            from: form.from.clone(),
            body: form.body.clone(),
            validity_secs: form.validity_secs,
            status: "queued",
        });
        drop(state);
        self.arrived.notify_waiters();
        sid
    }
}

impl Sms {
    /// The code, which comes first.
    pub fn code(&self) -> String {
        self.body.chars().take(6).collect()
    }
}

#[derive(serde::Deserialize)]
struct CreateForm {
    #[serde(rename = "To")]
    to: String,
    #[serde(rename = "From")]
    from: String,
    #[serde(rename = "Body")]
    body: String,
    #[serde(rename = "ValidityPeriod")]
    validity_secs: u32,
}

#[derive(serde::Deserialize)]
struct ListQuery {
    #[serde(rename = "To")]
    to: String,
}

fn is_authorised(request: &HttpRequest, account: &str) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let expected = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT_SID}:{AUTH_TOKEN}")));
    let given = request.headers().get(header::AUTHORIZATION);
    account == ACCOUNT_SID && given.is_some_and(|given| given.to_str().unwrap() == expected)
}

fn error(status: u16, code: u32) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap();
    let body = json!({"code": code, "message": "as the test asked", "status": status.as_u16()});
    HttpResponse::build(status).json(body)
}

async fn create(
    twilio: Data<Twilio>,
    account: Path<String>,
    form: Form<CreateForm>,
    request: HttpRequest,
) -> HttpResponse {
    if !is_authorised(&request, &account) {
        return error(401, 20003);
    }
    let fault = {
        let mut state = twilio.state();
        state.attempts.push(Instant::now());
        state.faults.pop_front()
    };
    let never = std::future::pending;
    match fault {
        None => {
            HttpResponse::Created().json(json!({"sid": twilio.accept(&form), "status": "queued"}))
        }
        Some(Fault::Refuse { status, code, retry_after }) => {
            let mut answer = error(status, code);
            if let Some(seconds) = retry_after {
                answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            answer
        }
        Some(Fault::AcceptThen(status)) => {
            twilio.accept(&form);
            error(status, 20500)
        }
        Some(Fault::AcceptThenHang) => {
            twilio.accept(&form);
            never().await
        }
        Some(Fault::Hang) => never().await,
        Some(Fault::Garbage) => {
            twilio.accept(&form);
            HttpResponse::Created().body("<html>")
        }
    }
}

async fn list(
    twilio: Data<Twilio>,
    account: Path<String>,
    query: Query<ListQuery>,
    request: HttpRequest,
) -> HttpResponse {
    if !is_authorised(&request, &account) {
        return error(401, 20003);
    }
    let mut state = twilio.state();
    state.searches += 1;
    let found = state.messages.iter().rev().filter(|sms| sms.to == query.to);
    let messages: Vec<_> = found
        .map(|sms| json!({"sid": sms.sid, "status": sms.status, "body": sms.body, "to": sms.to}))
        .collect();
    HttpResponse::Ok().json(json!({"messages": messages, "page": 0}))
}
