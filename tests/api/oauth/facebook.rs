//! Facebook, whose word about an address counts only when the operator says so.

use serde_json::json;

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
