//! Protection for browsers, proxies, and against slow or hostile clients: security.md rows 25 and
//! 27.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use actix_web::http::Method;
use serde_json::json;

use crate::support::{TestApp, until};

const APP: &str = "https://app.example.com";

#[actix_rt::test]
async fn pages_of_allowed_origins_may_use_the_api_and_no_others() {
    let app = TestApp::spawn_with(&[(
        "CORS_ALLOWED_ORIGINS",
        "https://app.example.com, http://localhost:5173",
    )])
    .await;
    for origin in [APP, "http://localhost:5173"] {
        let preflight = [
            ("origin", origin),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "authorization,content-type,if-match"),
        ];
        let answer = app.send(Method::OPTIONS, "/activities/x", &preflight, None).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        // Errors, too, so that a page can read what is wrong.
        let answer = app.send(Method::GET, "/me", &[("origin", origin)], None).await.expect(401);
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        let exposed = answer.header("access-control-expose-headers").to_lowercase();
        assert!(
            ["etag", "ratelimit", "x-request-id"].iter().all(|name| exposed.contains(name)),
            "{exposed}"
        );
    }
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.com.evil.example",
        "http://app.example.com",
    ] {
        let answer =
            app.send(Method::GET, "/healthz", &[("origin", origin)], None).await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        let preflight = [("origin", origin), ("access-control-request-method", "PUT")];
        let answer = app.send(Method::OPTIONS, "/activities/x", &preflight, None).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
    let closed = TestApp::spawn().await;
    let answer = closed.send(Method::GET, "/healthz", &[("origin", APP)], None).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[actix_rt::test]
async fn only_a_server_behind_tls_says_so() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/healthz").await.header("strict-transport-security"), "max-age=31536000");
    let plain = TestApp::spawn_with(&[("APP_BASE_URL", "http://localhost:3000")]).await;
    assert_eq!(plain.get("/healthz").await.header("strict-transport-security"), "");
}

#[actix_rt::test]
async fn a_request_keeps_the_id_it_came_with_if_that_is_sane() {
    let app = TestApp::spawn().await;
    for sane in ["0123abcd", "trace.7_of-9", &"x".repeat(64)] {
        let answer = app.send(Method::GET, "/nothing", &[("x-request-id", sane)], None).await;
        assert_eq!(answer.header("x-request-id"), sane);
        assert_eq!(answer.json()["request_id"], sane);
    }
    for other in ["short", &"x".repeat(65), "with space", "quote\"quote", "ключключ", "<script>"]
    {
        let answer = app.send(Method::GET, "/healthz", &[("x-request-id", other)], None).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{other}");
    }
}

#[actix_rt::test]
async fn long_answers_are_compressed_where_asked_for_and_short_ones_not() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let body =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 1});
    for _ in 0..10 {
        app.post_as(&ann, "/activities", &body).await.expect(201);
    }
    let authorization = format!("Bearer {}", ann.token);
    for (path, accepted, encoding) in [
        ("/activities", "gzip", "gzip"),
        ("/activities/export", "gzip", "gzip"),
        // No encoding that the server has: plain text instead of no answer.
        ("/activities", "br, identity;q=0", ""),
        ("/activities", "*;q=0", ""),
        ("/activities", "identity", ""),
        ("/me", "gzip", ""),
        ("/nothing", "gzip", ""),
    ] {
        let headers = [("authorization", authorization.as_str()), ("accept-encoding", accepted)];
        let answer = app.send(Method::GET, path, &headers, None).await;
        assert_eq!(answer.header("content-encoding"), encoding, "{path} {accepted}");
    }
}

/// Sends `sent` and reads until the server closes, for 30 seconds at most. Returns the answer and
/// the time it took.
fn until_closed(app: &TestApp, sent: &[u8]) -> (String, Duration) {
    let start = std::time::Instant::now();
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(sent).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    (String::from_utf8_lossy(&answer).into_owned(), start.elapsed())
}

#[actix_rt::test]
async fn slow_headers_and_slow_bodies_end() {
    let app = TestApp::spawn().await;
    let body = b"POST /auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
    let parts: [&[u8]; 2] = [b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow", body];
    std::thread::scope(|scope| {
        let ends = parts.map(|sent| scope.spawn(|| until_closed(&app, sent)));
        for end in ends {
            let (answer, took) = end.join().unwrap();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
            assert!(took < Duration::from_secs(25), "{took:?}");
        }
    });
}

#[actix_rt::test]
async fn while_hundreds_are_slow_others_are_served() {
    let app = TestApp::spawn().await;
    let address = app.base.trim_start_matches("http://").to_owned();
    let slow: Vec<TcpStream> = (0..300)
        .map(|n| {
            let mut stream = TcpStream::connect(&address).unwrap();
            let start: &[u8] = if n % 2 == 0 { b"GET /healthz HTTP/1.1\r\nx-a: " } else { b"GE" };
            stream.write_all(start).unwrap();
            stream
        })
        .collect();
    let ann = app.user("ann@example.com").await;
    for _ in 0..20 {
        app.get_as(&ann, "/me").await.expect(200);
    }
    // The slow clients are disconnected.
    until("the slow ones are gone", async || {
        slow.iter().all(|stream| {
            stream.set_nonblocking(true).unwrap();
            let mut rest = [0; 512];
            let mut stream: &TcpStream = stream;
            loop {
                match stream.read(&mut rest) {
                    Ok(0) => break true,
                    Ok(_) => {}
                    Err(error) => break error.kind() != std::io::ErrorKind::WouldBlock,
                }
            }
        })
    })
    .await;
}
