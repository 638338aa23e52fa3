//! Ways to upload files.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use actix_web::http::Method;
use serde_json::json;

use super::{MORNING, finished, gzip, import, outcomes, upload};
use crate::support::{TestApp, fit, until_selects};

#[actix_rt::test]
async fn only_a_single_file_may_be_encoded_and_only_by_gzip() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let authorization = format!("Bearer {}", ann.token);
    let send = async |content_type: &str, coding: &str, content: Vec<u8>| {
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", content_type),
            ("content-encoding", coding),
        ];
        app.send(Method::POST, "/imports?name=run.fit", &headers, Some(content)).await
    };
    let file = gzip(&fit::run(MORNING, 600));
    for (content_type, coding) in [
        ("application/octet-stream", "br"),
        ("application/octet-stream", "gzip, gzip"),
        ("multipart/form-data; boundary=x", "gzip"),
    ] {
        let refused = send(content_type, coding, file.clone()).await;
        let refused = refused.expect_error(415, "unsupported_media_type");
        assert_eq!(refused.header("accept-encoding"), "identity");
    }
    let taken = send("application/octet-stream", "gzip", file).await.expect(202);
    let import = finished(&app, &ann, taken.header("location")).await;
    assert_eq!(import["counts"]["activities"], 1, "{import}");
}

#[actix_rt::test]
async fn a_form_may_bring_several_files() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut body = Vec::new();
    let mut part = |disposition: &str, content: &[u8]| {
        body.extend(
            format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n").bytes(),
        );
        body.extend(content);
        body.extend(b"\r\n");
    };
    part("name=\"note\"", b"not a file");
    part("name=\"file\"; filename=\"one.fit\"", &fit::run(MORNING, 60));
    part("name=\"file\"; filename=\"two.fit\"", &fit::run(MORNING + 3600, 60));
    body.extend(b"--b--\r\n");
    let authorization = format!("Bearer {}", ann.token);
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "multipart/form-data; boundary=b"),
    ];
    let send = async |body: Vec<u8>| app.send(Method::POST, "/imports", &headers, Some(body)).await;
    let answer = send(body.clone()).await.expect(202);
    let import = finished(&app, &ann, answer.header("location")).await;
    let names: Vec<_> =
        outcomes(&import).into_iter().map(|(name, outcome, _)| (name, outcome)).collect();
    let expected = [("one.fit", "imported"), ("two.fit", "imported")];
    assert_eq!(names, expected.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())));
    // Without its end, a form is refused.
    let cut = body[..body.len() - 30].to_vec();
    let refused = send(cut).await.expect_error(400, "malformed_request");
    assert!(refused.text().contains("the form ends early"), "{}", refused.text());
    // A name that is not UTF-8.
    let mut odd =
        b"--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"L\xe4ufe\"\r\n\r\n"
            .to_vec();
    odd.extend(b"x\r\n--b--\r\n");
    let refused = send(odd).await.expect_error(400, "malformed_request");
    assert!(refused.text().contains("names must be UTF-8"), "{}", refused.text());
    send(b"--b--\r\n".to_vec()).await.expect_error(400, "malformed_request");
    assert_eq!(app.database.text("SELECT count(*) FROM imports").await, "1");
}

#[actix_rt::test]
async fn what_is_too_large_or_empty_is_refused_and_nothing_of_it_stays() {
    let app = TestApp::spawn_with(&[("IMPORT_MAX_BYTES", "3M")]).await;
    let ann = app.user("ann@example.com").await;
    upload(&app, &ann, "a.fit", b"").await.expect_error(400, "malformed_request");
    upload(&app, &ann, "a.fit", &vec![0; (3 << 20) + 1]).await.expect_error(413, "body_too_large");
    upload(&app, &ann, "a.fit", &vec![0; 9 << 20]).await.expect_error(413, "body_too_large");
    assert_eq!(app.database.text("SELECT count(*) FROM imports").await, "0");
    let import = import(&app, &ann, "a.fit", &vec![0; 3 << 20]).await;
    assert_eq!(
        (&import["bytes"], &import["files"][0]["code"]),
        (&json!(3 << 20), &json!("unknown_format"))
    );
    app.post("/imports", &json!({})).await.expect_error(401, "missing_token");
}

#[actix_rt::test]
async fn an_upload_that_breaks_off_is_forgotten() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Length: 5000000\r\n\r\n",
        ann.token
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![0; 2 << 20]).unwrap();
    until_selects(&app.database, "SELECT count(*) >= 1 FROM import_chunks", "true").await;
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    until_selects(&app.database, "SELECT count(*) FROM imports", "0").await;
}

#[actix_rt::test]
async fn an_upload_that_is_cancelled_stays_cancelled() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let (most, rest) = (vec![0; 3 << 20], [0; 10]);
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /imports HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
        ann.token,
        most.len() + rest.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&most).unwrap();
    // Waits until everything that was sent has been read: if a server closes earlier, its answer is
    // lost.
    until_selects(&app.database, "SELECT sum(octet_length(data)) FROM import_chunks", "3145728")
        .await;
    let imports = app.get_as(&ann, "/imports").await.expect(200).json();
    let path = format!("/imports/{}", imports["imports"][0]["id"].as_str().unwrap());
    app.request(&ann, Method::DELETE, &path, None).await.expect(204);
    stream.write_all(&rest).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("was cancelled"), "{answer}");
    assert_eq!(app.get_as(&ann, &path).await.expect(200).json()["status"], "cancelled");
    assert_eq!(app.database.text("SELECT count(*) FROM import_chunks").await, "0");
}

#[actix_rt::test]
async fn a_token_reads_or_writes_as_its_scopes_say() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let token = async |scope: &str| {
        let body = json!({"name": scope, "scopes": [scope], "password": crate::support::PASSWORD});
        let token =
            app.post_as(&ann, "/me/tokens", &body).await.expect(201).json()["token"].clone();
        crate::support::User { token: token.as_str().unwrap().to_owned(), ..ann.clone() }
    };
    let (reader, writer) = (token("activities:read").await, token("activities:write").await);
    let file = fit::run(MORNING, 60);
    upload(&app, &reader, "a.fit", &file).await.expect_error(403, "insufficient_scope");
    let location =
        upload(&app, &writer, "a.fit", &file).await.expect(202).header("location").to_owned();
    finished(&app, &reader, &location).await;
    app.get_as(&writer, &location).await.expect_error(403, "insufficient_scope");
    app.request(&reader, Method::DELETE, &location, None)
        .await
        .expect_error(403, "insufficient_scope");
}
