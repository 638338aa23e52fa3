//! Malformed answers: HTML, empty, too large, or with values of other types. Each ends in an error
//! with a code and a message, and does not affect other users.

use serde_json::json;

use super::{ANN, log_in, with_provider};
use crate::support::openid::{Canned, Person};

/// Answers that any endpoint may give.
fn nonsense() -> Vec<Canned> {
    let html = "<html><body>Welcome to the hotel's network</body></html>".to_owned();
    let mut answers = vec![
        Canned { status: 200, media_type: "text/html", body: html.clone() },
        Canned { status: 403, media_type: "text/html", body: html.clone() },
        Canned { status: 503, media_type: "text/html", body: html },
        Canned { status: 302, media_type: "text/plain", body: String::new() },
        Canned { status: 204, media_type: "text/plain", body: String::new() },
    ];
    for body in ["", "null", "7", "\"text\"", "[]", "{}", "{\"a\":", "\u{feff}{}", "eyJ.eyJ.x"] {
        answers.push(Canned::json(body));
    }
    answers.push(Canned::json(format!("\"{}\"", "x".repeat(200 * 1024))));
    answers.push(Canned::json("[".repeat(50_000)));
    answers
}

#[actix_rt::test]
async fn a_provider_that_describes_itself_oddly_is_an_error_at_the_start() {
    let (app, provider) = with_provider().await;
    let own = &provider.issuer;
    for call in ["GET /.well-known/openid-configuration", "GET /keys"] {
        for canned in nonsense() {
            provider.answer(call, Some(canned.clone()));
            let answer = app.get("/auth/login/oidc").await;
            assert_eq!(answer.status, 502, "{call} {canned:?}: {}", answer.text());
            answer.expect_error(502, "provider_error");
        }
        provider.answer(call, None);
    }
    for members in [
        json!({"issuer": null}),
        json!({"issuer": [own]}),
        json!({"issuer": "https://evil.example"}),
        json!({"token_endpoint": 7}),
        json!({"token_endpoint": ""}),
        json!({"token_endpoint": "/token"}),
        json!({"authorization_endpoint": null}),
        json!({"authorization_endpoint": "javascript:alert(1)"}),
        json!({"jwks_uri": "file:///etc/passwd"}),
        json!({"userinfo_endpoint": "ftp://provider.example/userinfo"}),
    ] {
        provider.describe(members.clone());
        let answer = app.get("/auth/login/oidc").await;
        assert_eq!(answer.status, 502, "{members}: {}", answer.text());
        answer.expect_error(502, "provider_error");
    }
    provider.describe(json!({"token_endpoint_auth_methods_supported": null,
        "authorization_response_iss_parameter_supported": "no", "scopes_supported": 7}));
    log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await.expect(200);
}

#[actix_rt::test]
async fn odd_tokens_let_nobody_in() {
    let (app, provider) = with_provider().await;
    let tokens = |id_token: &str| {
        Canned::json(json!({"access_token": "x", "token_type": "Bearer", "id_token": id_token}))
    };
    let odd = [
        tokens(""),
        tokens("a"),
        tokens("a.b"),
        tokens("a.b.c"),
        tokens("a.b.c.d.e"),
        tokens(".."),
        tokens("e30.e30."),
        tokens("bnVsbA.bnVsbA.AA"),
        tokens("W10.W10.AA"),
        tokens(&"a".repeat(60_000)),
        Canned::json(json!({"access_token": 7, "token_type": "Bearer", "id_token": 7})),
        Canned::json(json!({"access_token": null, "token_type": null, "id_token": null})),
        Canned::json(json!({"access_token": "x", "token_type": "Bearer", "expires_in": "soon"})),
        Canned::json(json!({"error": {"code": 190}})),
        Canned { status: 400, ..Canned::json(json!({"error": {"code": 190}})) },
        Canned { status: 400, ..Canned::json(json!({"error": 7})) },
        Canned { status: 400, ..Canned::json("") },
        Canned { status: 429, ..Canned::json(json!({"error": "slow_down"})) },
    ];
    for canned in nonsense().into_iter().chain(odd) {
        provider.answer("POST /token", Some(canned.clone()));
        let answer = log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await;
        assert_eq!(answer.status, 502, "{canned:?}: {}", answer.text());
        answer.expect_error(502, "provider_error");
    }
    provider.answer("POST /token", None);
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "0");
    log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await.expect(200);
}

#[actix_rt::test]
async fn odd_userinfo_concerns_first_logins_only() {
    let (app, provider) = with_provider().await;
    provider.name_nobody_in_tokens();
    let known = Person::new("s1", ANN);
    log_in(&app, &provider, "oidc", known.clone()).await.expect(200);
    let odd = [
        Canned::json(json!({"sub": 7, "email": ANN, "email_verified": true})),
        Canned::json(json!({"sub": null, "email": ANN, "email_verified": true})),
        Canned::json(json!({"sub": "somebody else", "email": ANN, "email_verified": true})),
        Canned { status: 401, ..Canned::json(json!({"error": "invalid_token"})) },
        Canned { media_type: "application/jwt", ..Canned::json("a.b.c") },
        Canned { media_type: "application/jwt", ..Canned::json("\u{0}") },
    ];
    for canned in nonsense().into_iter().chain(odd) {
        provider.answer("GET /userinfo", Some(canned.clone()));
        let answer = log_in(&app, &provider, "oidc", Person::new("s2", "bob@example.com")).await;
        assert_eq!(answer.status, 502, "{canned:?}: {}", answer.text());
        answer.expect_error(502, "provider_error");
        let answer = log_in(&app, &provider, "oidc", known.clone()).await;
        assert_eq!(answer.status, 200, "{canned:?}: {}", answer.text());
    }
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "1");
}
