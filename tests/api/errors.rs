//! What all errors have in common: body, headers, codes, and how clients recover.

use std::collections::HashSet;

use actix_web::http::Method;
use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Database, PASSWORD, TestApp, cluster_url, contract};

/// Every route and the methods it allows, from the OpenAPI document.
fn routes() -> Vec<(String, String)> {
    let paths = contract::DOCUMENT["paths"].as_object().unwrap();
    let routes = paths.iter().map(|(path, item)| {
        let mut methods: Vec<_> =
            item.as_object().unwrap().keys().map(|m| m.to_uppercase()).collect();
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        methods.sort();
        let path = path.replace("{id}", "00000000-0000-4000-8000-000000000000");
        let path = path.replace("{provider}", "google").replace("{file}", "swagger-ui.css");
        let path = path.replace("{folder}", "views");
        (path, methods.join(", "))
    });
    routes.collect()
}

#[actix_rt::test]
async fn an_unknown_path_is_not_found() {
    let app = TestApp::spawn().await;
    let paths =
        "/nothing /me/ /ME /me/profile/x /activities/ /activities/1/2 /auth /auth/login/ //me
                 /me%2fprofile /% /%zz /%ff%00";
    for path in paths.split_whitespace() {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let answer = app.send(method, path, &[], None).await;
            let body = answer.expect_error(404, "not_found").json();
            let mut names: Vec<&String> = body.as_object().unwrap().keys().collect();
            names.sort();
            assert_eq!(names, ["code", "error", "request_id"]);
        }
    }
}

#[actix_rt::test]
async fn a_wrong_method_is_told_the_right_ones_on_every_route() {
    let app = TestApp::spawn().await;
    for (path, allow) in routes() {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"]
        {
            if allow.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let answer = app.send(method.parse().unwrap(), &path, &[], None).await;
            let mut allowed: Vec<&str> = answer.header("allow").split(", ").collect();
            allowed.sort_unstable();
            assert_eq!(allowed.join(", "), allow, "{method} {path}");
            if method == "HEAD" {
                assert!(answer.expect(405).body.is_empty());
            } else {
                answer.expect_error(405, "method_not_allowed");
            }
        }
    }
}

