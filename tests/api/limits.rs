//! Rate limits: which requests are refused, and what the answers say about the limits.

use actix_web::http::Method;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{
    Answer, Database, PASSWORD, Scrape, SmtpServer, TestApp, User, process::Process, send, settings,
};

async fn login_from(app: &TestApp, forwarded: &str, email: &str, password: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("x-forwarded-for", forwarded)];
    let body = json!({"email": email, "password": password}).to_string().into_bytes();
    app.send(Method::POST, "/auth/login", &headers, Some(body)).await
}

/// `r` and `t` of the `RateLimit` header.
fn standing(answer: &Answer) -> (u32, u32) {
    let field = answer.header("ratelimit");
    let number =
        |name: &str| field.split(';').find_map(|part| part.strip_prefix(name)?.parse().ok());
    number("r=").zip(number("t=")).unwrap_or_else(|| panic!("{field:?}"))
}

#[actix_rt::test]
async fn every_answer_says_how_the_client_stands() {
    let app =
        TestApp::spawn_with(&[("RATE_LIMIT_USER", "50/1m"), ("RATE_LIMIT_ADDRESS", "900/1m")])
            .await;
    let ann = app.user("ann@example.com").await;
    let anonymous = app.get("/healthz").await.expect(200);
    assert_eq!(anonymous.header("ratelimit-policy"), "\"address\";q=900;w=60");
    let first = app.get_as(&ann, "/me").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"user\";q=50;w=60");
    assert_eq!(standing(&first).0, 49);
    assert!(standing(&app.get_as(&ann, "/me").await).0 < 49);
}

#[actix_rt::test]
async fn one_users_flood_is_not_anothers() {
    let app = TestApp::spawn_with(&[("RATE_LIMIT_USER", "30/1m")]).await;
    let ann = app.user("ann@example.com").await;
    let bob = app.user("bob@example.com").await;
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(app.get_as(&ann, "/me").await);
    }
    let refused: Vec<Answer> = answers.into_iter().filter(|answer| answer.status != 200).collect();
    assert!((1..=10).contains(&refused.len()), "{}", refused.len());
    for answer in refused {
        let answer = answer.expect_error(429, "rate_limited");
        let wait: u32 = answer.header("retry-after").parse().unwrap();
        assert_eq!(
            (standing(&answer), answer.header("ratelimit-policy")),
            ((0, wait), "\"user\";q=30;w=60")
        );
        assert!((1..=3).contains(&wait), "{wait}");
    }
    app.get_as(&bob, "/me").await.expect(200);
    let scrape = Scrape::of(&app).await;
    let refused = "sports_log_rate_limit_decisions_total{decision=\"refused\",limit=\"user\"}";
    assert!(scrape.get(refused).is_some_and(|count| count >= 1.0));
}

#[actix_rt::test]
async fn a_client_that_loads_its_history_is_not_punished() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    for _ in 0..40 {
        let answers = join_all((0..25).map(|_| app.get_as(&ann, "/activities?limit=1"))).await;
        answers.into_iter().for_each(|answer| drop(answer.expect(200)));
    }
}

#[actix_rt::test]
async fn an_address_has_so_many_attempts_on_all_replicas_together() {
    let settings = [("AUTH_LIMIT_ADDRESS", "10/15m")];
    let app = TestApp::spawn_with(&settings).await;
    let replica = TestApp::spawn_on(app.database.clone(), app.smtp.clone(), &settings).await;
    let mut refused = 0;
    for n in 0..14 {
        let target = if n % 2 == 0 { &app } else { &replica };
        // Without a trusted proxy, an address in the header has no effect.
        let answer =
            login_from(target, &format!("198.51.100.{n}"), &format!("x{n}@example.com"), "wrong")
                .await;
        if answer.status == 429 {
            let answer = answer.expect_error(429, "rate_limited");
            let wait: u32 = answer.header("retry-after").parse().unwrap();
            assert!((800..=900).contains(&wait), "{wait}");
            assert_eq!(answer.header("ratelimit-policy"), "\"attempts\";q=10;w=900");
            assert_eq!(standing(&answer), (0, wait));
            refused += 1;
        } else {
            let answer = answer.expect_error(401, "invalid_credentials");
            assert_eq!(standing(&answer).0, 9 - n);
        }
    }
    assert_eq!(refused, 4);
    for (path, body) in [
        ("/auth/register", json!({"email": "y@example.com", "password": PASSWORD})),
        ("/auth/forgot-password", json!({"email": "y@example.com"})),
        ("/auth/resend-verification", json!({"email": "y@example.com"})),
        ("/auth/otp/request", json!({"identifier": "y@example.com", "channel": "email"})),
        ("/auth/otp/verify", json!({"identifier": "y@example.com", "code": "123456"})),
        ("/auth/refresh", json!({"refresh_token": "x"})),
        ("/auth/verify-email", json!({"token": "x"})),
        ("/auth/reset-password", json!({"token": "x", "new_password": PASSWORD})),
    ] {
        replica.post(path, &body).await.expect_error(429, "rate_limited");
    }
    let rows = "SELECT count(*) FROM throttles WHERE encode(key, 'escape') LIKE '%127.0.0.1%'";
    assert_eq!(app.database.text(rows).await, "0");
}

