//! Clients that do not read the answer.

use std::time::Duration;

use actix_web::http::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::get_as;
use crate::support::{TestApp, User};

/// A client that has read the beginning of the answer and stops there.
async fn reader_of(app: &TestApp, user: &User, path: &str) -> TcpStream {
    let address = app.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n", user.token);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 15];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    stream
}

#[actix_rt::test]
async fn two_exports_of_a_user_are_written_at_a_time() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    // More than the kernel buffers for a connection.
    let large = format!(
        "INSERT INTO activities (user_id, activity_type, started_at, duration_secs, device_data)
         SELECT '{}', 'run', timestamptz '2026-01-01' + n * interval '1 hour', 60,
                jsonb_build_object('x', repeat('0123456789abcdef', 32000))
         FROM generate_series(1, 28) n",
        ann.id
    );
    app.database.execute(&large).await;
    let path = "/activities/export";
    let readers = [reader_of(&app, &ann, path).await, reader_of(&app, &ann, path).await];
    let (base, token) = (app.base.clone(), ann.token.clone());
    let mut third = actix_rt::spawn(get_as(base, token, path.to_owned()));
    assert!(timeout(Duration::from_millis(300), &mut third).await.is_err(), "it does not wait");
    // Other requests of the same user go on, and so do exports of other users.
    app.get_as(&ann, "/activities").await.expect(200);
    app.get_as(&bob, path).await.expect(200);
    app.request(&ann, Method::HEAD, path, None).await.expect(200);
    drop(readers);
    assert_eq!(third.await.unwrap().expect(200).text().lines().count(), 28);
}
