//! The content of a mail.

use crate::support::{Mail, PASSWORD, TestApp};

#[actix_rt::test]
async fn a_mail_is_known_by_the_id_of_its_row() {
    let app = TestApp::spawn().await;
    let mail = app.register("ann@example.com", PASSWORD).await;
    let id = app.database.text("SELECT id FROM outbox").await;
    assert_eq!(mail.header("Message-ID"), format!("<{id}@log.example>"));
    crate::support::until_selects(
        &app.database,
        "SELECT status || ' ' || provider_id || ' ' || attempts FROM outbox",
        "sent queued as 4711 1",
    )
    .await;
}

#[actix_rt::test]
async fn a_mail_comes_from_the_configured_sender_and_asks_for_no_automatic_answer() {
    let app = TestApp::spawn().await;
    let mail = app.register("ann@example.com", PASSWORD).await;
    assert_eq!(mail.from, "noreply@log.example");
    assert_eq!(mail.header("From").replace('"', ""), "sports-log <noreply@log.example>");
    assert_eq!(mail.header("To"), "ann@example.com");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
}

#[actix_rt::test]
async fn every_kind_of_mail_says_the_same_in_text_and_in_html() {
    let app = TestApp::spawn().await;
    let verify = app.register("ann@example.com", PASSWORD).await;
    assert_says_the_same_twice(&verify, Some("https://log.example/verify-email#token="));
    app.verify(&verify.token()).await.expect(200);
    super::forgot(&app, "ann@example.com").await;
    let reset = app.smtp.mail_to("ann@example.com").await;
    assert_says_the_same_twice(&reset, Some("https://log.example/reset-password#token="));
    let exists = app.register("ann@example.com", PASSWORD).await;
    assert_says_the_same_twice(&exists, None);
}

/// Asserts that the mail is multipart, plain text first, with one link in both parts that no line
/// break divides.
fn assert_says_the_same_twice(mail: &Mail, link: Option<&str>) {
    assert!(mail.header("Content-Type").starts_with("multipart/alternative"), "{}", mail.raw);
    let (plain, html) = (mail.raw.find("text/plain"), mail.raw.find("text/html"));
    assert!(plain.is_some() && plain < html, "{}", mail.raw);
    assert!(mail.html.contains("<html") && !mail.text.contains("<html"), "{}", mail.raw);
    assert!(mail.raw.split("\r\n").all(|line| line.len() <= 998), "{}", mail.raw);
    match link {
        Some(link) => {
            let link = format!("{link}{}", mail.token());
            assert!(mail.text.lines().any(|line| line.trim() == link), "{}", mail.text);
            assert!(mail.raw.contains(&link), "{}", mail.raw);
            assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
        }
        None => assert!(!mail.raw.contains("token"), "{}", mail.raw),
    }
}
