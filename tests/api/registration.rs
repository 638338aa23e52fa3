//! Registering, and confirming the address: security.md rows 6, 7, 16, 23 and 24.

use serde_json::json;

use crate::support::{PASSWORD, TestApp, User};

#[actix_rt::test]
async fn a_registered_user_confirms_the_address_and_is_logged_in() {
    let app = TestApp::spawn().await;
    let body = json!({"email": "Ann@Example.com", "password": PASSWORD, "display_name": " Ann "});
    app.post("/auth/register", &body).await.expect(202);
    let mail = app.smtp.mail_to("ann@example.com").await;
    assert!(mail.text.contains("https://log.example/verify-email#token="), "{}", mail.text);
    assert!(mail.html.contains("https://log.example/verify-email#token="), "{}", mail.html);
    app.login("ann@example.com", PASSWORD).await.expect_error(401, "invalid_credentials");

    let user = User::of(&app.verify(&mail.token()).await.expect(200));
    assert_eq!(user.email, "ann@example.com");
    let me = app.get_as(&user, "/me").await.expect(200).json();
    assert_eq!(me["id"], user.id);
    assert_eq!(me["profile"]["display_name"], "Ann");
    app.login("ANN@example.COM", PASSWORD).await.expect(200);
    app.verify(&mail.token()).await.expect_error(400, "invalid_token");
}

#[actix_rt::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    let app = TestApp::spawn().await;
    app.user("known@example.com").await;
    for path in ["/auth/register", "/auth/resend-verification", "/auth/forgot-password"] {
        let mut answers = Vec::new();
        for email in ["known@example.com", "unknown@example.com"] {
            let body = json!({"email": email, "password": PASSWORD});
            let answer = app.post(path, &body).await;
            let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort();
            answers.push((answer.status, names, answer.text()));
        }
        assert_eq!(answers[0], answers[1], "{path}");
    }
    let mail = app.smtp.mail_to("known@example.com").await;
    assert!(mail.subject.contains("already have an account"), "{}", mail.subject);
    assert!(!mail.text.contains("token="), "{}", mail.text);
}

#[actix_rt::test]
async fn an_attacker_who_registers_first_plants_no_password() {
    let app = TestApp::spawn().await;
    app.register("owner@example.com", "the attackers choice").await;
    let mail = app.register("owner@example.com", PASSWORD).await;
    app.verify(&mail.token()).await.expect(200);
    app.login("owner@example.com", "the attackers choice")
        .await
        .expect_error(401, "invalid_credentials");
    app.login("owner@example.com", PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn an_attacker_who_registers_second_plants_no_password() {
    let app = TestApp::spawn().await;
    let mail = app.register("owner@example.com", PASSWORD).await;
    let attackers = app.register("owner@example.com", "the attackers choice").await;
    app.verify(&mail.token()).await.expect(200);
    app.login("owner@example.com", "the attackers choice")
        .await
        .expect_error(401, "invalid_credentials");
    app.login("owner@example.com", PASSWORD).await.expect(200);
    app.verify(&attackers.token()).await.expect_error(400, "invalid_token");
}

#[actix_rt::test]
async fn a_name_that_a_stranger_gave_does_not_survive() {
    let app = TestApp::spawn().await;
    let body =
        json!({"email": "owner@example.com", "password": PASSWORD, "display_name": "Stranger"});
    app.post("/auth/register", &body).await.expect(202);
    app.smtp.mail_to("owner@example.com").await;
    let mail = app.register("owner@example.com", PASSWORD).await;
    let user = User::of(&app.verify(&mail.token()).await.expect(200));
    let me = app.get_as(&user, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["display_name"], json!(null));
}

#[actix_rt::test]
async fn a_confirmation_can_be_mailed_again_and_carries_the_same_token() {
    let app = TestApp::spawn().await;
    let first = app.register("ann@example.com", PASSWORD).await;
    app.database
        .execute("UPDATE registrations SET verify_expires = now() - interval '1 second'")
        .await;
    app.verify(&first.token()).await.expect_error(400, "invalid_token");
    app.post("/auth/resend-verification", &json!({"email": "ann@example.com"})).await.expect(202);
    let second = app.smtp.mail_to("ann@example.com").await;
    assert_eq!(first.token(), second.token());
    app.verify(&second.token()).await.expect(200);
    app.post("/auth/resend-verification", &json!({"email": "ann@example.com"})).await.expect(202);
    assert_eq!(app.database.text("SELECT count(*) FROM outbox").await, "2");
}

#[actix_rt::test]
async fn a_token_proves_one_mailbox_once_under_race() {
    let app = TestApp::spawn().await;
    let token = app.register("ann@example.com", PASSWORD).await.token();
    let answers = futures_util::future::join_all((0..16).map(|_| app.verify(&token))).await;
    let confirmed = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.status == 400).count();
    assert_eq!((confirmed, refused), (1, 15));
}

#[actix_rt::test]
async fn many_registrations_of_one_address_at_once_make_one_account() {
    let app = TestApp::spawn().await;
    let body = json!({"email": "ann@example.com", "password": PASSWORD});
    let answers =
        futures_util::future::join_all((0..8).map(|_| app.post("/auth/register", &body))).await;
    for answer in answers {
        answer.expect(202);
    }
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "1");
    assert_eq!(app.database.text("SELECT count(*) FROM registrations").await, "8");
}

