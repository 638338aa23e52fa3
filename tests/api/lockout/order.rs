//! Known and unknown addresses look alike, in whatever order requests are made: trust.md row 3.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Client, PROXY};
use crate::support::{Answer, PASSWORD, TestApp};

const PLANTED: &str = "the attackers choice";

/// Everything that a client sees of an answer, except what always differs.
fn seen(answer: &Answer) -> Value {
    let mut body = answer.json();
    if body.get("request_id").is_some() {
        body["request_id"] = json!("");
    }
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), in_minutes(value.to_str().unwrap())))
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .collect();
    headers.sort();
    json!({"status": answer.status.as_u16(), "body": body, "headers": headers})
}

/// A header's value. Seconds until a limit ends, which differ between two requests, are rounded to
/// minutes.
fn in_minutes(value: &str) -> String {
    let (before, seconds) = value.rsplit_once("t=").unwrap_or(("", value));
    match seconds.parse::<u32>() {
        Ok(seconds) if seconds > 600 => format!("{before}{} min", (seconds + 30) / 60),
        _ => value.to_owned(),
    }
}

async fn step(client: &Client<'_>, name: &str, email: &str) -> Answer {
    let mail = json!({"email": email});
    let register = |password: &str| json!({"email": email, "password": password});
    match name {
        "register" => client.post("/auth/register", register(PLANTED)).await,
        "register otherwise" => client.post("/auth/register", register("nine nimble newts")).await,
        "log in" => client.login(email, PLANTED).await,
        "log in wrongly" => client.login(email, "not the password").await,
        "forgot" => client.post("/auth/forgot-password", mail).await,
        "resend" => client.post("/auth/resend-verification", mail).await,
        "ask for a code" => client.ask_for_code(email).await,
        "try a code" => client.try_code(email, "000000").await,
        _ => panic!("{name}"),
    }
}

#[actix_rt::test]
async fn no_order_of_questions_tells_known_from_unknown_addresses() {
    let app = TestApp::spawn_with(&[
        PROXY,
        ("AUTH_LIMIT_ADDRESS", "100/15m"),
        ("AUTH_LIMIT_IDENTIFIER", "3/15m"),
        ("RATE_LIMIT_ADDRESS", "off"),
    ])
    .await;
    let orders: [&[&str]; 4] = [
        &["register", "log in", "log in wrongly", "log in", "log in", "register otherwise"],
        &["log in", "register", "log in", "resend", "resend", "resend", "resend", "log in"],
        &["ask for a code", "try a code", "register", "ask for a code", "try a code", "log in"],
        &["forgot", "register", "forgot", "log in", "try a code", "resend", "forgot", "forgot"],
    ];
    for n in 0..orders.len() {
        app.user(&format!("known{n}@example.com")).await;
    }
    let sequences = orders.iter().enumerate().flat_map(|(n, order)| {
        [("known", 1), ("unknown", 2)].map(|(kind, network)| {
            let client = Client::at(&app, format!("198.51.{network}.{n}"));
            let email = format!("{kind}{n}@example.com");
            async move {
                let mut sequence = Vec::new();
                for name in *order {
                    sequence.push(seen(&step(&client, name, &email).await));
                }
                sequence
            }
        })
    });
    let sequences = join_all(sequences).await;
    for (order, pair) in orders.iter().zip(sequences.chunks(2)) {
        for (name, (known, unknown)) in order.iter().zip(pair[0].iter().zip(&pair[1])) {
            assert_eq!(known, unknown, "{name} of {order:?}");
        }
    }
    let statuses: Vec<u64> =
        sequences[0].iter().map(|seen| seen["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [202, 401, 401, 401, 429, 202]);
    // The attacker's password does not work, and the owner's still does.
    app.login("known0@example.com", PASSWORD).await.expect(200);
}
