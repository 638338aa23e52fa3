//! Facebook, whose email addresses count as verified only if the operator says so.

use serde_json::{Value, json};

use super::{ANN, begin, come_back, me, spawn};
use crate::support::{Answer, PASSWORD, TestApp, User, graph::Facebook, openid::Person};

async fn log_in(app: &TestApp, facebook: &Facebook, person: Person) -> Answer {
    facebook.log_in(person);
    let begun = begin(app, "/auth/login/facebook").await;
    let returned = facebook.visit(&begun.location).await;
    come_back(app, &returned, &begun.cookie).await
}

#[actix_rt::test]
async fn an_address_that_facebook_names_proves_nothing() {
    let facebook = Facebook::start().await;
    let app = spawn(&facebook.settings()).await;
    let ann = app.user(ANN).await;
    let first = User::of(&log_in(&app, &facebook, Person::new("f1", ANN)).await.expect(200));
    assert_ne!(first.id, ann.id);
    assert_eq!(me(&app, &first).await["email"], json!(null));
    let again = User::of(&log_in(&app, &facebook, Person::new("f1", ANN)).await.expect(200));
    assert_eq!(again.id, first.id);
    let connections = app.get_as(&again, "/me/connections").await.expect(200).json();
    assert_eq!(connections["connections"][0]["provider"], "facebook");
    assert_eq!(connections["connections"][0]["email"], ANN);
    let look = app.get_as(&again, "/me/connections/facebook").await.expect(200).json();
    assert_eq!((&look["active"], &look["name"]), (&json!(true), &json!("Ann Example")));
    app.login(ANN, PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn an_operator_may_trust_it() {
    let facebook = Facebook::start().await;
    let mut settings = facebook.settings();
    settings.push(("FACEBOOK_TRUST_EMAIL", "true".to_owned()));
    let app = spawn(&settings).await;
    let ann = app.user(ANN).await;
    let linked = User::of(&log_in(&app, &facebook, Person::new("f1", ANN)).await.expect(200));
    assert_eq!(linked.id, ann.id);
    let nameless = Person { email: None, name: None, ..Person::new("f2", ANN) };
    let other = User::of(&log_in(&app, &facebook, nameless).await.expect(200));
    assert_ne!(other.id, ann.id);
}

/// Status and error of the Graph API, the answer to a login, and whether the connection is still
/// reported as active, or `None` if that cannot be found out.
type Case = (u16, Value, (u16, &'static str), Option<bool>);

fn graph_errors() -> Vec<Case> {
    let error = |code: i64| json!({"message": "m", "type": "OAuthException", "code": code});
    let with = |code, name: &str, value: Value| {
        let mut error = error(code);
        error[name] = value;
        error
    };
    let (trouble, denied) = ((502, "provider_error"), (403, "login_denied"));
    let gone = (401, "invalid_code");
    vec![
        (400, with(190, "error_subcode", json!(463)), gone, Some(false)),
        (400, with(190, "error_subcode", json!(458)), gone, Some(false)),
        (401, error(190), gone, Some(false)),
        (400, error(102), gone, Some(false)),
        (400, with(100, "error_subcode", json!(36009)), gone, None),
        (403, error(10), denied, Some(false)),
        (403, error(200), denied, Some(false)),
        (400, error(4), trouble, None),
        (403, error(17), trouble, None),
        (400, error(32), trouble, None),
        (403, error(613), trouble, None),
        (400, error(80_004), trouble, None),
        (500, error(1), trouble, None),
        (400, error(2), trouble, None),
        (400, with(190, "is_transient", json!(true)), trouble, None),
        (400, error(104), trouble, None),
        (400, json!({"message": "m", "code": "190"}), trouble, None),
        (401, json!("expired"), trouble, None),
    ]
}

#[actix_rt::test]
async fn facebooks_errors_are_told_apart_by_their_code() {
    let facebook = Facebook::start().await;
    let app = spawn(&facebook.settings()).await;
    let ann = User::of(&log_in(&app, &facebook, Person::new("f1", ANN)).await.expect(200));
    for (status, error, (expected, code), active) in graph_errors() {
        facebook.fail(Some((status, error.clone())));
        let answer = log_in(&app, &facebook, Person::new("f1", ANN)).await;
        assert_eq!(answer.status, expected, "{error}: {}", answer.text());
        assert_eq!(answer.json()["code"], code, "{error}");
        let look = app.get_as(&ann, "/me/connections/facebook").await;
        match active {
            Some(active) => assert_eq!(look.expect(200).json()["active"], active, "{error}"),
            None => drop(look.expect_error(502, "provider_error")),
        }
    }
    facebook.fail(Some((400, json!({"code": 4}))));
    let look = app.get_as(&ann, "/me/connections/facebook").await;
    assert_eq!(look.header("retry-after"), "60");
    facebook.fail(None);
    let look = app.get_as(&ann, "/me/connections/facebook").await.expect(200).json();
    assert_eq!(look["active"], true);
}