#[actix_rt::test]
async fn look_alike_addresses_never_reach_anothers_mailbox() {
    let app = TestApp::spawn().await;
    app.registered_user("kate.mike.office@example.com").await;
    for look_alike in [
        "\u{212a}ate.mike.office@example.com",
        "kate.mıke.office@example.com",
        "kate.mike.o\u{fb03}ce@example.com",
    ] {
        app.post("/auth/forgot-password", &json!({"email": look_alike})).await.expect(200);
        let body = json!({"email": look_alike, "password": PASSWORD});
        app.post("/auth/register", &body).await.expect(202);
        let mail = app.smtp.mail_to(look_alike).await;
        assert_eq!(mail.to, look_alike);
    }
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "4");
    assert_eq!(app.smtp.received(), 4);
}

#[actix_rt::test]
async fn line_breaks_in_address_or_name_reach_no_mail() {
    let app = TestApp::spawn().await;
    for email in [
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com,b@example.com",
        "a@exam\0ple.com",
        "<a@example.com>",
    ] {
        let body = json!({"email": email, "password": PASSWORD});
        app.post("/auth/register", &body).await.expect_error(422, "validation_failed");
    }
    let body = json!({"email": "a@example.com", "password": PASSWORD, "display_name": "A\r\nBcc: b@example.com"});
    app.post("/auth/register", &body).await.expect_error(422, "validation_failed");
    assert_eq!(app.database.text("SELECT count(*) FROM outbox").await, "0");
}

#[actix_rt::test]
async fn weak_passwords_are_refused_with_the_reason() {
    let app = TestApp::spawn().await;
    for (password, reason) in [
        ("password123", "common"),
        ("winifred", "guessable"),
        ("Sports-Log 1", "guessable"),
        ("🏃🏃🏃🏃🏃🏃🏃", "too_short"),
        (&"ab1 ".repeat(33)[..129], "too_long"),
    ] {
        let body = json!({"email": "winifred@example.com", "password": password});
        let answer = app.post("/auth/register", &body).await.expect_error(422, "weak_password");
        assert_eq!(answer.json()["fields"][0]["field"], "password");
        assert_eq!(answer.json()["fields"][0]["code"], reason, "{password}");
    }
    for (email, password) in
        [("a@example.com", "🏃".repeat(8)), ("b@example.com", "ab1 ".repeat(32))]
    {
        let token = app.register(email, &password).await.token();
        app.verify(&token).await.expect(200);
        app.login(email, &password).await.expect(200);
        let other: String = password.chars().take(password.chars().count() - 1).collect();
        app.login(email, &other).await.expect_error(401, "invalid_credentials");
    }
}
