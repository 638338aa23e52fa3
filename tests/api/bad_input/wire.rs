//! Input that is barely HTTP: the server refuses it or closes the connection, and keeps running.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::TestApp;

/// Sends `bytes`, closes the sending side, and returns everything that comes back.
async fn exchange(app: &TestApp, bytes: &[u8]) -> String {
    let address = app.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let conversation = async {
        // The server may close before everything is sent.
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8(answer).unwrap()
    };
    let answer = tokio::time::timeout(Duration::from_secs(20), conversation).await;
    answer.expect("the server neither answers nor hangs up")
}

/// The status of the only answer, or 0 if there is no answer.
fn status(answer: &str) -> u16 {
    let Some(line) = answer.lines().next() else { return 0 };
    let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5));
    status.unwrap_or_else(|| panic!("{answer}")).parse().unwrap()
}

async fn is_refused(app: &TestApp, bytes: &[u8]) {
    let what = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
    let answer = exchange(app, bytes).await;
    let status = status(&answer);
    assert!(status == 0 || (400..500).contains(&status), "{what:?}: {answer}");
    app.get("/healthz").await.expect(200);
}

#[actix_rt::test]
async fn a_garbled_request_head_is_refused() {
    let app = TestApp::spawn().await;
    let many_headers = format!("GET /me HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-A: b\r\n".repeat(500));
    let long_header =
        format!("GET /me HTTP/1.1\r\nHost: a\r\nX-A: {}\r\n\r\n", "b".repeat(1 << 20));
    let long_path = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "b".repeat(1 << 20));
    for bytes in [
        "".as_bytes(),
        b"\r\n\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET  /me  HTTP/1.1\r\n\r\n",
        b"GET /me HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET /m e HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /me\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\0\xff\x80 /me HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET me HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /me HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /me HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n",
        b"GET /me HTTP/1.1\r\nHost: a\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        many_headers.as_bytes(),
        long_header.as_bytes(),
        long_path.as_bytes(),
    ] {
        is_refused(&app, bytes).await;
    }
}

#[actix_rt::test]
async fn a_body_that_is_not_as_announced_is_refused() {
    let app = TestApp::spawn().await;
    let json = r#"{"email":"ann@example.com","password":"x"}"#;
    for (headers, body) in [
        ("Content-Length: 1000", json),
        ("Content-Length: -1", json),
        ("Content-Length: abc", json),
        ("Content-Length: 18446744073709551616", json),
        ("Content-Length: 42, 43", json),
        ("Content-Length: 42\r\nContent-Length: 43", json),
        ("Content-Length: 42\r\nTransfer-Encoding: chunked", json),
        ("Transfer-Encoding: chunked", "2a\r\n{\"email\":"),
        ("Transfer-Encoding: chunked", "nonsense\r\n"),
        ("Transfer-Encoding: chunked", "-1\r\n{}\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", "2\r\n{}garbage\r\n0\r\n\r\n"),
        ("Transfer-Encoding: sideways", json),
        ("", json),
    ] {
        let head = "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json";
        is_refused(&app, format!("{head}\r\n{headers}\r\n\r\n{body}").as_bytes()).await;
    }
}

#[actix_rt::test]
async fn who_sends_all_before_listening_is_answered_too() {
    let app = TestApp::spawn().await;
    let body = "x".repeat(4 << 20);
    for (path, headers, expected) in [
        ("/activities", "Content-Type: application/json\r\n", 401),
        ("/auth/login", "Content-Type: application/json\r\n", 413),
        ("/auth/login", "", 415),
        ("/nothing", "", 404),
        ("/me", "", 405),
    ] {
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: {}", 4 << 20);
        let answer = exchange(&app, format!("{head}\r\n\r\n{body}").as_bytes()).await;
        assert_eq!(status(&answer), expected, "{path}: {answer}");
    }
}
