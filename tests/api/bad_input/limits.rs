//! Exceeds every limit in the OpenAPI document: the refusal names the limit. Sends every member
//! with another type than the document's: the refusal names the expected type.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{ID, sentences};
use crate::support::{Answer, TestApp, User, contract::DOCUMENT};

/// The members of a share that only one picture has, and that picture.
const PICTURES: [(&str, &str); 2] = [("year", "heatmap"), ("weeks", "weekly")];

/// Follows a schema's `$ref`, and leaves out an alternative of `null`.
fn resolved(schema: &Value) -> &Value {
    if let Some(to) = schema["$ref"].as_str() {
        return resolved(DOCUMENT.pointer(&to[1..]).unwrap());
    }
    let one_of = schema["oneOf"].as_array().into_iter().flatten();
    let mut others = one_of.filter(|one| one["type"] != "null");
    match (others.next(), others.next()) {
        (Some(only), None) => resolved(only),
        _ => schema,
    }
}

/// The name of a schema's type, without `null`.
fn kind(schema: &Value) -> &str {
    let kinds = schema["type"].as_array();
    let of_kinds = || kinds?.iter().filter_map(Value::as_str).find(|kind| *kind != "null");
    schema["type"].as_str().or_else(of_kinds).unwrap_or("")
}

/// The members of an object: name, schema, whether it is required.
fn members(schema: &Value) -> Vec<(&str, &Value, bool)> {
    let schema = resolved(schema);
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let mut all: Vec<_> = parts.flat_map(members).collect();
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|names| names.contains(&json!(name)));
    let own = schema["properties"].as_object().into_iter().flatten();
    all.extend(own.map(|(name, member)| (name.as_str(), member, is_required(name))));
    all
}

/// A value that is valid, or nearly.
fn sample(schema: &Value) -> Value {
    let schema = resolved(schema);
    if let Some(first) = schema["enum"].get(0).or_else(|| schema["examples"].get(0)) {
        return first.clone();
    }
    match kind(schema) {
        "string" if schema["format"] == "date-time" => json!("2026-05-04T08:00:00Z"),
        "string" if schema["format"] == "uuid" => json!(ID),
        "string" => json!("x"),
        "integer" | "number" => schema["minimum"].as_f64().map_or(json!(1), |least| json!(least)),
        "boolean" => json!(true),
        "array" => json!([sample(&schema["items"])]),
        _ => with_required(schema, None),
    }
}

