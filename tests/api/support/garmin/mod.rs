//! A local Garmin Connect, with both of its APIs and its known failures.

mod developer;
mod personal;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{self, Data},
};
use chrono::DateTime;
use serde_json::{Value, json};
use tokio::sync::Notify;

pub use developer::{Person, WEBHOOK_SECRET};

/// A failure instead of the answer to a call.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    Status(u16),
    /// 429, for a number of seconds.
    Throttle(u32),
    /// 429, until a number of seconds from now, as a date.
    ThrottleUntil(u32),
    Garbage,
    /// 200, with this body.
    Body(&'static str),
    /// Rotates the tokens, and does not answer.
    RotateThenHang,
    /// The right answer, but not before [`Garmin::let_go`].
    Held,
}

/// A call that was received.
#[derive(Clone, Debug)]
pub struct Call {
    pub target: String,
    /// The key or the token of the call.
    pub bearing: String,
    pub at: Instant,
}

#[derive(Default)]
struct State {
    base: String,
    keys: HashSet<String>,
    /// Valid access tokens.
    tokens: HashSet<String>,
    activities: Vec<Value>,
    files: HashMap<String, Vec<u8>>,
    /// Every page is the first one.
    is_stuck: bool,
    /// By a part of the path.
    faults: Vec<(&'static str, VecDeque<Fault>)>,
    calls: Vec<Call>,
    under_way: usize,
    most_at_once: usize,
    developer: developer::State,
    gate: Arc<Notify>,
}

/// Garmin, as tests see it.
#[derive(Clone)]
pub struct Garmin {
    state: Arc<Mutex<State>>,
}

impl Garmin {
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let garmin = Self { state: Arc::new(Mutex::new(State { base, ..State::default() })) };
        let serving = garmin.clone();
        super::serve::serve(listener, move |app| {
            app.app_data(Data::new(serving.clone()));
            personal::routes(app);
            developer::routes(app);
            app.default_service(web::to(|| async {
                HttpResponse::NotFound().body("no such thing")
            }));
        });
        garmin
    }

