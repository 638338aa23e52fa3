//! Groups of the operator's provider: only their members log in.

use serde_json::{Value, json};

use super::KNOWN;
use crate::{
    oauth::{log_in, spawn},
    support::{
        TestApp,
        openid::{Canned, OpenIdProvider, Person},
    },
};

async fn for_members() -> (TestApp, OpenIdProvider) {
    let provider = OpenIdProvider::start().await;
    let mut settings = provider.settings();
    settings.push(("OIDC_ALLOWED_GROUPS", "runners, swimmers".to_owned()));
    (spawn(&settings).await, provider)
}

#[actix_rt::test]
async fn members_log_in_and_others_do_not() {
    let (app, provider) = for_members().await;
    for (groups, may) in [
        (json!(["cooks", "swimmers"]), true),
        (json!("runners"), true),
        (json!(["cooks"]), false),
        (json!(["Runners"]), false),
        (json!([]), false),
        (json!({"runners": true}), false),
        (Value::Null, false),
    ] {
        provider.forge(Value::Null, json!({"groups": groups}));
        let answer = log_in(&app, &provider, "oidc", Person::new("s1", KNOWN)).await;
        if may {
            answer.expect(200);
        } else {
            answer.expect_error(403, "group_not_allowed");
        }
    }
    // Groups are those of the operator's provider.
    log_in(&app, &provider, "google", Person::new("s2", "ben@example.com")).await.expect(200);
}

#[actix_rt::test]
async fn groups_may_come_from_userinfo() {
    let (app, provider) = for_members().await;
    let person = || Person::new("s1", KNOWN);
    for (groups, status) in [(json!(["runners"]), 200), (json!(["cooks"]), 403)] {
        let claims = json!({"sub": "s1", "groups": groups});
        provider.answer("GET /userinfo", Some(Canned::json(claims)));
        log_in(&app, &provider, "oidc", person()).await.expect(status);
    }
    // Without an answer, nobody is a member.
    provider.answer("GET /userinfo", Some(Canned { status: 500, ..Canned::json("") }));
    log_in(&app, &provider, "oidc", person()).await.expect_error(502, "provider_error");
}
