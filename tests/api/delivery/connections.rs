//! Connections to the mail server: reused between mails, closed when in doubt, encrypted.

use std::{sync::Arc, time::Duration};

use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};

use super::{STATES, enqueue, register_only};
use crate::support::{Database, SmtpServer, Stage, TestApp, until_selects};

const ROW: &str =
    "SELECT concat_ws(' ', status, attempts, last_error_class, last_error_code) FROM outbox";

#[actix_rt::test]
async fn mails_share_connections() {
    let app = TestApp::spawn_with(&[("DELIVERY_IN_FLIGHT", "1")]).await;
    enqueue(&app, 250).await;
    until_selects(&app.database, STATES, "sent 250").await;
    // 100 mails per connection.
    assert_eq!(app.smtp.connections(), 3);
    assert_eq!((app.smtp.heard("EHLO").len(), app.smtp.heard("RSET").len()), (3, 0));
}

#[actix_rt::test]
async fn a_connection_that_the_server_closed_costs_no_attempt() {
    for last_words in ["", "421 4.4.2 idle for too long"] {
        let app = TestApp::spawn().await;
        register_only(&app, "ann@example.com").await;
        until_selects(&app.database, STATES, "sent 1").await;
        app.smtp.hang_up(last_words);
        app.database.execute("DELETE FROM outbox").await;
        register_only(&app, "bob@example.com").await;
        until_selects(&app.database, ROW, "sent 1").await;
        assert_eq!(app.smtp.connections(), 2);
    }
}

#[actix_rt::test]
async fn a_connection_that_is_refused_only_when_it_is_used_costs_no_attempt() {
    for (stage, reply) in [
        (Stage::Mail, "421 4.4.2 idle for too long"),
        (Stage::Mail, "452 4.5.3 too many messages on this connection"),
        (Stage::Mail, ""),
        (Stage::Rcpt, ""),
        (Stage::Data, "421 4.3.2 closing"),
    ] {
        let app = TestApp::spawn().await;
        register_only(&app, "ann@example.com").await;
        until_selects(&app.database, STATES, "sent 1").await;
        app.smtp.answer(stage, 1, reply);
        app.database.execute("DELETE FROM outbox").await;
        register_only(&app, "bob@example.com").await;
        until_selects(&app.database, ROW, "sent 1").await;
        assert_eq!(app.smtp.connections(), 2, "{reply}");
    }
}

#[actix_rt::test]
async fn a_mail_takes_no_time_of_tcp_timers() {
    let app = TestApp::spawn_with(&[("DELIVERY_IN_FLIGHT", "1")]).await;
    enqueue(&app, 30).await;
    until_selects(&app.database, STATES, "sent 30").await;
    let (data, mail) = (app.smtp.heard("DATA"), app.smtp.heard("MAIL"));
    // The time from one mail's DATA to the next mail. Nagle's algorithm and a delayed
    // acknowledgement would add 40 ms to each.
    let quickest = data.iter().zip(&mail[1..]).map(|(data, next)| *next - *data).min().unwrap();
    assert!(quickest < Duration::from_millis(40), "{quickest:?}");
}

#[actix_rt::test]
async fn a_stop_takes_leave() {
    let app = TestApp::spawn().await;
    register_only(&app, "ann@example.com").await;
    until_selects(&app.database, STATES, "sent 1").await;
    let smtp = app.smtp.clone();
    drop(app);
    assert_eq!(smtp.heard("QUIT").len(), 1);
}

#[actix_rt::test]
async fn nothing_is_said_in_plain_text_where_tls_is_wanted() {
    let app = TestApp::spawn_with(&[
        ("SMTP_TLS", "starttls"),
        ("SMTP_USER", "ann"),
        ("SMTP_PASS", "sesame"),
    ])
    .await;
    register_only(&app, "ann@example.com").await;
    let row = "SELECT last_error_class || ' ' || last_error_code FROM outbox";
    until_selects(&app.database, row, "transport not offered at STARTTLS").await;
    assert!(app.smtp.heard("AUTH").is_empty() && app.smtp.heard("MAIL").is_empty());
}

#[actix_rt::test]
async fn mails_go_over_tls_to_a_server_whose_certificate_is_trusted() {
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let smtp = SmtpServer::start_with_tls(TlsAcceptor::from(Arc::new(config))).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), certified.cert.pem()).unwrap();
    let settings = [
        ("SMTP_HOST", "localhost"),
        ("SMTP_TLS", "starttls"),
        ("SMTP_USER", "ann"),
        ("SMTP_PASS", "sesame"),
    ];
    let app = TestApp::spawn_on(Database::new().await, smtp, &settings).await;
    register_only(&app, "ann@example.com").await;
    let row = "SELECT last_error_class || ' ' || last_error_code FROM outbox";
    let untrusted = "transport invalid peer certificate: UnknownIssuer at TLS";
    until_selects(&app.database, row, untrusted).await;
    assert!(app.smtp.heard("AUTH").is_empty() && app.smtp.heard("MAIL").is_empty());

    let root = ("SMTP_ROOT_CERT", file.path().to_str().unwrap());
    let [host, tls, user, pass] = settings;
    let app = app.restarted(&[host, tls, user, pass, root]).await;
    app.smtp.mail_to("ann@example.com").await;
    until_selects(&app.database, STATES, "sent 1").await;
    enqueue(&app, 20).await;
    until_selects(&app.database, STATES, "sent 21").await;
    assert_eq!(app.smtp.heard("STARTTLS").len(), app.smtp.connections());
}
