//! Every field of every endpoint with invalid values, and other requests that a client should not
//! send. None is answered with a 500, and no connection is dropped.

mod accounts;
mod activities;
mod batches;
mod bodies;
mod limits;
mod query;
mod texts;
mod unknown;
mod values;
mod whole_numbers;
mod wire;
mod words;

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::Value;

use crate::support::{Answer, TestApp, User};

/// An id that does not exist.
const ID: &str = "00000000-0000-4000-8000-000000000000";

/// How an endpoint must judge a value. `Fault` and `Weak` contain the code of the field.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Taken,
    Fault(&'static str),
    Weak(&'static str),
    NoJson,
    /// Not JSON or not valid, depending on what is noticed first.
    Refused,
    /// The contract allows both.
    TakenOrRefused,
}
use Verdict::{Fault, NoJson, Refused, Taken, TakenOrRefused, Weak};

/// How a field treats absence and `null`.
#[derive(Clone, Copy)]
enum Presence {
    Required,
    RequiredNullable,
    NotNull,
    Nullable,
}

struct Field {
    name: &'static str,
    presence: Presence,
    /// Values as JSON text.
    values: Vec<(String, Verdict)>,
}

struct Endpoint {
    method: Method,
    path: String,
    /// A valid body, and the answer to it: the status, and the code if that answer is an error.
    valid: Value,
    taken: (u16, &'static str),
    fields: Vec<Field>,
}

/// Status, code, and the code of the field.
type Outcome = (u16, String, String);

impl Endpoint {
    /// The valid body, with `field` replaced by the given members.
    fn body_with(&self, field: &str, members: &[&str]) -> String {
        let valid = self.valid.as_object().unwrap().iter().filter(|(name, _)| *name != field);
        let others = valid.map(|(name, value)| format!("{name:?}:{value}"));
        let these = members.iter().map(|raw| format!("{field:?}:{raw}"));
        format!("{{{}}}", others.chain(these).collect::<Vec<_>>().join(","))
    }

    /// All bodies to send, each with its field and the verdict on it.
    fn cases(&self) -> Vec<(&str, String, Verdict)> {
        let mut cases = Vec::new();
        for Field { name, presence, values } in &self.fields {
            let (absent, null) = match presence {
                Presence::Required => (Fault("missing"), Fault("null")),
                Presence::RequiredNullable => (Fault("missing"), Taken),
                Presence::NotNull => (Taken, Fault("null")),
                Presence::Nullable => (Taken, Taken),
            };
            cases.push((*name, self.body_with(name, &[]), absent));
            cases.push((*name, self.body_with(name, &["null"]), null));
            for (raw, verdict) in values.iter().cloned().chain(values::no_json()) {
                cases.push((*name, self.body_with(name, &[&raw]), verdict));
            }
            for twice in [["null", "null"], ["\"x\"", "7"]] {
                cases.push((*name, self.body_with(name, &twice), Refused));
            }
        }
        for (raw, verdict) in values::unknown() {
            cases.push(("unknown", self.body_with("unknown", &[&raw]), verdict));
        }
        cases
    }

    fn expected(&self, verdict: Verdict) -> Vec<Outcome> {
        let outcome = |status, code: &str, fault: &str| (status, code.to_owned(), fault.to_owned());
        let taken = outcome(self.taken.0, self.taken.1, "");
        let refused =
            ["invalid_type", "duplicate"].map(|fault| outcome(422, "validation_failed", fault));
        let no_json = outcome(400, "malformed_json", "");
        match verdict {
            Taken => vec![taken],
            Fault(fault) => vec![outcome(422, "validation_failed", fault)],
            Weak(fault) => vec![outcome(422, "weak_password", fault)],
            NoJson => vec![no_json],
            Refused => [vec![no_json], refused.to_vec()].concat(),
            TakenOrRefused => [vec![taken, no_json], refused.to_vec()].concat(),
        }
    }

    /// Sends all bodies, and panics if any answer is unexpected, listing all of those.
    async fn try_all(&self, app: &TestApp, user: &User) {
        let mut surprises = Vec::new();
        for cases in self.cases().chunks(8) {
            let answers = join_all(cases.iter().map(|(_, body, _)| self.send(app, user, body)));
            for ((field, body, verdict), answer) in cases.iter().zip(answers.await) {
                let (outcome, expected) = (outcome(&answer, field), self.expected(*verdict));
                if !expected.contains(&outcome) {
                    let start: String = body.chars().take(200).collect();
                    surprises.push(format!("{start}\n  {outcome:?} in place of {expected:?}"));
                }
            }
        }
        assert!(surprises.is_empty(), "{} {}:\n{}", self.method, self.path, surprises.join("\n"));
        app.get("/readyz").await.expect(200);
    }

    async fn send(&self, app: &TestApp, user: &User, body: &str) -> Answer {
        let authorization = format!("Bearer {}", user.token);
        let headers = [("authorization", &*authorization), ("content-type", "application/json")];
        app.send(self.method.clone(), &self.path, &headers, Some(body.as_bytes().to_vec())).await
    }
}

/// Reads an answer. An error must have the body that all errors have, and name `field` unless
/// empty.
fn outcome(answer: &Answer, field: &str) -> Outcome {
    let status = answer.status.as_u16();
    if answer.status.is_success() {
        return (status, String::new(), String::new());
    }
    let body = answer.json();
    let code = body["code"].as_str().unwrap_or_default().to_owned();
    let what = answer.text();
    assert!(!code.is_empty(), "{status}: {what}");
    assert_eq!(body["request_id"], answer.header("x-request-id"), "{what}");
    assert!((1..500).contains(&body["error"].as_str().unwrap().len()), "{what}");
    let none = Vec::new();
    let fields = body["fields"].as_array().unwrap_or(&none);
    assert_eq!(fields.is_empty(), body.get("fields").is_none(), "{what}");
    let names_fields = ["validation_failed", "weak_password", "invalid_parameter"];
    assert!(fields.is_empty() || names_fields.contains(&&*code), "{what}");
    assert!(fields.iter().all(|fault| fault["message"].is_string()), "{what}");
    let fault = fields.iter().find(|fault| fault["field"] == field);
    let fault = fault.and_then(|fault| fault["code"].as_str()).unwrap_or_default().to_owned();
    (status, code, fault)
}

/// All messages for people in an answer, including those in items of a batch.
fn sentences(answer: &Value) -> Vec<&str> {
    match answer {
        Value::Array(items) => items.iter().flat_map(sentences).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(text) if ["error", "message"].contains(&&**name) => vec![&**text],
                value => sentences(value),
            })
            .collect(),
        _ => Vec::new(),
    }
}
