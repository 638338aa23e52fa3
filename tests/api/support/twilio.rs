//! A local server that speaks Twilio's Messages API, and misbehaves on demand.

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

use super::sms::Sms;

pub const ACCOUNT_SID: &str = "AC00000000000000000000000000000001";
pub const AUTH_TOKEN: &str = "a token that only Twilio knows";
pub const FROM: &str = "+15005550006";

/// What happens to the next message instead of 201.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Refused with this status, Twilio's error code, and `Retry-After`.
    Refuse { status: u16, code: u32, retry_after: Option<&'static str> },
    /// Accepted, then answered with this status instead of 201.
    AcceptThen(u16),
    /// Accepted, but never answered.
    AcceptThenHang,
    /// Not accepted, and never answered.
    Hang,
    /// Accepted, but answered with something that is not JSON.
    Garbage,
    /// Answered with 201, and with a status and an error code in JSON.
    AcceptAs(&'static str, &'static str),
}

#[derive(Default)]
struct State {
    faults: VecDeque<Fault>,
    messages: Vec<Sms>,
    /// The ids of the messages that [`Twilio::sms_to`] has returned.
    handed_out: Vec<String>,
    attempts: Vec<Instant>,
    searches: usize,
    looks: usize,
    /// Lists contain members that are not messages.
    lists_oddly: bool,
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
                .route(messages, actix_web::web::get().to(list))
                .route(
                    "/2010-04-01/Accounts/{account}/Messages/{sid}.json",
                    actix_web::web::get().to(show),
                );
        });
        twilio
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The settings of a server that uses it.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("TWILIO_ACCOUNT_SID", ACCOUNT_SID.to_owned()),
            ("TWILIO_AUTH_TOKEN", AUTH_TOKEN.to_owned()),
            ("TWILIO_FROM_NUMBER", FROM.to_owned()),
            ("TWILIO_BASE_URL", self.base()),
        ]
    }

    pub fn fail(&self, faults: &[Fault]) {
        self.state().faults.extend(faults);
    }

    pub fn messages(&self) -> Vec<Sms> {
        self.state().messages.clone()
    }

    /// When messages were posted.
    pub fn attempts(&self) -> Vec<Instant> {
        self.state().attempts.clone()
    }

    /// How often the messages were listed.
    pub fn searches(&self) -> usize {
        self.state().searches
    }

    /// How often a message was fetched.
    pub fn looks(&self) -> usize {
        self.state().looks
    }

    /// Adds members that are not messages to lists, from now on.
    pub fn list_oddly(&self) {
        self.state().lists_oddly = true;
    }

    /// Sets the status and the error code, in JSON, with which all messages are shown.
    pub fn report(&self, status: &'static str, error_code: &'static str) {
        for sms in &mut self.state().messages {
            (sms.status, sms.error_code) = (status, error_code);
        }
    }

    /// Waits for the next message to this number that was not returned yet.
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
            error_code: "null",
        });
        drop(state);
        self.arrived.notify_waiters();
        sid
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
                let value = header::HeaderValue::from_static(seconds);
                answer.headers_mut().insert(header::RETRY_AFTER, value);
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
        Some(Fault::AcceptAs(status, error_code)) => {
            twilio.accept(&form);
            twilio.report(status, error_code);
            let sms = twilio.messages().last().unwrap().json();
            HttpResponse::Created().json(sms)
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
    let mut messages = Vec::new();
    if state.lists_oddly {
        let odd =
            json!([null, 5, "x", [], {}, {"sid": null, "status": 1, "body": {}}, {"body": "1"}]);
        messages.extend(odd.as_array().unwrap().clone());
    }
    let found = state.messages.iter().rev().filter(|sms| sms.to == query.to);
    messages.extend(found.map(Sms::json));
    HttpResponse::Ok().json(json!({"messages": messages, "page": 0}))
}

async fn show(
    twilio: Data<Twilio>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (account, sid) = path.into_inner();
    if !is_authorised(&request, &account) {
        return error(401, 20003);
    }
    let mut state = twilio.state();
    state.looks += 1;
    let found = state.messages.iter().find(|sms| sms.sid == sid);
    found.map_or_else(|| error(404, 20404), |sms| HttpResponse::Ok().json(sms.json()))
}
