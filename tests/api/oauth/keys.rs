//! Providers that change their keys, and key sets with unknown members and keys.

use serde_json::json;

use super::{ANN, log_in, spawn, with_provider};
use crate::support::openid::{Canned, Fault, OpenIdProvider, Person};

fn ann() -> Person {
    Person::new("s1", ANN)
}

/// How often the key set was requested since the last call.
fn fetched(provider: &OpenIdProvider) -> usize {
    provider.calls().iter().filter(|call| *call == "GET /keys").count()
}

#[actix_rt::test]
async fn a_key_may_be_changed_under_its_id() {
    let (app, provider) = with_provider().await;
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
    assert_eq!(fetched(&provider), 1);
    provider.change_key_under_its_id();
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
    assert_eq!(fetched(&provider), 1);
    // A second change right after it, this time with another id.
    provider.change_key();
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
    assert_eq!(fetched(&provider), 1);
}

#[actix_rt::test]
async fn many_logins_after_a_change_fetch_the_keys_once() {
    let (app, provider) = with_provider().await;
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
    provider.calls();
    provider.change_key_under_its_id();
    let logins = (0..8).map(|_| log_in(&app, &provider, "oidc", ann()));
    for answer in futures_util::future::join_all(logins).await {
        answer.expect(200);
    }
    assert_eq!(fetched(&provider), 1);
}

#[actix_rt::test]
async fn bad_tokens_do_not_become_a_flood_of_requests() {
    let (app, provider) = with_provider().await;
    app.get("/auth/login/oidc").await.expect(302);
    provider.calls();
    for fault in [Fault::WrongSignature, Fault::UnknownKey] {
        provider.misbehave(Some(fault));
        for _ in 0..5 {
            log_in(&app, &provider, "oidc", ann()).await.expect_error(502, "provider_error");
        }
    }
    let fetched = fetched(&provider);
    assert!((1..=3).contains(&fetched), "{fetched}");
}

#[actix_rt::test]
async fn keys_that_cannot_be_fetched_anew_are_the_providers_fault() {
    let (app, provider) = with_provider().await;
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
    provider.change_key_under_its_id();
    provider.answer("GET /keys", Some(Canned::json("null")));
    log_in(&app, &provider, "oidc", ann()).await.expect_error(502, "provider_error");
    provider.answer("GET /keys", None);
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
}

#[actix_rt::test]
async fn keys_of_other_kinds_do_not_hide_the_right_one() {
    let provider = OpenIdProvider::start().await;
    let odd = [
        json!(null),
        json!("key"),
        json!({}),
        json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "key-0", "pub": "AQ"}),
        json!({"kty": "EC", "crv": "secp256k1", "kid": "key-0", "x": "AQ", "y": "AQ"}),
        json!({"kty": "RSA", "kid": "key-0", "n": 7, "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "key-0", "n": "!", "e": "!"}),
        json!({"kty": "RSA", "kid": "key-0", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "RSA", "kid": "key-0", "use": "enc", "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "RSA", "kid": ["key-0"], "x5c": 7, "n": "AQAB", "e": "AQAB"}),
        json!({"kty": "oct", "kid": "key-0", "alg": "HS256", "k": "c2VjcmV0"}),
    ];
    provider.publish(odd.to_vec());
    let app = spawn(&provider.settings()).await;
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
    // Without a key id, any suitable key may be the right one.
    provider.forge(json!({"kid": crate::support::openid::ABSENT}), json!({}));
    log_in(&app, &provider, "oidc", ann()).await.expect(200);
}

#[actix_rt::test]
async fn a_key_for_something_else_signs_no_login() {
    for member in [
        json!({"use": "enc"}),
        json!({"alg": "PS256"}),
        json!({"alg": "RSA-OAEP-256"}),
        json!({"key_ops": ["encrypt", "wrapKey"]}),
    ] {
        let provider = OpenIdProvider::start().await;
        provider.restrict_key(member.clone());
        let app = spawn(&provider.settings()).await;
        let answer = log_in(&app, &provider, "oidc", ann()).await;
        assert_eq!(answer.status, 502, "{member}: {}", answer.text());
    }
}
