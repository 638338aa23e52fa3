//! Answers of the provider that replace or change the right ones.

use std::collections::HashMap;

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Value, json};

use super::{CLIENT_ID, OpenIdProvider, keys};

/// The value of a member that is to be left out.
pub const ABSENT: &str = "(absent)";

/// A complete answer.
#[derive(Clone, Debug)]
pub struct Canned {
    pub status: u16,
    pub media_type: &'static str,
    pub body: String,
}

impl Canned {
    pub fn json(body: impl ToString) -> Self {
        Self { status: 200, media_type: "application/json", body: body.to_string() }
    }
}

/// All changes to the right answers.
#[derive(Default)]
pub struct Lies {
    canned: HashMap<&'static str, Canned>,
    discovery: Value,
    header: Value,
    claims: Value,
    keys: Vec<Value>,
    /// Members of the provider's own key.
    key: Value,
    /// Header and claims of signed userinfo.
    userinfo: Option<(Value, Value)>,
}

/// `value` with the members of `patch`, if there are any.
fn patched(mut value: Value, patch: &Value) -> Value {
    for (name, member) in patch.as_object().into_iter().flatten() {
        if member == ABSENT {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = member.clone();
        }
    }
    value
}

impl OpenIdProvider {
    /// Sets the answer to a call, such as `GET /keys`. `None` restores the right one.
    pub fn answer(&self, call: &'static str, canned: Option<Canned>) {
        let canned_answers = &mut self.state().lies.canned;
        canned_answers.remove(call);
        canned_answers.extend(canned.map(|canned| (call, canned)));
    }

    /// Changes members of the discovery document.
    pub fn describe(&self, members: Value) {
        self.state().lies.discovery = members;
    }

    /// Changes members of header and claims of ID tokens, which are still signed correctly.
    pub fn forge(&self, header: Value, claims: Value) {
        let lies = &mut self.state().lies;
        (lies.header, lies.claims) = (header, claims);
    }

    /// Removes the address and the name from ID tokens. The userinfo endpoint still has them.
    pub fn name_nobody_in_tokens(&self) {
        let nobody = json!({"email": ABSENT, "email_verified": ABSENT, "name": ABSENT});
        self.forge(Value::Null, nobody);
    }

    /// Adds keys to the key set, before the provider's own.
    pub fn publish(&self, keys: Vec<Value>) {
        self.state().lies.keys = keys;
    }

    /// Sets the purpose of the provider's own key.
    pub fn restrict_key(&self, members: Value) {
        self.state().lies.key = members;
    }

    /// Signs userinfo, with these members in header and claims.
    pub fn sign_userinfo(&self, header: Value, claims: Value) {
        self.state().lies.userinfo = Some((header, claims));
    }

    pub(super) fn canned(&self, call: &str) -> Option<HttpResponse> {
        let canned = self.state().lies.canned.get(call).cloned()?;
        let status = StatusCode::from_u16(canned.status).unwrap();
        Some(HttpResponse::build(status).content_type(canned.media_type).body(canned.body))
    }

    pub(super) fn described(&self, discovery: Value) -> Value {
        patched(discovery, &self.state().lies.discovery)
    }

    pub(super) fn key_set(&self) -> Value {
        let state = self.state();
        let own = patched(keys::jwk(state.key, &kid(state.key_id)), &state.lies.key);
        let keys: Vec<&Value> = state.lies.keys.iter().chain([&own]).collect();
        json!({"keys": keys})
    }

    pub(super) fn userinfo(&self, claims: Value) -> HttpResponse {
        let state = self.state();
        let Some((header, lies)) = &state.lies.userinfo else {
            return HttpResponse::Ok().json(claims);
        };
        let about = json!({"iss": self.issuer, "aud": CLIENT_ID});
        let claims = patched(patched(claims, &about), lies);
        let own = json!({"alg": "RS256", "kid": kid(state.key_id)});
        let token = keys::sign_raw(state.key, &patched(own, header), &claims);
        HttpResponse::Ok().content_type("application/jwt; charset=utf-8").body(token)
    }
}

impl super::State {
    pub(super) fn id_token(&self, claims: Value, fault: Option<super::Fault>) -> String {
        let (claims, kid) = (patched(claims, &self.lies.claims), kid(self.key_id));
        if let Some(fault) = fault {
            return keys::sign(self.key, &kid, &claims, fault);
        }
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": kid});
        keys::sign_raw(self.key, &patched(header, &self.lies.header), &claims)
    }
}

fn kid(index: usize) -> String {
    format!("key-{index}")
}
