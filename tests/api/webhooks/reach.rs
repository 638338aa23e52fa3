//! Addresses that a webhook never reaches, and the errors that its owner sees.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use super::{delivery_log, hook, run};
use crate::support::{
    TestApp, free_port,
    peer::{Manner, Peer},
    receiver::Receiver,
    until,
};

const UNREACHABLE: &str =
    "the receiver cannot be reached; check the name, address, port and certificate";

#[actix_rt::test]
async fn what_can_never_be_reached_is_refused_at_once() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for url in [
        "https://localhost",
        "https://a.localhost:8443",
        "https://127.0.0.1:8443",
        "https://[::1]:8443",
        "https://[::ffff:127.0.0.1]:8443",
        "https://[::ffff:0:127.0.0.1]:8443",
        "https://[64:ff9b::7f00:1]",
        "https://[5f00::1]",
        "https://[3fff::1]",
        "https://[2002:7f00:1::]",
        "https://0x7f.1",
        "https://2130706433",
        "https://169.254.169.254",
        "https://192.168.1.1",
        "https://nas",
        "https://nas.local",
        "https://hooks.example.com:22",
        "https://hooks.example.com:80",
        "https://1.1.1.1:25",
        "http://hooks.example.com",
        "http://1.1.1.1:8080",
    ] {
        let refused = app.post_as(&ann, "/me/webhooks", &json!({"url": url})).await;
        let refused = refused.expect_error(422, "validation_failed").json();
        assert_eq!(
            (&refused["fields"][0]["field"], &refused["fields"][0]["code"]),
            (&json!("url"), &json!("unreachable")),
            "{url}"
        );
    }
}

#[actix_rt::test]
async fn nothing_inside_the_operators_network_is_reached_by_name() {
    let receiver = Receiver::start();
    // Trusted, but not within the allowed network.
    let app = TestApp::spawn_with(&[
        ("WEBHOOK_ROOT_CERT", receiver.certificate.to_str().unwrap()),
        ("WEBHOOK_ALLOWED_NETWORKS", "10.0.0.0/8"),
    ])
    .await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    assert_eq!(webhook["challenge_error"], UNREACHABLE);
    // Simulates a name that resolved to another address when the challenge was sent.
    app.database.execute("UPDATE webhooks SET verified_at = now()").await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    until("it is refused", async || {
        delivery_log(&app, &ann, &webhook).await[0]["last_error"] == UNREACHABLE
    })
    .await;
    assert!(receiver.posts().is_empty() && receiver.challenges().is_empty());
}

#[actix_rt::test]
async fn neither_words_nor_time_tell_what_there_is() {
    let receiver = Receiver::start();
    let mut settings = receiver.settings();
    settings.push(("DELIVERY_DEADLINE_SECS", "1"));
    let app = TestApp::spawn_with(&settings).await;
    let ann = app.user("ann@example.com").await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().port();
    // Another certificate, no TLS at all, and a plain-text server that does not speak HTTP.
    let (stranger, plain, odd) = (Receiver::start(), Peer::alone(), Peer::alone());
    odd.usually(Manner::Instead("220 mail ESMTP\r\n"));
    let urls = [
        format!("https://localhost:{}/", free_port()),
        format!("https://localhost:{silent}/"),
        format!("https://localhost:{}/", plain.port),
        stranger.url.clone(),
        receiver.url.replace("localhost", "127.0.0.1"),
        "https://no-such-host.example.com/".to_owned(),
        format!("http://localhost:{}/", free_port()),
    ];
    let (owner, at) = (&ann, &app);
    let tries = urls.iter().map(|url| async move {
        let started = Instant::now();
        let webhook = hook(at, owner, &json!({"url": url})).await;
        (webhook, started.elapsed())
    });
    for (webhook, taken) in join_all(tries).await {
        assert_eq!(webhook["challenge_error"], UNREACHABLE, "{}", webhook["url"]);
        assert!(webhook["verified_at"].is_null());
        // Failures that are known at once are reported as late as a timeout.
        assert!(taken >= Duration::from_millis(700), "{}: {taken:?}", webhook["url"]);
    }
    // It agrees, so that its later answers are read.
    let by_http =
        hook(&app, &ann, &json!({"url": format!("http://localhost:{}/", odd.port)})).await;
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    until("it is explained", async || {
        delivery_log(&app, &ann, &by_http).await[0]["last_error"] == UNREACHABLE
    })
    .await;
}

#[actix_rt::test]
async fn by_http_only_within_allowed_networks() {
    let peer = Peer::alone();
    let app = TestApp::spawn_with(&[("WEBHOOK_ALLOWED_NETWORKS", "127.0.0.0/8")]).await;
    let ann = app.user("ann@example.com").await;
    let url = format!("http://127.0.0.1:{}/api/webhook/1", peer.port);
    let webhook = hook(&app, &ann, &json!({"url": url})).await;
    assert!(webhook["verified_at"].is_string(), "{webhook}");
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    until("it is posted", async || peer.requests().len() == 1).await;
    let elsewhere = json!({"url": "http://1.1.1.1/"});
    app.post_as(&ann, "/me/webhooks", &elsewhere).await.expect_error(422, "validation_failed");
}
