//! Every parameter and member of every operation with wrong values: the refusal names it, in words
//! that need no knowledge of Rust.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{ID, sentences};
use crate::support::{Answer, TestApp, User, contract::DOCUMENT};

/// Words that serde, the standard library and other crates use.
const OF_RUST: [&str; 26] = [
    "u8",
    "u16",
    "u32",
    "u64",
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "usize",
    "struct",
    "enum",
    "tuple",
    "sequence",
    "variant",
    "missing field",
    "duplicate field",
    "expected",
    "invalid type",
    "invalid digit",
    "parsing failed",
    "deserialize",
    " at line ",
    "column",
    "byte",
];

/// A request, and the name of its wrong parameter or member.
struct Case {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    wrong: String,
}

/// Requests to every operation, with one wrong value each.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = path.replace("{id}", ID).replace("{provider}", "facebook");
            let case = |path: String, wrong: &str| Case {
                method: method.clone(),
                path,
                headers: Vec::new(),
                body: None,
                wrong: wrong.to_owned(),
            };
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                match parameter["in"].as_str() {
                    Some("query") => {
                        for wrong in [
                            "x",
                            "",
                            "-1",
                            "1.5",
                            "{}",
                            "99999999999999999999",
                            "1e999",
                            "%00",
                            "%FF",
                        ] {
                            cases.push(case(format!("{path}?{name}={wrong}"), name));
                        }
                        cases.push(case(format!("{path}?{name}=1&{name}=1"), name));
                    }
                    Some("header") => {
                        let header = (name.to_lowercase(), "\u{e9} x".to_owned());
                        cases.push(Case { headers: vec![header], ..case(path.clone(), name) });
                    }
                    _ => cases.push(case(path.replace(ID, "x"), name)),
                }
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            for body in [json!([]), json!("x"), json!(null), json!({})] {
                cases.push(Case { body: Some(body), ..case(path.clone(), "") });
            }
            for (name, body) in members(schema) {
                cases.push(Case { body: Some(body), ..case(path.clone(), &name) });
            }
        }
    }
    cases
}

/// Follows a schema's `$ref`.
fn resolved(schema: &Value) -> &Value {
    schema["$ref"].as_str().map_or(schema, |to| DOCUMENT.pointer(&to[1..]).unwrap())
}

/// The members of a schema's objects, each with bodies in which it is wrong.
fn members(schema: &Value) -> Vec<(String, Value)> {
    let schema = resolved(schema);
    let mut found = Vec::new();
    for parts in ["allOf", "oneOf", "anyOf"] {
        found.extend(schema[parts].as_array().into_iter().flatten().flat_map(members));
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let wrong = [
            json!({"x": 1}),
            json!([1]),
            json!([[]]),
            json!([{}]),
            json!(true),
            json!(1),
            json!(1.5),
            json!(-1),
            json!(1e300),
            json!(u64::MAX),
            json!("x"),
            json!(""),
            json!("\u{0}"),
            Value::Null,
            json!("x".repeat(9000)),
        ];
        found.extend(wrong.map(|wrong| (name.clone(), json!({name: wrong}))));
        let inner = members(member).into_iter().map(|(of, body)| (of, json!({name: body})));
        found.extend(inner);
        let items = members(&resolved(member)["items"]).into_iter();
        found.extend(items.map(|(of, body)| (of, json!({name: [body]}))));
    }
    found
}

async fn send(app: &TestApp, user: &User, case: &Case) -> Answer {
    let authorization = format!("Bearer {}", user.token);
    let mut headers = vec![("authorization", &*authorization)];
    headers.extend(case.headers.iter().map(|(name, value)| (&**name, &**value)));
    if case.body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    let body = case.body.as_ref().map(|body| body.to_string().into_bytes());
    app.send(case.method.clone(), &case.path, &headers, body).await
}

/// Whether the word looks like the name of a type, such as `CodeChannel`.
fn is_name_of_type(word: &str) -> bool {
    let is_camel = word
        .chars()
        .zip(word.chars().skip(1))
        .any(|(one, next)| one.is_lowercase() && next.is_uppercase());
    is_camel && word.starts_with(char::is_uppercase) && !["PostgreSQL", "GeoJSON"].contains(&word)
}

fn faults(case: &Case, answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let mut faults = Vec::new();
    for sentence in sentences(&body) {
        let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).collect();
        faults.extend(
            OF_RUST
                .iter()
                .filter(|of_rust| match of_rust.contains(' ') {
                    true => sentence.contains(**of_rust),
                    false => words.contains(of_rust),
                })
                .map(|of_rust| format!("{of_rust:?} in {sentence:?}")),
        );
        faults.extend(
            words
                .iter()
                .filter(|word| is_name_of_type(word))
                .map(|word| format!("{word} in {sentence:?}")),
        );
    }
    if answer.status.is_server_error() && answer.status != 503 {
        faults.push(answer.text());
    }
    if ["validation_failed", "invalid_parameter", "weak_password"]
        .contains(&body["code"].as_str().unwrap_or(""))
    {
        let fields: Vec<&str> = body["fields"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|fault| fault["field"].as_str().unwrap())
            .collect();
        if fields.is_empty() || fields.iter().any(|field| ["", "."].contains(field)) {
            faults.push(format!("does not name its fields: {body}"));
        }
        if !case.wrong.is_empty() && case.body.is_none() && fields != [case.wrong.as_str()] {
            faults.push(format!("{fields:?} for {}", case.wrong));
        }
    }
    faults
}

#[actix_rt::test]
async fn a_refusal_names_the_field_in_words_for_people() {
    let off = [("RATE_LIMIT_USER", "off"), ("RATE_LIMIT_ADDRESS", "off")];
    let app = TestApp::spawn_with(&off).await;
    let user = app.user("ann@example.com").await;
    let cases = cases();
    assert!(cases.len() > 1500, "{}", cases.len());
    let (mut surprises, mut refused) = (Vec::new(), 0);
    for some in cases.chunks(8) {
        let answers = join_all(some.iter().map(|case| send(&app, &user, case))).await;
        for (case, answer) in some.iter().zip(answers) {
            refused += usize::from(matches!(answer.status.as_u16(), 400 | 422));
            let what = || {
                format!(
                    "{} {} {:.200}",
                    case.method,
                    case.path,
                    case.body.as_ref().map(Value::to_string).unwrap_or_default()
                )
            };
            surprises
                .extend(faults(case, &answer).iter().map(|fault| format!("{}\n  {fault}", what())));
        }
    }
    assert!(refused > 1000, "{refused}");
    assert!(surprises.is_empty(), "{}\n{} surprises", surprises.join("\n"), surprises.len());
}
