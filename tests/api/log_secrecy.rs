//! The log contains no secrets, whatever its level: security.md row 22.

use actix_web::http::Method;
use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::{
    Database, JWT_SECRET, OAUTH_TOKEN_KEY, PASSWORD, SERVER_KEY, SmtpServer, User,
    openid::{CLIENT_SECRET, OpenIdProvider, Person},
    process::Process,
    send, settings,
    twilio::{AUTH_TOKEN, Twilio},
    until_selects,
};

#[actix_rt::test]
async fn nothing_secret_is_logged_even_at_trace() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let twilio = Twilio::start().await;
    let mut variables = settings(&database.url, smtp.port);
    let provider = OpenIdProvider::start().await;
    variables.extend(twilio.settings());
    variables.extend(provider.settings());
    variables.push(("RUST_LOG", "trace".to_owned()));
    variables.push(("WEBHOOK_ALLOWED_NETWORKS", "10.0.0.0/8".to_owned()));
    let server = Process::start(&["serve"], &variables);
    let base = format!("http://127.0.0.1:{}", server.port());
    let json_type = ("content-type", "application/json");
    let post = async |path: &str, body: serde_json::Value| {
        send(Method::POST, &base, path, &[json_type], Some(body.to_string().into_bytes())).await
    };
    let new_password = "eight golden geese";
    let wrong_password = "nine noisy nightjars";

    post("/auth/register", json!({"email": "ann@example.com", "password": PASSWORD}))
        .await
        .expect(202);
    let verify = smtp.mail_to("ann@example.com").await.token();
    let user = User::of(&post("/auth/verify-email", json!({"token": verify})).await.expect(200));
    post("/auth/login", json!({"email": "ann@example.com", "password": wrong_password}))
        .await
        .expect(401);
    let login =
        post("/auth/login", json!({"email": "ann@example.com", "password": PASSWORD})).await;
    let second = User::of(&login.expect(200));
    post("/auth/forgot-password", json!({"email": "ann@example.com"})).await.expect(200);
    let reset = smtp.mail_to("ann@example.com").await.token();
    let authorization = format!("Bearer {}", user.token);
    let headers = [("authorization", authorization.as_str()), json_type];
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60});
    send(Method::GET, &base, "/me", &headers, None).await.expect(200);
    send(Method::POST, &base, "/activities", &headers, Some(run.to_string().into_bytes()))
        .await
        .expect(201);
    post("/auth/reset-password", json!({"token": reset, "new_password": new_password}))
        .await
        .expect(200);
    send(Method::GET, &base, "/me", &headers, None).await.expect(401);

    let login = json!({"identifier": "ann@example.com", "channel": "email"});
    post("/auth/otp/request", login).await.expect(200);
    let mailed: String = smtp.mail_to("ann@example.com").await.subject.chars().take(6).collect();
    let login = json!({"identifier": "ann@example.com", "code": mailed});
    let third = User::of(&post("/auth/otp/verify", login).await.expect(200));
    let number = "+390612345678";
    let proven = format!("UPDATE profiles SET phone_number = '{number}', phone_verified = true");
    database.execute(&proven).await;
    let login = json!({"identifier": number, "channel": "sms"});
    post("/auth/otp/request", login).await.expect(200);
    let sms = twilio.sms_to(number).await;
    let texted = sms.code();

    let refresh = json!({"refresh_token": third.refresh_token});
    let fourth = User::of(&post("/auth/refresh", refresh).await.expect(200));
    provider.log_in(Person::new("s1", "ann@example.com"));
    let begun = send(Method::GET, &base, "/auth/login/oidc", &[], None).await.expect(302);
    let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
    let returned = provider.visit(begun.header("location")).await;
    let (path, query) = returned.split_once('?').unwrap();
    let path = format!("{}?{query}", path.strip_prefix("https://log.example").unwrap());
    let answer = send(Method::GET, &base, &path, &[("cookie", &cookie)], None).await;
    let fifth = User::of(&answer.expect(200));
    let mut of_provider = provider.tokens();
    assert_eq!(of_provider.len(), 2);
    of_provider.extend(query.split('&').map(|pair| pair.split_once('=').unwrap().1.to_owned()));
    of_provider.push(cookie.split_once('=').unwrap().1.to_owned());

    let authorization = format!("Bearer {}", fifth.token);
    let headers = [("authorization", authorization.as_str()), json_type];
    let post_as = async |path: &str, body: serde_json::Value| {
        send(Method::POST, &base, path, &headers, Some(body.to_string().into_bytes()))
            .await
            .expect(201)
            .json()
    };
    let body = json!({"name": "x", "scopes": ["activities:write"], "password": new_password});
    let personal = post_as("/me/tokens", body).await["token"].as_str().unwrap().to_owned();
    // Nothing is posted: this host has no public address.
    let webhook = post_as("/me/webhooks", json!({"url": "https://localhost/"})).await;
    database.execute("UPDATE webhooks SET verified_at = now()").await;
    let webhook = webhook["secret"].as_str().unwrap().trim_start_matches("whsec_").to_owned();
    let bearer = format!("Bearer {personal}");
    let headers = [("authorization", bearer.as_str()), json_type];
    send(Method::POST, &base, "/activities", &headers, Some(run.to_string().into_bytes()))
        .await
        .expect(201);
    let share = post_as("/shares", json!({"picture": "weekly"})).await["svg_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let share = share.strip_prefix("https://log.example/shared/").unwrap().to_owned();
    let shared = share.trim_end_matches(".svg").to_owned();
    for (path, status) in
        [(share.clone(), 200), (format!("{shared}.png"), 200), (format!("{shared}.gif"), 404)]
    {
        send(Method::GET, &base, &format!("/shared/{path}"), &[], None).await.expect(status);
    }
    let garmins = "what-only-garmin-knows";
    post(&format!("/integrations/garmin/webhook/{garmins}"), json!({})).await.expect(404);
    until_selects(&database, "SELECT count(*) FROM webhook_deliveries WHERE attempts > 0", "1")
        .await;
    database.execute("DELETE FROM outbox WHERE channel = 'webhook'").await;

    until_selects(&database, "SELECT count(*) FROM outbox WHERE status <> 'sent'", "0").await;

    let hash = database.text("SELECT password_hash FROM local_credentials").await;
    let log = server.output();
    assert!(log.contains("\"level\":\"TRACE\"") && log.contains("POST /auth/login 200"), "{log}");
    assert_eq!(server.end(Signal::SIGTERM), Some(0));
    for secret in [
        PASSWORD,
        new_password,
        wrong_password,
        &verify,
        &reset,
        &user.token,
        &second.token,
        &third.token,
        &third.refresh_token,
        &fourth.token,
        &fourth.refresh_token,
        &fifth.token,
        &fifth.refresh_token,
        &personal,
        &webhook,
        &shared,
        garmins,
        CLIENT_SECRET,
        OAUTH_TOKEN_KEY,
        &mailed,
        &texted,
        number,
        AUTH_TOKEN,
        JWT_SECRET,
        SERVER_KEY,
        &hash,
    ]
    .into_iter()
    .chain(of_provider.iter().map(String::as_str))
    {
        let line = log.lines().find(|line| says(line, secret));
        assert_eq!(line, None, "{secret}");
    }
}

/// Whether `line` contains `secret`, other than within a longer number or a fraction: sooner or
/// later the six digits of a code are those of a microsecond.
fn says(line: &str, secret: &str) -> bool {
    line.match_indices(secret).any(|(at, _)| {
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let (before, after) = (&line.as_bytes()[..at], &line.as_bytes()[at + secret.len()..]);
        let is_in_number =
            before.last() == Some(&b'.') || is_digit(before.last()) || is_digit(after.first());
        !(secret.bytes().all(|byte| byte.is_ascii_digit()) && is_in_number)
    })
}
