//! Logging in: security.md rows 1, 3, 4 and 5.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{PASSWORD, TestApp, User};

#[actix_rt::test]
async fn every_failed_login_is_answered_alike() {
    let app = TestApp::spawn().await;
    app.user("ann@example.com").await;
    app.user("without@example.com").await;
    app.register("pending@example.com", PASSWORD).await;
    app.database
        .execute(
            "UPDATE local_credentials SET password_hash = NULL
             WHERE user_id = (SELECT id FROM users WHERE email = 'without@example.com')",
        )
        .await;
    let mut bodies = Vec::new();
    for (email, password) in [
        ("nobody@example.com", PASSWORD),
        ("ann@example.com", "not the password"),
        ("without@example.com", PASSWORD),
        ("pending@example.com", "not the password"),
    ] {
        let answer = app.login(email, password).await.expect_error(401, "invalid_credentials");
        let mut body = answer.json();
        body["request_id"] = json!("");
        bodies.push(body.to_string());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

/// Keyboards compose the same characters of different code points (NIST SP 800-63B, 3.1.1.2).
#[actix_rt::test]
async fn a_password_is_the_same_however_its_characters_are_composed() {
    let app = TestApp::spawn().await;
    let hash = "SELECT password_hash FROM local_credentials";
    let forms = [
        "Zürcher Höhenweg \u{fb01}x",
        "Zu\u{308}rcher Ho\u{308}henweg fix",
        "\u{ff3a}ürcher\u{a0}Höhenweg fix",
    ];
    for (n, set) in forms.iter().enumerate() {
        let email = format!("ann{n}@example.com");
        let mail = app.register(&email, set).await;
        app.verify(&mail.token()).await.expect(200);
        for typed in forms {
            app.login(&email, typed).await.expect(200);
        }
        app.login(&email, "Zurcher Hohenweg fix").await.expect_error(401, "invalid_credentials");
    }
    // Seven characters, each of which is two code points until it is composed.
    let seven = json!({"email": "bob@example.com", "password": "e\u{301}".repeat(7)});
    let refused = app.post("/auth/register", &seven).await.expect_error(422, "weak_password");
    assert_eq!(refused.json()["fields"][0]["code"], "too_short");

    // A hash of the text as typed, from before passwords were normalised.
    app.database.execute("DELETE FROM users WHERE email <> 'ann0@example.com'").await;
    let old = {
        use argon2::{Argon2, PasswordHasher};
        Argon2::default().hash_password(forms[1].as_bytes()).unwrap().to_string()
    };
    app.database.execute(&format!("UPDATE local_credentials SET password_hash = '{old}'")).await;
    app.login("ann0@example.com", forms[0]).await.expect_error(401, "invalid_credentials");
    assert_eq!(app.database.text(hash).await, old);
    let ann = User::of(&app.login("ann0@example.com", forms[1]).await.expect(200));
    let new = app.database.text(hash).await;
    assert_ne!(new, old);
    for typed in forms {
        app.login("ann0@example.com", typed).await.expect(200);
    }
    assert_eq!(app.database.text(hash).await, new);
    // As proof of identity, and as the new password.
    let body = json!({"password": forms[2], "new_password": forms[1]});
    app.put_as(&ann, "/me/password", &body).await.expect(200);
    app.login("ann0@example.com", forms[0]).await.expect(200);
}

#[actix_rt::test]
async fn a_hash_with_lower_parameters_is_upgraded_at_login() {
    let app = TestApp::spawn().await;
    let user = app.user("ann@example.com").await;
    let hash = "SELECT password_hash FROM local_credentials";
    assert!(app.database.text(hash).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    // "seven silver swans" with m=256, t=1.
    let weak = {
        use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
        let params = Params::new(256, 1, 1, None).unwrap();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
    };
    app.database.execute(&format!("UPDATE local_credentials SET password_hash = '{weak}'")).await;
    app.login("ann@example.com", "not the password").await.expect(401);
    assert_eq!(app.database.text(hash).await, weak);
    app.login("ann@example.com", PASSWORD).await.expect(200);
    assert!(app.database.text(hash).await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    app.login("ann@example.com", PASSWORD).await.expect(200);
    app.get_as(&user, "/me").await.expect(200);
}

#[actix_rt::test]
async fn a_full_hashing_queue_says_when_to_come_back() {
    let app = TestApp::spawn_with(&[("HASH_CONCURRENCY", "1"), ("HASH_QUEUE", "2")]).await;
    let answers = join_all((0..24).map(|_| app.login("nobody@example.com", PASSWORD))).await;
    let (mut refused, mut busy) = (0, 0);
    for answer in answers {
        if answer.status == 503 {
            let answer = answer.expect_error(503, "busy");
            assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
            busy += 1;
        } else {
            answer.expect_error(401, "invalid_credentials");
            refused += 1;
        }
    }
    assert!(refused >= 3 && busy >= 1, "{refused} compared, {busy} busy");
    app.login("nobody@example.com", PASSWORD).await.expect_error(401, "invalid_credentials");
}

#[actix_rt::test]
async fn mail_that_cannot_be_sent_is_no_silent_success() {
    let app = TestApp::spawn_with(&[("SMTP_HOST", ""), ("SMTP_FROM", "")]).await;
    let body = json!({"email": "ann@example.com", "password": PASSWORD});
    for path in ["/auth/register", "/auth/resend-verification", "/auth/forgot-password"] {
        let answer = app.post(path, &body).await.expect_error(503, "channel_unavailable");
        assert!(!answer.header("retry-after").is_empty());
    }
    app.login("ann@example.com", PASSWORD).await.expect_error(401, "invalid_credentials");
}
