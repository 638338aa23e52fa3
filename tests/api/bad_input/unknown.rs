//! Unknown parameters and members: each operation of the OpenAPI document knows its own. A client
//! learns of its mistake instead of getting an answer to another question.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, User, contract::DOCUMENT};

/// Each operation: method, path, and the operation's object in the document.
fn operations() -> Vec<(Method, String, &'static Value)> {
    let mut all = Vec::new();
    for (template, item) in DOCUMENT["paths"].as_object().unwrap() {
        let template = template.replace("{provider}", "google");
        for (method, operation) in item.as_object().unwrap() {
            let id = "5f0c8a52-9a3e-4c1b-8f9e-2d6b7a1c0e34";
            let path = template.split_inclusive('}').fold(String::new(), |path, piece| {
                let filled = piece.split_once('{').map(|(before, _)| format!("{before}{id}"));
                path + &filled.unwrap_or_else(|| piece.to_owned())
            });
            all.push((method.to_uppercase().parse().unwrap(), path, operation));
        }
    }
    all
}

fn parameters(operation: &Value) -> Vec<&str> {
    let all = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of_query = all.iter().filter(|parameter| parameter["in"] == "query");
    of_query.map(|parameter| parameter["name"].as_str().unwrap()).collect()
}

async fn send(app: &TestApp, user: &User, method: &Method, path: &str) -> Answer {
    app.request(user, method.clone(), path, None).await
}

#[actix_rt::test]
async fn no_operation_takes_a_parameter_that_it_does_not_know() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (mut strict, mut named, mut open) = (0, 0, Vec::new());
    for (method, path, operation) in operations() {
        let is_refused = async |query: &str| {
            let answer = send(&app, &ann, &method, &format!("{path}?{query}")).await;
            let error = answer.json();
            let fault = error["fields"][0]["message"].as_str().unwrap_or_default();
            (answer.status == 400 && fault.contains("not a parameter")).then(|| {
                assert_eq!(error["code"], "invalid_parameter", "{method} {path}");
                error["error"].as_str().unwrap().to_owned()
            })
        };
        if operation["x-any-parameters"] == json!(true) {
            assert_eq!(is_refused("_=123&utm_source=mail").await, None, "{method} {path}");
            open.push(operation["operationId"].as_str().unwrap());
            continue;
        }
        let said = is_refused("no_such_parameter=1").await;
        let said = said.unwrap_or_else(|| panic!("{method} {path}"));
        assert!(said.starts_with("no_such_parameter is not a parameter here"), "{said}");
        strict += 1;
        // A typo is answered with the name of the parameter that was meant.
        for name in parameters(operation).into_iter().filter(|name| name.len() > 3) {
            let slip = &name[..name.len() - 1];
            let said = is_refused(&format!("{slip}=1")).await.unwrap();
            assert!(said.contains(name), "{method} {path}: {said}");
            let is_first = said.contains(&format!("did you mean {name}?"))
                || said.contains(&format!("supported: {name}"));
            assert!(is_first, "{method} {path}: {said}");
            named += 1;
        }
    }
    assert!(strict > 80 && named > 80, "{strict} {named}");
    // The operations that strangers, providers and monitoring use are not strict.
    open.sort_unstable();
    assert_eq!(
        open,
        [
            "complete_garmin_authorization",
            "complete_provider_login",
            "get_docs",
            "get_docs_file",
            "get_liveness",
            "get_metrics",
            "get_openapi",
            "get_readiness",
            "get_shared_calendar",
            "get_shared_feed",
            "get_shared_png",
            "get_shared_svg",
            "get_web_client_file",
            "get_web_client_file_in_folder",
            "receive_garmin_webhook",
            "show_reset_password_page",
            "show_shared_page",
            "show_verify_email_page",
            "show_web_client",
        ]
    );
}