#[actix_rt::test]
async fn behind_a_proxy_each_client_has_attempts_of_its_own() {
    let settings = [("AUTH_LIMIT_ADDRESS", "3/15m"), ("TRUSTED_PROXIES", "127.0.0.0/8, fd00::/8")];
    let app = TestApp::spawn_with(&settings).await;
    let wrong =
        async |forwarded: &str| login_from(&app, forwarded, "x@example.com", "wrong").await.status;
    for n in 0..5 {
        // The client itself can write everything to the left of the last hop.
        let status = wrong(&format!("203.0.113.{n}, 198.51.100.1")).await;
        assert_eq!(status, if n < 3 { 401 } else { 429 });
    }
    assert_eq!(wrong("198.51.100.2").await, 401);
    // One IPv6 subscriber has 2^64 addresses.
    for n in 0..5 {
        assert_eq!(wrong(&format!("2001:db8:1:2:{n}::1")).await, if n < 3 { 401 } else { 429 });
    }
    assert_eq!(wrong("2001:db8:1:3::1").await, 401);
}

#[actix_rt::test]
async fn an_account_is_guessed_at_so_often_and_unknown_ones_just_so() {
    let app = TestApp::spawn_with(&[("AUTH_LIMIT_IDENTIFIER", "5/15m")]).await;
    let ann = app.user("ann@example.com").await;
    let mut told: Vec<Vec<(u16, String)>> = Vec::new();
    for emails in
        [["ann@example.com", "ANN@example.com"], ["nobody@example.com", "Nobody@EXAMPLE.com"]]
    {
        let mut seen = Vec::new();
        for n in 0..8 {
            let answer = app.login(emails[n % 2], "wrong").await;
            seen.push((answer.status.as_u16(), answer.json()["error"].to_string()));
        }
        told.push(seen);
    }
    assert_eq!(told[0], told[1]);
    let statuses: Vec<u16> = told[0].iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
    // The right password is refused, too, but existing sessions go on.
    app.login("ann@example.com", PASSWORD).await.expect_error(429, "rate_limited");
    app.get_as(&ann, "/me").await.expect(200);
    app.login("bob@example.com", "wrong").await.expect(401);
    for path in ["/auth/forgot-password", "/auth/resend-verification"] {
        for email in ["ann@example.com", "nobody@example.com"] {
            for n in 0..6 {
                let status = app.post(path, &json!({"email": email})).await.status.as_u16();
                assert_eq!(status == 429, n == 5, "{path} {email} {n}: {status}");
            }
        }
    }
}

/// The refusal reports the limit that refused. The remainder of another limit would mislead the
/// client.
#[actix_rt::test]
async fn a_refusal_says_how_the_client_stands_with_the_limit_that_refused() {
    let settings = [("AUTH_LIMIT_ADDRESS", "100/15m"), ("AUTH_LIMIT_IDENTIFIER", "2/15m")];
    let app = TestApp::spawn_with(&settings).await;
    let ann = app.user("ann@example.com").await;
    let refused_at = async |path: &str, body: serde_json::Value, method: Method| {
        for _ in 0..12 {
            let answer = app.request(&ann, method.clone(), path, Some(&body)).await;
            if answer.status == 429 {
                return answer;
            }
            assert_ne!(standing(&answer).0, 0, "{path}: {}", answer.text());
        }
        panic!("{path} is not limited");
    };
    for (path, body, method, times) in [
        ("/auth/login", json!({"email": "ann@example.com", "password": "x"}), Method::POST, 2),
        ("/auth/forgot-password", json!({"email": "ann@example.com"}), Method::POST, 2),
        (
            "/auth/otp/request",
            json!({"identifier": "ann@example.com", "channel": "email"}),
            Method::POST,
            3,
        ),
        ("/me/otp", json!({"channel": "email"}), Method::POST, 3),
        (
            "/me/password",
            json!({"password": "wrong", "new_password": "another good one"}),
            Method::PUT,
            10,
        ),
    ] {
        let answer = refused_at(path, body, method).await.expect_error(429, "rate_limited");
        let wait: u32 = answer.header("retry-after").parse().unwrap();
        assert_eq!(standing(&answer), (0, wait), "{path}");
        assert_eq!(
            answer.header("ratelimit-policy"),
            format!("\"account\";q={times};w=900"),
            "{path}"
        );
    }
}

#[actix_rt::test]
async fn limits_can_be_off_and_must_make_sense() {
    let app =
        TestApp::spawn_with(&[("RATE_LIMIT_USER", "off"), ("RATE_LIMIT_ADDRESS", "off")]).await;
    let ann: User = app.user("ann@example.com").await;
    assert_eq!(app.get_as(&ann, "/me").await.expect(200).header("ratelimit"), "");
    for (name, value) in [
        ("RATE_LIMIT_USER", "0/1m"),
        ("RATE_LIMIT_ADDRESS", "10"),
        ("AUTH_LIMIT_ADDRESS", "10/1h"),
        ("AUTH_LIMIT_IDENTIFIER", "many"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("CORS_ALLOWED_ORIGINS", "https://app.example.com/"),
        ("CORS_ALLOWED_ORIGINS", "*"),
    ] {
        let output = crate::support::process::run(&["check-config"], &[(name, value.to_owned())]);
        let said = crate::support::process::said(&output);
        assert!(
            said.lines().any(|line| line.contains(name)
                && (line.contains("must be") || line.contains("is not "))),
            "{said}"
        );
    }
}

#[actix_rt::test]
async fn an_operator_who_forgot_the_proxy_is_told_once() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let server = Process::start(&["serve"], &settings(&database.url, smtp.port));
    let base = format!("http://127.0.0.1:{}", server.port());
    for _ in 0..3 {
        send(Method::GET, &base, "/healthz", &[("x-forwarded-for", "203.0.113.7")], None)
            .await
            .expect(200);
    }
    server.wait_for("127.0.0.1 sends X-Forwarded-For but is not in TRUSTED_PROXIES");
    assert_eq!(server.output().matches("TRUSTED_PROXIES").count(), 1);
}