#[actix_rt::test]
async fn head_is_answered_as_get_is_on_every_route() {
    let app = TestApp::spawn().await;
    for (path, _) in routes().iter().filter(|(_, allow)| allow.contains("HEAD")) {
        let get = app.get(path).await;
        let head = app.send(Method::HEAD, path, &[], None).await.expect(get.status.as_u16());
        assert!(head.body.is_empty(), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        // The metrics change with every request.
        if path != "/metrics" {
            assert_eq!(head.header("content-length"), get.header("content-length"), "{path}");
        }
    }
}

#[actix_rt::test]
async fn protected_routes_look_at_the_token_first() {
    let app = TestApp::spawn().await;
    let json = [("content-type", "application/json")];
    let is_protected =
        |path: &str| path == "/me" || path.starts_with("/me/") || path.starts_with("/activities");
    for (path, allow) in routes().iter().filter(|(path, _)| is_protected(path)) {
        for method in allow.split(", ").filter(|method| *method != "HEAD") {
            let method: Method = method.parse().unwrap();
            let answer = app.send(method, path, &json, Some(b"{]".to_vec())).await;
            let answer = answer.expect_error(401, "missing_token");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
    }
}

#[actix_rt::test]
async fn every_answer_has_an_id_of_its_own_and_the_headers_that_protect_it() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let mut ids = HashSet::new();
    let given = [("x-request-id", "chosen by the client")];
    for answer in [
        app.get_as(&user, "/me").await.expect(200),
        app.get_as(&user, "/activities").await.expect(200),
        app.put_as(&user, "/me/profile", &json!({})).await.expect(200),
        app.put_as(&user, "/me/profile", &json!([7])).await.expect(422),
        app.login("ann@example.com", PASSWORD).await.expect(200),
        app.login("ann@example.com", "wrong").await.expect(401),
        app.send(Method::GET, "/healthz", &given, None).await.expect(200),
        app.get("/readyz").await.expect(200),
        app.get("/activities").await.expect(401),
        app.get("/nothing").await.expect(404),
        app.get("/auth/login").await.expect(405),
        app.post("/auth/login", &json!("x".repeat(70_000))).await.expect(413),
        app.send(Method::POST, "/auth/login", &[], None).await.expect(415),
    ] {
        let expected = [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            (
                "cache-control",
                if answer.path == "/activities" && answer.status == 200 {
                    "private, no-cache"
                } else {
                    "no-store"
                },
            ),
        ];
        for (name, value) in expected {
            assert_eq!(answer.header(name), value, "{}", answer.path);
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{}: {policy}", answer.path);
        for name in ["server", "x-powered-by", "access-control-allow-origin"] {
            assert_eq!(answer.header(name), "", "{}", answer.path);
        }
        let id = answer.header("x-request-id");
        assert!(id.len() >= 32 && ids.insert(id.to_owned()), "{}: {id}", answer.path);
    }
}

/// Closes the database to new connections and terminates the existing ones, or opens it again.
async fn set_open(name: &str, open: bool) {
    let server = Database::at(cluster_url("postgres"));
    server.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {open}")).await;
    if !open {
        let end =
            "SELECT bool_and(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname";
        assert_ne!(server.text(&format!("{end} = '{name}'")).await, "false");
    }
}

#[actix_rt::test]
async fn without_a_database_everyone_is_told_when_to_come_back_and_all_recovers() {
    // The relay does not poll: it has to listen again after the outage.
    let app = TestApp::spawn_with(&[("DELIVERY_POLL_SECS", "600")]).await;
    let user = app.user("ann@example.com").await;
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1});
    let created = app.post_as(&user, "/activities", &run).await.expect(201);
    let one = created.header("location");
    let token = "A".repeat(43);
    let bob = json!({"email": "bob@example.com", "password": PASSWORD, "token": token, "new_password": PASSWORD});
    let name = app.database.text("SELECT current_database()").await;
    for _ in 0..2 {
        set_open(&name, false).await;
        for (method, path, body) in [
            (Method::GET, "/readyz", None),
            (Method::GET, "/me", None),
            (Method::PUT, "/me/profile", Some(&bob)),
            (Method::PUT, "/me/preferences", Some(&bob)),
            (Method::GET, "/activities", None),
            (Method::POST, "/activities", Some(&run)),
            (Method::GET, one, None),
            (Method::PUT, one, Some(&run)),
            (Method::DELETE, one, None),
            (Method::POST, "/auth/register", Some(&bob)),
            (Method::POST, "/auth/verify-email", Some(&bob)),
            (Method::POST, "/auth/resend-verification", Some(&bob)),
            (Method::POST, "/auth/login", Some(&bob)),
            (Method::POST, "/auth/forgot-password", Some(&bob)),
            (Method::POST, "/auth/reset-password", Some(&bob)),
        ] {
            let answer = app.request(&user, method, path, body).await;
            let answer = answer.expect_error(503, "database_unavailable");
            assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0, "{path}");
            assert!(!answer.text().contains(&name), "{}", answer.text());
        }
        app.get("/healthz").await.expect(200);
        app.get("/verify-email").await.expect(200);
        app.get_as(&user, "/activities?limit=0").await.expect_error(400, "invalid_parameter");
        set_open(&name, true).await;
        app.get("/readyz").await.expect(200);
        app.get_as(&user, "/me").await.expect(200);
        app.get_as(&user, one).await.expect(200);
        app.post_as(&user, "/activities", &run).await.expect(201);
        app.post("/auth/register", &bob).await.expect(202);
        app.smtp.mail_to("bob@example.com").await;
    }
}

#[actix_rt::test]
async fn a_database_that_does_not_answer_in_time_is_busy() {
    let impatient = [("DATABASE_STATEMENT_TIMEOUT_SECS", "1.5"), ("DATABASE_WAIT_SECS", "0.5")];
    let app = TestApp::spawn_with(&impatient).await;
    let user = app.user("ann@example.com").await;
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1});
    let mut lock = app.database.connect().await;
    lock.batch_execute("BEGIN; LOCK TABLE activities IN ACCESS EXCLUSIVE MODE").await.unwrap();
    app.get_as(&user, "/activities").await.expect_error(503, "busy");
    // The pool has four connections: four requests wait for the lock, the others for a connection.
    let posts = (0..8).map(|_| app.post_as(&user, "/activities", &run));
    for answer in join_all(posts).await {
        let answer = answer.expect_error(503, "busy");
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    }
    lock.batch_execute("ROLLBACK").await.unwrap();
    app.post_as(&user, "/activities", &run).await.expect(201);
    app.get_as(&user, "/activities").await.expect(200);
}
