//! Receivers that answer slowly, with extra data, or with something other than HTTP.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{delivery_log, hook, run};
use crate::support::{
    TestApp,
    peer::{Manner, ODD_MANNERS, Peer},
    until, until_selects,
};

#[actix_rt::test]
async fn an_answer_that_comes_oddly_is_an_answer() {
    let peer = Peer::tls();
    let app = TestApp::spawn_with(&peer.webhook_settings()).await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": peer.webhook_url()})).await;
    // The status counts, whether or not the body ends.
    let endless = Manner::Endless("HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n");
    let manners = ODD_MANNERS.into_iter().chain([endless, Manner::CutOff]);
    for (n, manner) in manners.enumerate() {
        peer.next(&[manner]);
        app.post_as(&ann, "/activities", &run()).await.expect(201);
        until("it is delivered", async || {
            let log = delivery_log(&app, &ann, &webhook).await;
            log.len() == n + 1 && log[0]["delivered_at"].is_string()
        })
        .await;
        let delivery = delivery_log(&app, &ann, &webhook).await[0].clone();
        assert_eq!((&delivery["attempts"], &delivery["response_status"]), (&json!(1), &json!(200)));
        assert_eq!(peer.requests().len(), n + 1, "{manner:?}");
    }
    let request = peer.requests()[0].1.to_ascii_lowercase();
    let host = format!("host: localhost:{}\r\n", peer.port);
    assert!(request.starts_with("post /hook http/1.1\r\n") && request.contains(&host), "{request}");
    assert!(request.contains("connection: close\r\n"), "{request}");
}

#[actix_rt::test]
async fn what_is_no_answer_is_explained_to_its_owner_and_holds_up_nobody() {
    let peer = Peer::tls();
    let app = TestApp::spawn_with(&peer.webhook_settings()).await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": peer.webhook_url()})).await;
    for (manner, sentence) in [
        (Manner::Instead(""), "the connection was closed without a response"),
        (Manner::Instead("HTTP/1.1 20"), "the connection was closed without a response"),
        (Manner::Instead("SSH-2.0-OpenSSH_9.2\r\n"), "the response is not HTTP"),
        (Manner::Instead("HTTP/1.1 999999 OK\r\n\r\n"), "the response is not HTTP"),
        (
            Manner::Instead("HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n"),
            "the response switches to a protocol that was not requested",
        ),
        (Manner::EndlessHead, "the head of the response is too long"),
        (Manner::EndlessInterim, "the head of the response is too long"),
        (Manner::Endless("HTTP/1.1 200 OK\r\nx: "), "no response in time"),
        (Manner::Instead("HTTP/1.1 302 Found\r\nlocation: /b\r\n\r\n"), "answered 302"),
    ] {
        peer.usually(manner);
        let created = app.post_as(&ann, "/activities", &run()).await.expect(201);
        let mut log = Vec::new();
        until("it is explained", async || {
            log = delivery_log(&app, &ann, &webhook).await;
            log[0]["last_error"] != Value::Null
        })
        .await;
        assert_eq!(log[0]["last_error"].as_str().unwrap(), sentence, "{manner:?}");
        // Afterwards a working receiver gets its events, too.
        peer.usually(Manner::AsItIs);
        app.request(&ann, Method::DELETE, created.header("location"), None).await.expect(204);
        until("both are delivered", async || {
            let log = delivery_log(&app, &ann, &webhook).await;
            log.iter().all(|delivery| delivery["delivered_at"].is_string())
        })
        .await;
    }
}

#[actix_rt::test]
async fn a_receiver_that_wants_a_pause_gets_it() {
    let peer = Peer::tls();
    let app = TestApp::spawn_with(&peer.webhook_settings()).await;
    let ann = app.user("ann@example.com").await;
    hook(&app, &ann, &json!({"url": peer.webhook_url()})).await;
    peer.next(&[Manner::Instead("HTTP/1.1 503 Busy\r\nretry-after: 2\r\n\r\n")]);
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    let status = "SELECT status FROM outbox WHERE channel = 'webhook'";
    until_selects(&app.database, status, "sent").await;
    let requests = peer.requests();
    assert!(requests[1].0 - requests[0].0 >= Duration::from_secs(2), "{requests:?}");

    // The receiver may ask for any pause up to a limit, and only for that event.
    peer.next(&[Manner::Instead(
        "HTTP/1.1 429 Later\r\nretry-after: 18446744073709551615\r\n\r\n",
    )]);
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    let pause = "SELECT string_agg(status || ' ' || round(extract(epoch FROM not_before - now()) / 3600), ', ')
                 FROM outbox WHERE channel = 'webhook' AND status <> 'sent'";
    until_selects(&app.database, pause, "queued 24").await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    let count = "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND status = 'sent'";
    until_selects(&app.database, count, "2").await;
}
