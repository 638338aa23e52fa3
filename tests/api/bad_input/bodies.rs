//! Bodies that are too large, not JSON, or not text are told apart by every route that takes a
//! body.

use std::io::Write;

use actix_web::{http::Method, web::Bytes};
use futures_util::stream;

use crate::support::{Answer, TestApp, User};

const KIB: usize = 1024;

/// Every route that takes a body, and the body's size limit.
const ROUTES: [(Method, &str, usize); 13] = [
    (Method::POST, "/auth/register", 64 * KIB),
    (Method::POST, "/auth/verify-email", 64 * KIB),
    (Method::POST, "/auth/resend-verification", 64 * KIB),
    (Method::POST, "/auth/login", 64 * KIB),
    (Method::POST, "/auth/forgot-password", 64 * KIB),
    (Method::POST, "/auth/reset-password", 64 * KIB),
    (Method::POST, "/auth/otp/request", 64 * KIB),
    (Method::POST, "/auth/otp/verify", 64 * KIB),
    (Method::POST, "/me/phone/verification/confirm", 64 * KIB),
    (Method::PUT, "/me/profile", 64 * KIB),
    (Method::PUT, "/me/preferences", 64 * KIB),
    (Method::POST, "/activities", 1024 * KIB),
    (Method::PUT, "/activities/00000000-0000-4000-8000-000000000000", 1024 * KIB),
];

async fn send(app: &TestApp, user: &User, route: (&Method, &str), body: &[u8]) -> Answer {
    let authorization = format!("Bearer {}", user.token);
    let headers = [("authorization", &*authorization), ("content-type", "application/json")];
    app.send(route.0.clone(), route.1, &headers, Some(body.to_vec())).await
}

/// Sends the body without a length, in chunks of 10 KB.
async fn send_chunked(app: &TestApp, user: &User, route: (&Method, &str), body: &[u8]) -> Answer {
    let chunks: Vec<Result<Bytes, std::io::Error>> =
        body.chunks(10_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let request = awc::Client::new()
        .request(route.0.clone(), format!("{}{}", app.base, route.1))
        .insert_header(("content-type", "application/json"))
        .bearer_auth(&user.token)
        .force_close();
    let mut response = request.send_stream(stream::iter(chunks)).await.unwrap();
    Answer {
        method: route.0.to_string(),
        path: route.1.to_owned(),
        status: response.status(),
        headers: response.headers().clone(),
        body: response.body().await.unwrap().to_vec(),
    }
}

#[actix_rt::test]
async fn a_body_that_is_not_declared_as_json_is_refused() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let authorization = format!("Bearer {}", user.token);
    for (method, path, _) in ROUTES {
        for content_type in [
            "",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "application/xml",
            "multipart/form-data; boundary=x",
            "application/jsonx",
            "json",
            "application/+jsonx",
            "nonsense",
        ] {
            let mut headers = vec![("authorization", authorization.as_str())];
            if !content_type.is_empty() {
                headers.push(("content-type", content_type));
            }
            for body in [Some(b"{}".to_vec()), None] {
                let answer = app.send(method.clone(), path, &headers, body).await;
                answer.expect_error(415, "unsupported_media_type");
            }
        }
    }
}

#[actix_rt::test]
async fn a_compressed_body_is_refused_for_that() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let authorization = format!("Bearer {}", user.token);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(b"{}").unwrap();
    let gzip = encoder.finish().unwrap();
    for (method, path, _) in ROUTES {
        for coding in ["gzip", "GZIP", "br", "deflate", "zstd", "gzip, br", "identity, gzip"] {
            let headers = [
                ("authorization", authorization.as_str()),
                ("content-type", "application/json"),
                ("content-encoding", coding),
            ];
            let answer = app.send(method.clone(), path, &headers, Some(gzip.clone())).await;
            let answer = answer.expect_error(415, "unsupported_media_type");
            assert_eq!(answer.header("accept-encoding"), "identity", "{path} {coding}");
            let error = answer.json()["error"].to_string();
            assert!(error.contains("without Content-Encoding"), "{error}");
        }
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
            ("content-encoding", "identity"),
        ];
        let answer = app.send(method.clone(), path, &headers, Some(b"{}".to_vec())).await;
        assert_ne!(answer.status, 415, "{path}");
        // With a wrong media type, the answer does not list encodings.
        let headers = [("authorization", authorization.as_str()), ("content-type", "text/plain")];
        let answer = app.send(method.clone(), path, &headers, Some(gzip.clone())).await;
        assert_eq!(answer.expect(415).header("accept-encoding"), "", "{path}");
    }
}

#[actix_rt::test]
async fn a_body_may_fill_its_limit_and_not_exceed_it() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (method, path, limit) in ROUTES {
        let route = (&method, path);
        let body = |bytes: usize| format!("{{}}{}", " ".repeat(bytes - 2)).into_bytes();
        let full = send(&app, &user, route, &body(limit)).await;
        assert_ne!(full.status, 413, "{path}");
        let chunked = send_chunked(&app, &user, route, &body(limit)).await;
        assert_eq!(chunked.status, full.status, "{path}");
        for bytes in [limit + 1, 4 * limit] {
            send(&app, &user, route, &body(bytes)).await.expect_error(413, "body_too_large");
            send_chunked(&app, &user, route, &body(bytes))
                .await
                .expect_error(413, "body_too_large");
        }
    }
}

#[actix_rt::test]
async fn what_is_no_json_is_told_so_on_every_route() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let deep =
        |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1));
    for (method, path, _) in ROUTES {
        for bad in [
            &b""[..],
            b" ",
            b"{",
            b"}",
            b"{]",
            b"{\"a\":1",
            b"{\"a\":1,}",
            b"{a:1}",
            b"{'a':1}",
            b"{\"a\" 1}",
            b"{} {}",
            b"{}x",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\n\"}",
            b"{\"a\":\"\\x\"}",
            b"{\"a\":01}",
            b"{\"a\":NaN}",
            b"{\"a\":-}",
            b"{\"a\":tru}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\xed\xa0\x80\"}",
            b"{\"a\":\"\xc0\xaf\"}",
            b"{\"\xff\":1}",
            b"\xff\xfe{\0}\0",
            b"\0",
            b"// {}",
            deep(65).as_bytes(),
            deep(30_000).as_bytes(),
            "[".repeat(60_000).as_bytes(),
            r#"{"a":"#.repeat(10_000).as_bytes(),
        ] {
            let answer = send(&app, &user, (&method, path), bad).await;
            assert_eq!(
                answer.status,
                400,
                "{path} {:?}",
                String::from_utf8_lossy(&bad[..bad.len().min(60)])
            );
            answer.expect_error(400, "malformed_json");
        }
        let allowed = send(&app, &user, (&method, path), deep(64).as_bytes()).await;
        assert_ne!(allowed.status, 400, "{path}");
    }
}

#[actix_rt::test]
async fn a_body_that_is_no_object_is_told_so_on_every_route() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    for (method, path, _) in ROUTES {
        for bad in
            "null true 7 -1e308 \"x\" [] [{}] [null] [\"ann@example.com\",\"x\",\"x\"]".split(' ')
        {
            let answer = send(&app, &user, (&method, path), bad.as_bytes()).await;
            let fault = answer.json()["fields"][0].clone();
            let found = (answer.status.as_u16(), fault["field"].as_str(), fault["code"].as_str());
            assert_eq!(found, (422, Some("body"), Some("invalid_type")), "{path} {bad}");
            answer.expect_error(422, "validation_failed");
        }
    }
}