    /// The settings of a server that uses it, with short intervals.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("OAUTH_TOKEN_KEY", super::OAUTH_TOKEN_KEY.to_owned()),
            ("GARMIN_PERSONAL_URL", self.base()),
            ("GARMIN_POLL_SECS", "0.1".to_owned()),
            ("GARMIN_BACKOFF_SECS", "0.1".to_owned()),
            ("GARMIN_LEASE_SECS", "2".to_owned()),
        ];
        settings.extend(developer::settings(&self.base()));
        settings
    }

    /// Accepts a key from now on.
    pub fn add_key(&self, key: &str) {
        self.state().keys.insert(key.to_owned());
    }

    pub fn revoke_keys(&self) {
        let mut state = self.state();
        state.keys.clear();
        state.tokens.clear();
    }

    /// Invalidates all access tokens.
    pub fn forget_tokens(&self) {
        self.state().tokens.clear();
    }

    /// Adds an activity, with its file if it has one. The list is sorted newest first, as at
    /// Garmin.
    pub fn add(&self, activity: Value, file: Option<Vec<u8>>) {
        let mut state = self.state();
        if let Some(file) = file {
            state.files.insert(activity["activityId"].to_string(), file);
        }
        state.activities.push(activity);
        state.activities.sort_by_key(|one| std::cmp::Reverse(one["startTimeGMT"].to_string()));
    }

    pub fn change(&self, id: i64, change: impl Fn(&mut Value)) {
        let mut state = self.state();
        change(state.activities.iter_mut().find(|one| one["activityId"] == id).unwrap());
    }

    /// Lets the next calls whose path contains `part` fail.
    pub fn fail(&self, part: &'static str, faults: &[Fault]) {
        self.state().faults.push((part, faults.iter().copied().collect()));
    }

    /// Ends all faults.
    pub fn mend(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.is_stuck = false;
    }

    /// Returns the first page for every page.
    pub fn get_stuck(&self) {
        self.state().is_stuck = true;
    }

    /// Answers the held call, or the next one that would be held.
    pub fn let_go(&self) {
        self.state().gate.notify_one();
    }

    /// The calls so far whose path contains `part`.
    pub fn calls(&self, part: &str) -> Vec<Call> {
        let state = self.state();
        state.calls.iter().filter(|call| call.target.contains(part)).cloned().collect()
    }

    pub fn most_at_once(&self) -> usize {
        self.state().most_at_once
    }

    pub fn base(&self) -> String {
        self.state().base.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Records a call. Returns the fault that it gets, if any.
    fn note(&self, request: &HttpRequest) -> Option<Fault> {
        let target = request.uri().to_string();
        let given = request.headers().get(header::AUTHORIZATION);
        let bearing = given.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let mut state = self.state();
        state.calls.push(Call { target: target.clone(), bearing, at: Instant::now() });
        let faults = state.faults.iter_mut().filter(|(part, _)| target.contains(part));
        faults.filter_map(|(_, faults)| faults.pop_front()).next()
    }

    /// Answers all calls except those for tokens: requires a valid token, and applies faults.
    async fn answer(
        &self,
        request: &HttpRequest,
        answer: impl FnOnce(&mut State) -> HttpResponse,
    ) -> HttpResponse {
        let fault = self.note(request);
        {
            let mut state = self.state();
            state.under_way += 1;
            state.most_at_once = state.most_at_once.max(state.under_way);
        }
        // Long enough for concurrent calls to overlap.
        tokio::time::sleep(Duration::from_millis(2)).await;
        if let Some(Fault::Held) = fault {
            let gate = self.state().gate.clone();
            gate.notified().await;
        }
        let mut state = self.state();
        state.under_way -= 1;
        let given = request.headers().get(header::AUTHORIZATION);
        let token = given.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let is_taken = token.is_some_and(|token| state.tokens.contains(token));
        match fault {
            None | Some(Fault::Held) if is_taken => answer(&mut state),
            None | Some(Fault::Held) => HttpResponse::Unauthorized().finish(),
            Some(fault) => fault.answer(),
        }
    }
}

impl Fault {
    fn answer(self) -> HttpResponse {
        match self {
            Self::Status(status) => {
                HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish()
            }
            Self::Throttle(seconds) => HttpResponse::TooManyRequests()
                .insert_header((header::RETRY_AFTER, seconds.to_string()))
                .finish(),
            Self::ThrottleUntil(seconds) => {
                let until = chrono::Utc::now() + chrono::TimeDelta::seconds(seconds.into());
                let until = until.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
                HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, until)).finish()
            }
            Self::Garbage => HttpResponse::Ok().body("<html>maintenance</html>"),
            Self::Body(body) => HttpResponse::Ok().body(body),
            Self::RotateThenHang => unreachable!("for tokens only"),
            Self::Held => unreachable!("nothing is wrong with it"),
        }
    }
}

/// An activity in the list, an hour east of Greenwich.
pub fn listed(id: i64, started_at: i64, secs: u32) -> Value {
    let text = |seconds: i64| {
        DateTime::from_timestamp(seconds, 0).unwrap().format("%Y-%m-%d %H:%M:%S").to_string()
    };
    json!({
        "activityId": id, "activityName": format!("Run {id}"),
        "startTimeGMT": text(started_at), "startTimeLocal": text(started_at + 3600),
        "activityType": {"typeId": 1, "typeKey": "running", "parentTypeId": 17},
        "distance": f64::from(secs) * 3.0, "duration": f64::from(secs), "elapsedDuration": f64::from(secs),
        "movingDuration": null, "elevationGain": null, "elevationLoss": null, "calories": 321.0,
        "bmrCalories": 20.0, "averageHR": 140.0, "maxHR": 150.0, "steps": null, "isParent": false,
        "parentId": null, "ownerDisplayName": "ann", "hasPolyline": true,
    })
}
