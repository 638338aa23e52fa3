//! The issuer that the authorization response names: RFC 9207.

use serde_json::json;

use super::{ANN, begin, come_back, spawn, with_provider};
use crate::support::{
    TestApp,
    openid::{OpenIdProvider, Person},
};

/// Returns from `provider` with `added` appended to the query. Returns the status and the code.
async fn answered(app: &TestApp, provider: &OpenIdProvider, added: &str) -> (u16, String) {
    let begun = begin(app, "/auth/login/oidc").await;
    let returned = provider.visit(&begun.location).await;
    provider.calls();
    let answer = come_back(app, &format!("{returned}{added}"), &begun.cookie).await;
    if answer.status == 400 {
        assert_eq!(provider.calls(), Vec::<String>::new(), "a code was shown to the wrong one");
    }
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

#[actix_rt::test]
async fn an_answer_of_another_issuer_is_refused() {
    let (app, provider) = with_provider().await;
    let own = format!("&iss={}", provider.issuer);
    for denies in [false, true] {
        if denies {
            provider.deny();
        } else {
            provider.log_in(Person::new("s1", ANN));
        }
        for foreign in ["&iss=https://evil.example", "&iss=", "&iss=null"] {
            let refused = (400, "invalid_state".to_owned());
            assert_eq!(answered(&app, &provider, foreign).await, refused, "{foreign}");
        }
        let twice = format!("{own}&iss=https://evil.example");
        assert_eq!(answered(&app, &provider, &twice).await, (400, "invalid_parameter".to_owned()));
        let expected = if denies { (403, "login_denied") } else { (200, "") };
        for right in [own.as_str(), ""] {
            let answer = answered(&app, &provider, right).await;
            assert_eq!((answer.0, answer.1.as_str()), expected, "{right}");
        }
    }
}

#[actix_rt::test]
async fn a_provider_that_promises_to_name_itself_must() {
    let provider = OpenIdProvider::start().await;
    provider.describe(json!({"authorization_response_iss_parameter_supported": true}));
    provider.log_in(Person::new("s1", ANN));
    let app = spawn(&provider.settings()).await;
    let own = format!("&iss={}", provider.issuer);
    assert_eq!(answered(&app, &provider, "").await, (400, "invalid_state".to_owned()));
    assert_eq!(answered(&app, &provider, &own).await, (200, String::new()));
}
