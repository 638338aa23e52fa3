//! The OpenAPI document. `support::contract` checks every answer of every test against it. The
//! tests here check everything else that it promises.

use serde_json::Value;

use crate::support::{
    TestApp, contract,
    contract::DOCUMENT,
    process::{run, said},
};

#[actix_rt::test]
async fn the_server_and_the_command_give_the_same_document() {
    let app = TestApp::spawn().await;
    let served = app.get("/openapi.json").await.expect(200).json();
    assert_eq!(served["openapi"], "3.1.0");
    assert_eq!(served["info"]["version"], env!("CARGO_PKG_VERSION"));
    let printed = run(&["openapi"], &[]);
    assert!(printed.status.success(), "{}", said(&printed));
    assert_eq!(serde_json::from_slice::<Value>(&printed.stdout).unwrap(), served);
}

#[test]
fn every_reference_leads_somewhere_and_every_example_is_true() {
    let mut examples = 0;
    visit(&DOCUMENT, &mut |schema| {
        if let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(DOCUMENT.pointer(pointer).is_some(), "{reference}");
        }
        let of_schema = schema["examples"].as_array().map(|examples| (schema, examples.clone()));
        let of_content = schema.get("example").map(|one| (&schema["schema"], vec![one.clone()]));
        for (schema, of_this) in of_schema.into_iter().chain(of_content) {
            for example in of_this {
                contract::assert_valid(schema, &example);
                examples += 1;
            }
        }
    });
    assert!(examples > 100, "{examples}");
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_what_it_does() {
    let mut names = std::collections::HashSet::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name} is two operations");
            assert!(
                operation["summary"].as_str().is_some_and(|s| !s.is_empty()),
                "{method} {path}"
            );
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}");
        }
    }
}

/// The most that a client generator or a language model has to read.
const MAX_BYTES: usize = 250_000;

#[actix_rt::test]
async fn the_document_is_small() {
    let app = TestApp::spawn().await;
    let served = app.get("/openapi.json").await.expect(200).body.len();
    assert!(served <= MAX_BYTES, "{served} bytes");
}

#[test]
fn everything_is_described() {
    let is_described = |value: &Value| value["description"].as_str().is_some_and(|d| !d.is_empty());
    let tags = DOCUMENT["tags"].as_array().unwrap();
    assert!(tags.iter().all(is_described), "{tags:?}");
    let mut missing = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if !is_described(operation) {
                missing.push(format!("{method} {path}"));
            }
            if !tags.iter().any(|tag| tag["name"] == operation["tags"][0]) {
                missing.push(format!("{method} {path}: {}", operation["tags"]));
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                if !is_described(parameter) {
                    missing.push(format!("{method} {path} {}", parameter["name"]));
                }
            }
        }
    }
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        if !is_described(schema) && !is_described(&schema["allOf"][0]) {
            missing.push(name.clone());
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_body_and_answer_has_a_whole_example() {
    let mut missing = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap().values();
            for content in answers.chain([&operation["requestBody"]]) {
                let json = &content["content"]["application/json"];
                if !json.is_null() && json["example"].is_null() && !has_example(&json["schema"]) {
                    missing.push(format!("{method} {path}: {}", json["schema"]));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Whether a schema, or each of its alternatives, has an example, or takes any object.
fn has_example(schema: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        return has_example(DOCUMENT.pointer(&reference[1..]).unwrap());
    }
    let alternatives = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    let is_free =
        schema["type"] == "null" || (schema["type"] == "object" && schema["properties"].is_null());
    is_free
        || !schema["examples"].is_null()
        || alternatives.is_some_and(|alternatives| alternatives.iter().all(has_example))
}

#[test]
fn variants_have_names_and_tags() {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let mut tagged = 0;
    for (name, schema) in schemas {
        let Some(alternatives) = schema["oneOf"].as_array() else { continue };
        assert!(alternatives.iter().all(|one| one["$ref"].is_string()), "{name}");
        let mapping = schema["discriminator"]["mapping"].as_object().unwrap();
        assert_eq!(mapping.len(), alternatives.len(), "{name}");
        tagged += 1;
    }
    assert_eq!(tagged, 2);
    let sorts = &DOCUMENT["paths"]["/activities"]["get"]["parameters"];
    let sort = sorts.as_array().unwrap().iter().find(|one| one["name"] == "sort").unwrap();
    assert_eq!(sort["schema"]["enum"].as_array().unwrap().len(), 6);
}

/// Generators disagree on it: openapi-typescript makes such a field required in requests.
#[test]
fn no_field_has_a_machine_readable_default() {
    let mut fields = 0;
    visit(&DOCUMENT["components"]["schemas"], &mut |schema| {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            assert!(field.get("default").is_none(), "{name}: {field}");
            fields += 1;
        }
    });
    assert!(fields > 300, "{fields}");
}

#[actix_rt::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let app = TestApp::spawn().await;
    let page = app.get("/docs").await.expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("http"), "{policy}");
    let html = page.text();
    assert!(!html.contains("//"), "{html}");
    let mut loaded = 0;
    for (_, link) in
        html.split('"').zip(html.split('"').skip(1)).filter(|(_, link)| link.starts_with('/'))
    {
        let answer = app.get(link).await.expect(200);
        assert!(!answer.body.is_empty(), "{link}");
        loaded += 1;
    }
    assert_eq!(loaded, 3);
    for file in ["index.html", "nothing.js", "swagger-initializer.js", "..%2fCargo.toml"] {
        app.get(&format!("/docs/{file}")).await.expect_error(404, "not_found");
    }
}

/// Visits every object of the document.
fn visit<'a>(value: &'a Value, look: &mut impl FnMut(&'a Value)) {
    match value {
        Value::Object(members) => {
            look(value);
            members.values().for_each(|member| visit(member, look));
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, look)),
        _ => {}
    }
}
