//! ID tokens that are signed correctly but prove nothing: OpenID Connect Core 1.0, section 3.1.3.7,
//! RFC 7515, RFC 8725.

use chrono::Utc;
use serde_json::{Value, json};

use super::{ANN, log_in, me, with_provider};
use crate::support::{
    User,
    openid::{ABSENT, CLIENT_ID, Person},
};

#[actix_rt::test]
async fn a_token_that_is_not_for_this_login_here_and_now_is_refused() {
    let (app, provider) = with_provider().await;
    let now = Utc::now().timestamp();
    let own = &provider.issuer;
    let evil = "https://evil.example";
    let none = json!({});
    for (header, claims) in [
        // Audience.
        (none.clone(), json!({"aud": [CLIENT_ID, "another-client"]})),
        (none.clone(), json!({"aud": ["another-client"]})),
        (none.clone(), json!({"aud": []})),
        (none.clone(), json!({"aud": null})),
        (none.clone(), json!({"aud": ABSENT})),
        (none.clone(), json!({"aud": {"client": CLIENT_ID}})),
        (none.clone(), json!({"azp": "another-client"})),
        (none.clone(), json!({"azp": 7})),
        // Issuer.
        (none.clone(), json!({"iss": evil})),
        (none.clone(), json!({"iss": [own, evil]})),
        (none.clone(), json!({"iss": [own]})),
        (none.clone(), json!({"iss": ABSENT})),
        (none.clone(), json!({"iss": format!("{own}/")})),
        (none.clone(), json!({"iss": null})),
        // Subject.
        (none.clone(), json!({"sub": ABSENT})),
        (none.clone(), json!({"sub": null})),
        (none.clone(), json!({"sub": 7})),
        (none.clone(), json!({"sub": ""})),
        (none.clone(), json!({"sub": "s\u{e9}"})),
        (none.clone(), json!({"sub": "s".repeat(256)})),
        // Times.
        (none.clone(), json!({"exp": ABSENT})),
        (none.clone(), json!({"exp": null})),
        (none.clone(), json!({"exp": now - 120})),
        (none.clone(), json!({"exp": -1e300})),
        (none.clone(), json!({"exp": (now + 300).to_string()})),
        (none.clone(), json!({"nbf": now + 120})),
        (none.clone(), json!({"nbf": 1e300})),
        (none.clone(), json!({"nbf": "tomorrow"})),
        (none.clone(), json!({"iat": ABSENT})),
        (none.clone(), json!({"iat": null})),
        (none.clone(), json!({"iat": now + 120})),
        (none.clone(), json!({"iat": now - 7200})),
        (none.clone(), json!({"iat": [now]})),
        // Which login it belongs to.
        (none.clone(), json!({"nonce": ABSENT})),
        (none.clone(), json!({"nonce": null})),
        (none.clone(), json!({"nonce": 7})),
        (none.clone(), json!({"at_hash": "A".repeat(22)})),
        (none.clone(), json!({"at_hash": ""})),
        (none.clone(), json!({"at_hash": 7})),
        // Type of the token.
        (json!({"typ": "at+jwt"}), none.clone()),
        (json!({"typ": "application/at+jwt"}), none.clone()),
        (json!({"typ": "logout+jwt"}), none.clone()),
        (json!({"typ": "dpop+jwt"}), none.clone()),
        (json!({"typ": "secevent+jwt"}), none.clone()),
        (json!({"typ": ""}), none.clone()),
        (json!({"typ": 7}), none.clone()),
        (json!({"crit": ["exp"], "exp": now}), none.clone()),
        (json!({"crit": ["b64"], "b64": false}), none.clone()),
        (json!({"crit": []}), none.clone()),
        (json!({"crit": null}), none.clone()),
        (json!({"b64": false}), none.clone()),
        (json!({"alg": "RS512"}), none.clone()),
        (json!({"alg": "PS256"}), none.clone()),
        (json!({"alg": "ES256"}), none.clone()),
        (json!({"alg": "HS256"}), none.clone()),
        (json!({"alg": "none"}), none.clone()),
        (json!({"alg": "NONE"}), none.clone()),
        (json!({"alg": null}), none.clone()),
        (json!({"alg": ABSENT}), none.clone()),
        (json!({"kid": 7}), none.clone()),
    ] {
        provider.forge(header.clone(), claims.clone());
        let answer = log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await;
        let what = format!("{header} {claims}: {} {}", answer.status, answer.text());
        assert_eq!(answer.status, 502, "{what}");
        assert_eq!(answer.json()["code"], "provider_error", "{what}");
    }
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "0");
    provider.forge(Value::Null, Value::Null);
    log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await.expect(200);
}

#[actix_rt::test]
async fn what_a_token_may_say_besides_keeps_nobody_out() {
    let (app, provider) = with_provider().await;
    let now = Utc::now().timestamp();
    let none = json!({});
    for (header, claims) in [
        (json!({"typ": ABSENT}), none.clone()),
        (json!({"typ": "jwt"}), none.clone()),
        (json!({"typ": "application/JWT"}), none.clone()),
        (json!({"kid": ABSENT}), none.clone()),
        (json!({"x5t": "abc", "of_tomorrow": {"a": 1}}), none.clone()),
        (none.clone(), json!({"aud": [CLIENT_ID]})),
        (none.clone(), json!({"azp": CLIENT_ID})),
        (none.clone(), json!({"azp": null, "nbf": null, "at_hash": null})),
        (none.clone(), json!({"at_hash": ABSENT})),
        (
            none.clone(),
            json!({"nbf": now - 300, "iat": now as f64 - 0.5, "exp": now as f64 + 60.5}),
        ),
        // A provider whose clock is slightly off.
        (none.clone(), json!({"nbf": now + 10, "iat": now + 10})),
        (none.clone(), json!({"iat": now - 300, "auth_time": now - 86_400, "amr": ["pwd"]})),
        // Claims of other types, which grant nothing.
        (none.clone(), json!({"name": 7, "email_verified": "true", "address": null})),
    ] {
        provider.forge(header.clone(), claims.clone());
        let answer = log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await;
        assert_eq!(answer.status, 200, "{header} {claims}: {}", answer.text());
    }
    let odd = json!({"email": 7, "name": {"first": "Bob"}});
    provider.forge(none, odd);
    provider.describe(json!({"userinfo_endpoint": null}));
    let settings = provider.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = app.restarted(&settings).await;
    let bob = log_in(&app, &provider, "oidc", Person::new("s2", "bob@example.com")).await;
    assert_eq!(me(&app, &User::of(&bob.expect(200))).await["email"], Value::Null);
}
