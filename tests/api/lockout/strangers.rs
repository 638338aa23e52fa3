//! Failures of strangers, and what the owner can still do: trust.md row 2.

use serde_json::json;

use super::{ANN, Client, PROXY, device_token, fail_until, known_device, mailed_code};
use crate::support::{PASSWORD, TestApp, User};

const NEW_PASSWORD: &str = "eight golden geese";

#[actix_rt::test]
async fn strangers_elsewhere_refuse_no_way_in() {
    let app = TestApp::spawn_with(&[PROXY, ("AUTH_LIMIT_IDENTIFIER", "2/15m")]).await;
    app.user(ANN).await;
    let replica = app.replica_with(&[PROXY, ("AUTH_LIMIT_IDENTIFIER", "2/15m")]).await;
    let stranger = Client::at(&app, "198.51.100.7");
    let mail = json!({"email": ANN});
    assert_eq!(stranger.guess(ANN, 3).await, [401, 401, 429]);
    // The count is shared by all replicas.
    let elsewhere = Client::at(&replica, "198.51.100.7");
    elsewhere.login(ANN, PASSWORD).await.expect_error(429, "rate_limited");
    for path in ["/auth/forgot-password", "/auth/resend-verification"] {
        stranger.post(path, mail.clone()).await;
        stranger.post(path, mail.clone()).await;
        stranger.post(path, mail.clone()).await.expect_error(429, "rate_limited");
    }
    for _ in 0..3 {
        stranger.ask_for_code(ANN).await.expect(200);
    }
    stranger.ask_for_code(ANN).await.expect_error(429, "rate_limited");

    let owner = Client::at(&replica, "203.0.113.9");
    owner.login(ANN, PASSWORD).await.expect(200);
    owner.post("/auth/forgot-password", mail).await.expect(200);
    owner.ask_for_code(ANN).await.expect(200);
}

#[actix_rt::test]
async fn a_right_password_ends_the_count_of_its_network() {
    let app = TestApp::spawn_with(&[PROXY, ("AUTH_LIMIT_IDENTIFIER", "3/15m")]).await;
    app.user(ANN).await;
    let owner = Client::at(&app, "203.0.113.9");
    for _ in 0..2 {
        assert_eq!(owner.guess(ANN, 2).await, [401, 401]);
        owner.login(ANN, PASSWORD).await.expect(200);
    }
    let runs = "SELECT count(*) FROM failure_runs";
    assert_eq!(app.database.text(runs).await, "0");
}

/// NIST SP 800-63B, section 5.2.2: no more than a hundred failures in a row.
#[actix_rt::test]
async fn after_a_hundred_wrong_passwords_only_the_mailbox_helps_and_known_devices_get_in() {
    let app = TestApp::spawn_with(&[PROXY, ("AUTH_LIMIT_IDENTIFIER", "20/15m")]).await;
    let before = app.user(ANN).await;
    let known = known_device(&app, ANN).await;
    let emails = [ANN, "nobody@example.com"];
    let mut seen = Vec::new();
    for email in emails {
        let mut answers = Vec::new();
        Client::at(&app, "198.51.100.1").login(email, "wrong").await.expect(401);
        fail_until(&app, 99).await;
        for (n, password) in [(2, "wrong"), (3, "wrong"), (4, PASSWORD)] {
            let answer = Client::at(&app, format!("198.51.100.{n}")).login(email, password).await;
            answers.push((answer.status.as_u16(), answer.json()["code"].clone()));
        }
        seen.push(answers);
        app.database.execute("UPDATE failure_runs SET failures = 100").await;
    }
    assert_eq!(seen[0], seen[1], "known and unknown addresses look alike");
    let closed = (403, json!("password_closed"));
    assert_eq!(seen[0], [(401, json!("invalid_credentials")), closed.clone(), closed]);

    let owner = Client::at(&app, "203.0.113.9");
    owner.login(ANN, PASSWORD).await.expect_error(403, "password_closed");
    for (header, value) in [
        ("device-token", known.clone()),
        ("cookie", format!("__Host-sports-log-device={known}")),
        ("authorization", format!("Bearer {}", before.token)),
    ] {
        owner.clone().known_by(header, value).login(ANN, PASSWORD).await.expect(200);
    }
    let refresh = json!({"refresh_token": before.refresh_token});
    owner.post("/auth/refresh", refresh).await.expect(200);
    // A known device does not prove the mailbox, so unknown devices stay locked out.
    owner.login(ANN, PASSWORD).await.expect_error(403, "password_closed");

    owner.post("/auth/forgot-password", json!({"email": ANN})).await.expect(200);
    let token = app.smtp.mail_to(ANN).await.token();
    let reset = json!({"token": token, "new_password": NEW_PASSWORD});
    owner.post("/auth/reset-password", reset).await.expect(200);
    owner.login(ANN, NEW_PASSWORD).await.expect(200);

    // A mailed code proves the mailbox as well.
    owner.guess(ANN, 1).await;
    fail_until(&app, 100).await;
    owner.login(ANN, NEW_PASSWORD).await.expect_error(403, "password_closed");
    owner.ask_for_code(ANN).await.expect(200);
    let code = mailed_code(&app, ANN).await;
    owner.try_code(ANN, &code).await.expect(200);
    owner.login(ANN, NEW_PASSWORD).await.expect(200);
}