#[actix_rt::test]
async fn a_filter_that_there_is_not_selects_nothing_else() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for (path, nearest) in [
        ("/activities?type=swim", "activity_type"),
        ("/activities?form=2026-05-04T08:00:00Z", "from"),
        ("/activities?externalId=x", "external_id"),
        ("/activities/export?sources=x", "source"),
        ("/activities/changes?sinse=x", "since"),
        ("/stats/summary?groupBy=week", "group_by"),
    ] {
        let refused = app.get_as(&ann, path).await.expect_error(400, "invalid_parameter").json();
        let said = refused["error"].as_str().unwrap();
        assert!(said.contains(&format!("did you mean {nearest}?")), "{path}: {said}");
    }
    app.get_as(&ann, "/me?x=1").await.expect_error(400, "invalid_parameter");
    let authorization = format!("Bearer {}", ann.token);
    let head = [("authorization", authorization.as_str())];
    app.send(Method::HEAD, "/activities?x=1", &head, None).await.expect(400);
    // Authentication comes first.
    app.send(Method::HEAD, "/activities?x=1", &[], None).await.expect(401);
    // Unknown names of any length and form.
    for name in ["", "%00", "%ff", &"x".repeat(4000)] {
        let path = format!("/activities?{name}=1");
        app.get_as(&ann, &path).await.expect_error(400, "invalid_parameter");
    }
}

#[actix_rt::test]
async fn a_body_is_read_strictly_on_request() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let authorization = format!("Bearer {}", ann.token);
    let send = async |method: Method, path: &str, prefer: &str, body: &Value| {
        let headers = [
            ("authorization", &*authorization),
            ("content-type", "application/json"),
            ("prefer", prefer),
        ];
        app.send(method, path, &headers, Some(body.to_string().into_bytes())).await
    };
    let mut bodies = 0;
    for (method, path, operation) in operations() {
        let schema = operation.pointer("/requestBody/content/application~1json/schema");
        // The owner of preferences chooses their names.
        if schema.is_none() || path == "/me/preferences" {
            continue;
        }
        let body = json!({"no_such_member": 1});
        let refused = send(method.clone(), &path, "handling=strict", &body).await;
        assert_eq!(refused.header("preference-applied"), "handling=strict", "{method} {path}");
        let refused = refused.expect_error(422, "validation_failed").json();
        let fault = &refused["fields"][0];
        assert_eq!(
            (&fault["field"], &fault["code"]),
            (&json!("no_such_member"), &json!("unknown"))
        );
        bodies += 1;
    }
    assert!(bodies > 25, "{bodies}");
    let mut run = json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60,
        "device_data": {"anything": {"goes": 1}}, "sets": [{"exercise": "squat", "rep": 5}], "distance": 5000});
    let strictly = "respond-async, handling=strict";
    let refused = send(Method::POST, "/activities", strictly, &run).await;
    let refused = refused.expect_error(422, "validation_failed").json();
    let faults: Vec<_> =
        refused["fields"].as_array().unwrap().iter().map(|f| &f["field"]).collect();
    assert_eq!(faults, ["distance", "sets[0].rep"]);
    assert!(
        refused["error"].as_str().unwrap().contains("did you mean distance_meters?"),
        "{refused}"
    );
    let batch = json!({"activities": [{}, run]});
    let refused = send(Method::POST, "/activities/batch", strictly, &batch).await;
    let refused = refused.expect_error(422, "validation_failed").json();
    assert_eq!(refused["fields"][1]["field"], "activities[1].sets[0].rep");
    // Without the preference, unknown members are ignored. With it, valid bodies are accepted.
    for lenient in ["handling=lenient, handling=strict", "return=minimal"] {
        let kept = send(Method::POST, "/activities", lenient, &run).await.expect(201);
        assert_eq!(kept.header("preference-applied"), "");
    }
    run.as_object_mut().unwrap().retain(|name, _| name != "distance" && name != "sets");
    let kept = send(Method::POST, "/activities", strictly, &run).await.expect(201);
    assert_eq!(kept.header("preference-applied"), "handling=strict");
    let proof =
        json!({"name": "x", "scopes": ["activities:read"], "password": crate::support::PASSWORD});
    send(Method::POST, "/me/tokens", strictly, &proof).await.expect(201);
    send(Method::PUT, "/me/preferences", strictly, &json!({"any": {"name": 1}})).await.expect(200);
}