/// An object with all required members, and with `other`.
fn with_required(schema: &Value, other: Option<(&str, Value)>) -> Value {
    let required = members(schema).into_iter().filter(|(.., is_required)| *is_required);
    let mut object: serde_json::Map<_, _> =
        required.map(|(name, member, _)| (name.to_owned(), sample(member))).collect();
    object.extend(other.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(object)
}

/// A wrong value, and words of which the refusal must contain one.
type Wrong = (Value, Vec<String>);

/// Values that exceed each limit of a schema.
fn beyond(schema: &Value) -> Vec<Wrong> {
    let limit = |name: &str| schema[name].as_f64();
    let said = |limit: f64| vec![format!("{limit}")];
    let mut all = Vec::new();
    if let Some(most) = limit("maxLength") {
        all.push((json!("x".repeat(most as usize + 1)), said(most)));
    }
    if let Some(most) = limit("maxItems") {
        let item = sample(&schema["items"]);
        all.push((Value::Array(vec![item; most as usize + 1]), said(most)));
    }
    let is_whole = kind(schema) == "integer";
    let number = |number: f64| if is_whole { json!(number as i64) } else { json!(number) };
    if let Some(most) = limit("maximum") {
        all.push((number(most + 1.0), said(most)));
        all.push((number(1e300), said(most)));
    }
    if let Some(least) = limit("minimum") {
        all.push((number(least - 1.0), said(least.abs())));
    }
    all
}

/// Values of another type than the schema's.
fn of_another_type(schema: &Value) -> Vec<Wrong> {
    let (wrong, words) = match kind(schema) {
        "string" => (json!(5), vec!["string", "UUID", "RFC"]),
        "array" => (json!(5), vec!["list"]),
        "integer" | "number" => (json!("x"), vec!["number"]),
        "boolean" => (json!("x"), vec!["true"]),
        "object" => (json!(5), vec!["object"]),
        _ => return Vec::new(),
    };
    vec![(wrong, words.into_iter().map(str::to_owned).collect())]
}

/// Bodies with one wrong value each: the member's name, the body, and the words of the refusal.
fn bodies(schema: &Value, wrong: fn(&Value) -> Vec<Wrong>) -> Vec<(String, Value, Vec<String>)> {
    let mut all = Vec::new();
    for (name, member, _) in members(schema) {
        let of = resolved(member);
        let around = |value| with_required(schema, Some((name, value)));
        all.extend(
            wrong(of).into_iter().map(|(value, said)| (name.to_owned(), around(value), said)),
        );
        let inner = bodies(of, wrong).into_iter();
        all.extend(inner.map(|(name, body, said)| (name, around(body), said)));
        let items = bodies(&of["items"], wrong).into_iter();
        all.extend(items.map(|(name, body, said)| (name, around(json!([body])), said)));
    }
    all
}

/// Whether the refusal of `name` contains one of the words.
fn says(answer: &Answer, name: &str, words: &[String]) -> bool {
    let body = answer.json();
    let of_field = |sentence: &&str| sentence.contains(name) || sentence.starts_with("must ");
    let mut said = sentences(&body).into_iter().filter(of_field).flat_map(|sentence| {
        sentence.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>()
    });
    said.any(|word| words.contains(&word))
}

struct Sender {
    app: TestApp,
    user: User,
}

impl Sender {
    async fn new() -> Self {
        let off = [("RATE_LIMIT_USER", "off"), ("RATE_LIMIT_ADDRESS", "off")];
        let app = TestApp::spawn_with(&off).await;
        let user = app.user("ann@example.com").await;
        Self { app, user }
    }

    async fn send(
        &self,
        (method, path): (&str, &str),
        header: Option<(&str, &str)>,
        body: Option<&Value>,
    ) -> Answer {
        let bearer = format!("Bearer {}", self.user.token);
        let mut headers = vec![("authorization", &*bearer)];
        headers.extend(header);
        headers.extend(body.map(|_| ("content-type", "application/json")));
        let method: Method = method.to_uppercase().parse().unwrap();
        let body = body.map(|body| body.to_string().into_bytes());
        self.app.send(method, path, &headers, body).await
    }

    /// Sends every wrong value of every body. Returns their number, and the answers that do not say
    /// what they should.
    async fn surprises(&self, wrong: fn(&Value) -> Vec<Wrong>) -> (usize, Vec<String>) {
        let (mut count, mut surprises) = (0, Vec::new());
        for (method, path, operation) in operations() {
            // Without a valid link, this route does not report wrong members.
            if path == "/auth/reset-password" {
                continue;
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            for (name, mut body, words) in bodies(schema, wrong) {
                count += 1;
                // A share ignores members that its picture does not have.
                if let Some((_, picture)) = PICTURES.iter().find(|(option, _)| *option == name) {
                    body["picture"] = json!(picture);
                }
                let answer = self.send((method, &path), None, Some(&body)).await;
                if !says(&answer, &name, &words) {
                    let answer = answer.text();
                    surprises.push(format!("{method} {path} {name} {words:?}: {answer:.300}"));
                }
            }
        }
        (count, surprises)
    }
}

fn operations() -> Vec<(&'static str, String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let path = path.replace("{id}", ID).replace("{provider}", "facebook");
        let operations = item.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (method.as_str(), path.clone(), operation))
    });
    all.collect()
}

#[actix_rt::test]
async fn one_more_than_a_body_may_have_is_refused_with_the_limit() {
    let sender = Sender::new().await;
    let (count, surprises) = sender.surprises(beyond).await;
    assert!(count > 150, "{count}");
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[actix_rt::test]
async fn one_more_than_a_parameter_may_be_is_refused_with_the_limit() {
    let sender = Sender::new().await;
    let (mut count, mut surprises) = (0, Vec::new());
    // Routes of a share look the share up before they check parameters.
    for (method, path, operation) in
        operations().into_iter().filter(|(_, path, _)| !path.contains("{token}"))
    {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let mut wrong = beyond(&parameter["schema"]);
            if kind(&parameter["schema"]) == "integer" {
                let most = parameter["schema"]["maximum"].as_i64();
                let widest = [i64::from(i32::MAX), i64::MAX].map(|most| most.to_string());
                let said = most.map_or(widest.to_vec(), |most| vec![most.to_string()]);
                wrong.push((json!("99999999999999999999"), said));
            }
            for (value, words) in wrong {
                count += 1;
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let (path, header) = match parameter["in"].as_str() {
                    Some("header") => (path.clone(), Some((name, &*value))),
                    _ => (format!("{path}?{name}={value}"), None),
                };
                let body = (method == "post").then(|| json!({}));
                let answer = sender.send((method, &path), header, body.as_ref()).await;
                if !says(&answer, name, &words) {
                    let answer = answer.text();
                    surprises.push(format!("{method} {path:.90} {words:?}: {answer:.300}"));
                }
            }
        }
    }
    assert!(count > 40, "{count}");
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[actix_rt::test]
async fn a_value_of_another_type_is_refused_with_the_right_type() {
    let sender = Sender::new().await;
    let (count, surprises) = sender.surprises(of_another_type).await;
    assert!(count > 150, "{count}");
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}
