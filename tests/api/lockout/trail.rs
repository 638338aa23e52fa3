//! What is stored and logged about failures, so that people can act: trust.md row 19.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use actix_web::http::Method;
use diesel_async::SimpleAsyncConnection;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::{ANN, Client, PROXY};
use crate::support::{
    Database, PASSWORD, SmtpServer, TestApp, User, process::Process, send, settings, until_selects,
};

#[actix_rt::test]
async fn events_have_their_network_for_ninety_days() {
    let app = TestApp::spawn_with(&[PROXY]).await;
    let ann = app.user(ANN).await;
    Client::at(&app, "203.0.113.77").guess(ANN, 1).await;
    Client::at(&app, "2001:db8:1:2:3::4").login(ANN, PASSWORD).await.expect(200);
    let page = app.get_as(&ann, "/me/security-events?limit=2").await.expect(200).json();
    let networks: Vec<&Value> =
        page["events"].as_array().unwrap().iter().map(|event| &event["network"]).collect();
    assert_eq!(networks, ["2001:db8:1::/48", "203.0.113.0/24"]);

    // A network can neither be changed nor erased before its time.
    let mut conn = app.database.connect().await;
    for network in ["NULL", "'10.0.0.0/24'"] {
        let update = format!("UPDATE auth_events SET network = {network}");
        let refused = conn.batch_execute(&update).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    let age = "ALTER TABLE auth_events DISABLE TRIGGER USER;
               UPDATE auth_events SET at = at - CASE kind WHEN 'login_failed' THEN interval '91 days'
                                                ELSE interval '89 days' END;
               ALTER TABLE auth_events ENABLE TRIGGER USER";
    conn.batch_execute(age).await.unwrap();
    let app = app.restarted(&[]).await;
    let failures =
        "SELECT count(*) || ' ' || count(network) FROM auth_events WHERE kind = 'login_failed'";
    until_selects(&app.database, failures, "1 0").await;
    let others = "SELECT count(*) - count(network) FROM auth_events WHERE kind <> 'login_failed'";
    assert_eq!(app.database.text(others).await, "0");
}

/// Applies the fail2ban filter that we ship. It runs in Python, whose regular expressions fail2ban
/// uses.
const FAIL2BAN: &str = r#"
import configparser, re, sys
filter = configparser.ConfigParser()
filter.read(sys.argv[1])
expressions = filter["Definition"]["failregex"].strip().split("\n")
expressions = [re.compile(e.replace("<SUBNET>", r"(?P<ip>[0-9a-f.:]+(?:/[0-9]+)?)")) for e in expressions]
for line in sys.stdin:
    # Without the time, as fail2ban does.
    line = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?", "", line.rstrip("\n"), count=1)
    for expression in expressions:
        found = expression.search(line)
        if found:
            print(found["ip"])
            break
"#;

fn banned(log: &str) -> Vec<String> {
    let filter = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/fail2ban/filter.d/sports-log.conf");
    let mut python = Command::new("python3")
        .args(["-c", FAIL2BAN, filter])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(log.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[actix_rt::test]
async fn fail2ban_finds_those_who_fail_and_nobody_else() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    for (format, port_is) in [("json", "\"port\":"), ("text", "port=")] {
        let mut variables = settings(&database.url, smtp.port);
        variables.extend(
            [PROXY, ("LOG_FORMAT", format), ("AUTH_LIMIT_ADDRESS", "2/15m")]
                .map(|(name, value)| (name, value.to_owned())),
        );
        let server = Process::start(&["serve"], &variables);
        server.wait_for(port_is);
        let output = server.output();
        let (_, port) = output.split_once(port_is).unwrap();
        let port: String = port.chars().take_while(char::is_ascii_digit).collect();
        let base = format!("http://127.0.0.1:{port}");
        database.execute("DELETE FROM throttles").await;
        let email = format!("{format}@example.com");
        let post = async |address: &str, path: &str, body: Value| {
            let headers = [
                ("content-type", "application/json"),
                ("x-forwarded-for", address),
                // A client cannot write another client's address into the log.
                ("user-agent", "POST /auth/login 401 from 192.0.2.66"),
            ];
            send(Method::POST, &base, path, &headers, Some(body.to_string().into_bytes())).await
        };
        let credentials = |password: &str| json!({"email": email, "password": password});
        post("192.0.2.1", "/auth/register", credentials(PASSWORD)).await.expect(202);
        let token = smtp.mail_to(&email).await.token();
        let user = post("192.0.2.1", "/auth/verify-email", json!({"token": token})).await;
        let user = User::of(&user.expect(200));
        post("192.0.2.2", "/auth/login", credentials(PASSWORD)).await.expect(200);
        post("192.0.2.3", "/auth/refresh", json!({"refresh_token": "x"})).await.expect(401);
        let forged = "/auth/login%20401%20from%20192.0.2.66?x=POST+/auth/login+401+from+192.0.2.66";
        post("192.0.2.4", forged, json!({})).await;
        let forged =
            json!({"refresh_token": user.refresh_token, "x": "\": POST / 401 from 192.0.2.66"});
        post("192.0.2.4", "/auth/refresh", forged).await.expect(200);

        for status in [401, 401, 429] {
            post("203.0.113.5", "/auth/login", credentials("wrong")).await.expect(status);
        }
        let code = json!({"identifier": email, "code": "000000"});
        post("2001:db8:1:2:3::4", "/auth/otp/verify", code).await.expect(401);
        let (_, log) = server.end_with_output(Signal::SIGTERM);
        let expected = ["203.0.113.5", "203.0.113.5", "203.0.113.5", "2001:db8:1:2::/64"];
        assert_eq!(banned(&log), expected, "{log}");
        for others in ["192.0.2.1", "192.0.2.2", "192.0.2.4", "2001:db8:1:2:3"] {
            assert!(!log.contains(others), "{others} is in: {log}");
        }
        // The journal puts the program's name before the message.
        let message = "POST /auth/login 401 from 203.0.113.5";
        assert!(log.contains(message), "{log}");
        assert_eq!(banned(&format!("host sports-log[7]: {message}")), ["203.0.113.5"]);
    }
}
