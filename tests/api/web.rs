//! How the web client is served: only to browsers, with entity tags, without inline scripts.

use actix_web::http::Method;

use crate::support::{Answer, TestApp};

const BROWSER: [(&str, &str); 1] =
    [("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")];

async fn open(app: &TestApp, path: &str) -> Answer {
    app.send(Method::GET, path, &BROWSER, None).await
}

#[actix_rt::test]
async fn a_browser_gets_a_page_and_all_others_what_they_got() {
    let app = TestApp::spawn_with(&[("APP_NAME", r#"Anna & "Bo" <b>"#)]).await;
    let page = open(&app, "/").await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("vary"), "accept");
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert!(page.text().contains("<title>Anna &amp; &quot;Bo&quot; &lt;b></title>"));
    assert!(!page.text().contains("{{"), "{}", page.text());
    open(&app, "/?utm_source=mail").await.expect(200);
    let manifest = app.get("/app/manifest.webmanifest").await.expect(200);
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    assert_eq!(manifest.json()["name"], r#"Anna & "Bo" <b>"#);
    app.get("/").await.expect_error(404, "not_found");
    for accept in ["*/*", "application/json", ""] {
        let answer = app.send(Method::GET, "/", &[("accept", accept)], None).await;
        answer.expect_error(404, "not_found");
    }
    open(&app, "/nothing").await.expect_error(404, "not_found");
}

#[actix_rt::test]
async fn its_policy_allows_no_script_but_its_own_files() {
    let app = TestApp::spawn().await;
    let page = open(&app, "/").await.expect(200);
    for answer in [&page, &app.get("/app/main.js").await.expect(200)] {
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
        assert!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
    // Each file that the page names is there.
    let text = page.text();
    let named = text.split('"').filter(|part| part.starts_with("/app/"));
    assert!(named.clone().count() > 4, "{text}");
    for path in named {
        app.get(path).await.expect(200);
    }
}

#[actix_rt::test]
async fn files_have_types_and_tags() {
    let app = TestApp::spawn().await;
    for (path, content_type) in [
        ("/app/main.js", "text/javascript; charset=utf-8"),
        ("/app/data/http.js", "text/javascript; charset=utf-8"),
        ("/app/style/base.css", "text/css; charset=utf-8"),
        ("/app/icon.svg", "image/svg+xml"),
    ] {
        let file = app.get(path).await.expect(200);
        assert_eq!(file.header("content-type"), content_type, "{path}");
        let tag = file.header("etag");
        assert!(tag.starts_with('"'), "{tag}");
        let known = [("if-none-match", tag)];
        assert!(app.send(Method::GET, path, &known, None).await.expect(304).body.is_empty());
        let zipped = [("accept-encoding", "gzip")];
        let zipped = app.send(Method::GET, path, &zipped, None).await.expect(200);
        let is_small = file.body.len() < 1024;
        assert_eq!(zipped.header("content-encoding"), if is_small { "" } else { "gzip" });
    }
    for path in [
        "/app/",
        "/app/nothing.js",
        "/app/index.html",
        "/app/main",
        "/app/views",
        "/app/../Cargo.toml",
        "/app/..%2f..%2fsrc/main.js",
        "/app/%2e%2e/main.js",
    ] {
        app.get(path).await.expect_error(404, "not_found");
    }
}

#[actix_rt::test]
async fn the_service_worker_serves_every_file_of_one_version() {
    let app = TestApp::spawn().await;
    let worker = app.get("/app/data/worker.js").await.expect(200);
    assert_eq!(worker.header("service-worker-allowed"), "/");
    assert_eq!(app.get("/app/data/http.js").await.header("service-worker-allowed"), "");
    let text = worker.text();
    assert!(!text.contains("{{"), "{text}");
    let files = text.split("const FILES = \"").nth(1).unwrap().split('"').next().unwrap();
    let files: Vec<_> = files.split(' ').collect();
    assert!(files.contains(&"/") && !files.contains(&"/app/data/worker.js"), "{files:?}");
    for path in &files {
        open(&app, path).await.expect(200);
    }
    let count = files.iter().filter(|path| path.ends_with(".js")).count();
    assert!(count > 50, "{count} scripts");
    // A page with another name is another version.
    let renamed = app.restarted(&[("APP_NAME", "Another")]).await;
    assert_ne!(renamed.get("/app/data/worker.js").await.text(), text);
}

#[actix_rt::test]
async fn it_can_be_turned_off() {
    let app = TestApp::spawn_with(&[("WEB_CLIENT", "off")]).await;
    open(&app, "/").await.expect_error(404, "not_found");
    open(&app, "/app/main.js").await.expect_error(404, "not_found");
    assert!(!open(&app, "/verify-email").await.expect(200).text().contains("href=\"/\""));
    let app = app.restarted(&[]).await;
    assert!(open(&app, "/verify-email").await.expect(200).text().contains("href=\"/\""));
}

#[actix_rt::test]
async fn login_methods_are_listed_without_a_login() {
    let app = TestApp::spawn().await;
    let methods = app.get("/auth/login-methods").await.expect(200).json();
    assert_eq!(
        methods,
        serde_json::json!({"channels": ["email"], "providers": [], "registration": "open"})
    );
    let oidc = [
        ("OIDC_ISSUER", "https://id.example.com"),
        ("OIDC_CLIENT_ID", "sports-log"),
        ("OIDC_CLIENT_SECRET", "a secret of the provider"),
        ("OAUTH_TOKEN_KEY", "P7dK3mX9qL2vB8nR5tY1wZ6cF4hJ0gSaUeIo"),
        ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000"),
        ("TWILIO_AUTH_TOKEN", "token"),
        ("TWILIO_FROM_NUMBER", "+15005550006"),
    ];
    let methods = app.restarted(&oidc).await.get("/auth/login-methods").await.expect(200).json();
    let expected = serde_json::json!({
        "channels": ["email", "sms"], "providers": ["oidc"], "registration": "open",
    });
    assert_eq!(methods, expected);
}
