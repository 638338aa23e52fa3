//! Nothing is posted to receivers that have not agreed.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{app_for, hook, run};
use crate::support::receiver::Receiver;

#[actix_rt::test]
async fn events_begin_once_the_receiver_has_agreed() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let (ann, bob) = (app.user("ann@example.com").await, app.user("bob@example.com").await);
    receiver.agree(false);
    let made = json!({"url": receiver.url});
    let made = app.post_with_key(&ann, "/me/webhooks", "k", &made).await.expect(201).json();
    assert!(made["verified_at"].is_null());
    assert_eq!(made["challenge_error"], "did not return the challenge");
    let challenge = receiver.challenges().remove(0);
    assert!(challenge.is_signed_by(&made["secret"]));
    assert!(challenge.json()["data"]["challenge"].as_str().is_some_and(|text| text.len() >= 20));
    // There is one challenge, however often the request is repeated.
    let again = json!({"url": receiver.url});
    let again = app.post_with_key(&ann, "/me/webhooks", "k", &again).await.expect(201).json();
    assert_eq!((&again, receiver.challenges().len()), (&made, 1));

    let path = format!("/me/webhooks/{}", made["id"].as_str().unwrap());
    app.put_as(&ann, &path, &json!({"enabled": true})).await.expect(200);
    let lost = app.post_as(&ann, "/activities", &run()).await.expect(201);
    assert_eq!(app.database.text("SELECT count(*) FROM webhook_deliveries").await, "0");

    let test = format!("{path}/test");
    receiver.answer(503);
    let tested = app.request(&ann, Method::POST, &test, None).await.expect(200).json();
    assert_eq!(tested["challenge_error"], "responded with 503 to the challenge");
    app.request(&bob, Method::POST, &test, None).await.expect_error(404, "not_found");
    receiver.answer(200);
    receiver.agree(true);
    let tested = app.request(&ann, Method::POST, &test, None).await.expect(200).json();
    assert!(tested["verified_at"].is_string() && tested["challenge_error"].is_null());
    app.request(&ann, Method::DELETE, lost.header("location"), None).await.expect(204);
    assert_eq!(receiver.got(1).await[0].json()["type"], "activity.deleted");

    // After the receiver has agreed, a failed test has no consequences.
    receiver.agree(false);
    let failed = app.request(&ann, Method::POST, &test, None).await.expect(200).json();
    assert_eq!(failed["verified_at"], tested["verified_at"]);
    assert_ne!(failed["challenge_error"], Value::Null);
    app.post_as(&ann, "/activities", &run()).await.expect(201);
    receiver.got(2).await;
}

#[actix_rt::test]
async fn challenges_are_limited() {
    let receiver = Receiver::start();
    let app = app_for(&receiver).await;
    let ann = app.user("ann@example.com").await;
    let webhook = hook(&app, &ann, &json!({"url": receiver.url})).await;
    let test = format!("/me/webhooks/{}/test", webhook["id"].as_str().unwrap());
    for _ in 0..29 {
        app.request(&ann, Method::POST, &test, None).await.expect(200);
    }
    app.request(&ann, Method::POST, &test, None).await.expect_error(429, "rate_limited");
    assert_eq!(receiver.challenges().len(), 30);
}
