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