/// Guesses at an address before it was registered do not lock out its owner.
#[actix_rt::test]
async fn confirming_an_address_opens_what_was_closed_before() {
    let app = TestApp::spawn_with(&[PROXY, ("AUTH_LIMIT_IDENTIFIER", "20/15m")]).await;
    Client::at(&app, "198.51.100.1").guess(ANN, 1).await;
    fail_until(&app, 100).await;
    app.user(ANN).await;
    Client::at(&app, "203.0.113.9").login(ANN, PASSWORD).await.expect(200);
}

/// A club, or a provider that hides a thousand subscribers behind one address.
#[actix_rt::test]
async fn one_address_that_guesses_stops_no_refresh_no_link_and_no_known_device() {
    let app = TestApp::spawn_with(&[PROXY, ("AUTH_LIMIT_ADDRESS", "6/15m")]).await;
    let ann = app.user(ANN).await;
    let pending = app.register("bob@example.com", PASSWORD).await.token();
    app.post("/auth/forgot-password", &json!({"email": ANN})).await.expect(200);
    let reset = app.smtp.mail_to(ANN).await.token();
    let known = known_device(&app, ANN).await;
    let other = device_token(&app.verify(&pending).await.expect(200));

    let club = Client::at(&app, "192.0.2.1");
    assert_eq!(club.guess("x@example.com", 7).await, [401, 401, 401, 401, 401, 401, 429]);
    club.login(ANN, PASSWORD).await.expect_error(429, "rate_limited");
    let of_bob = club.clone().known_by("device-token", other);
    of_bob.login(ANN, PASSWORD).await.expect_error(429, "rate_limited");
    let of_ann = club.clone().known_by("device-token", &known);
    of_ann.login(ANN, PASSWORD).await.expect(200);
    assert_eq!(of_ann.guess(ANN, 2).await, [401, 401]);
    of_ann.ask_for_code(ANN).await.expect(200);
    let code = mailed_code(&app, ANN).await;
    of_ann.try_code(ANN, &code).await.expect(200);

    let refresh = |token: &str| json!({"refresh_token": token});
    let refreshed = club.post("/auth/refresh", refresh(&ann.refresh_token)).await.expect(200);
    club.post("/auth/refresh", refresh("x")).await.expect_error(429, "rate_limited");
    let carol = app.register("carol@example.com", PASSWORD).await.token();
    club.post("/auth/verify-email", json!({"token": carol})).await.expect(200);
    club.post("/auth/verify-email", json!({"token": carol})).await.expect(429);
    let body = json!({"token": reset, "new_password": NEW_PASSWORD});
    club.post("/auth/reset-password", body.clone()).await.expect(200);
    club.post("/auth/reset-password", body).await.expect(429);
    app.get_as(&User::of(&refreshed), "/me").await.expect(401);
}

#[actix_rt::test]
async fn a_known_device_is_limited_by_itself_and_a_stolen_one_refuses_no_other() {
    let app = TestApp::spawn_with(&[PROXY, ("AUTH_LIMIT_IDENTIFIER", "3/15m")]).await;
    app.user(ANN).await;
    let (stolen, own) = (known_device(&app, ANN).await, known_device(&app, ANN).await);
    let thief = Client::at(&app, "198.51.100.7").known_by("device-token", &stolen);
    assert_eq!(thief.guess(ANN, 4).await, [401, 401, 401, 429]);
    let owner = Client::at(&app, "203.0.113.9");
    owner.clone().known_by("device-token", own).login(ANN, PASSWORD).await.expect(200);
    // After a hundred failures the device counts as a stranger. Strangers have their own budgets.
    fail_until(&app, 100).await;
    assert_eq!(thief.guess(ANN, 4).await, [401, 401, 401, 429]);
    owner.login(ANN, PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn a_stolen_session_that_guesses_leaves_the_owners_proofs_alone() {
    let app = TestApp::spawn().await;
    let stolen = app.user(ANN).await;
    let owner = User::of(&app.login(ANN, PASSWORD).await.expect(200));
    let change = |password: &str| json!({"password": password, "new_password": NEW_PASSWORD});
    for _ in 0..10 {
        app.put_as(&stolen, "/me/password", &change("wrong")).await.expect(401);
    }
    app.put_as(&stolen, "/me/password", &change(PASSWORD)).await.expect(429);
    fail_until(&app, 100).await;
    app.database.execute("DELETE FROM throttles").await;
    let refused = app.put_as(&stolen, "/me/password", &change(PASSWORD)).await;
    refused.expect_error(403, "reauthentication_required");
    app.put_as(&owner, "/me/password", &change(PASSWORD)).await.expect(200);
}

/// With the cookie that a browser would send. Without TLS, its name has no `__Host-` prefix.
#[actix_rt::test]
async fn a_browser_is_known_by_its_cookie() {
    for (base, name, secure) in [
        ("https://log.example", "__Host-sports-log-device", true),
        ("http://log.example", "sports-log-device", false),
    ] {
        let app = TestApp::spawn_with(&[PROXY, ("APP_BASE_URL", base)]).await;
        app.user(ANN).await;
        let answer = app.login(ANN, PASSWORD).await.expect(200);
        let set = answer.header("set-cookie").to_owned();
        let cookie = set.split(';').next().unwrap();
        assert_eq!(cookie, format!("{name}={}", device_token(&answer)));
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"] {
            assert!(set.contains(attribute), "{set}");
        }
        assert_eq!(set.contains("Secure"), secure, "{set}");
    }
}
