//! Which account a provider login opens: security.md rows 7 to 9.

use serde_json::json;

use super::{ANN, log_in, me, user_of, with_provider};
use crate::support::{PASSWORD, Scrape, User, openid::Person};

#[actix_rt::test]
async fn a_first_login_makes_an_account_and_the_next_one_finds_it() {
    let (app, provider) = with_provider().await;
    let answer = log_in(&app, &provider, "oidc", Person::new("s1", ANN)).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{:?}", answer.headers);
    let first = User::of(&answer);
    assert_eq!(me(&app, &first).await["email"], ANN);
    let second = user_of(&app, &provider, Person::new("s1", ANN)).await;
    assert_eq!(second.id, first.id);
    let sessions = app.get_as(&second, "/me/sessions").await.expect(200).json();
    assert_eq!(sessions["sessions"][0]["method"], "oidc");
    let scrape = Scrape::of(&app).await;
    assert_eq!(scrape.count("sports_log_users_registered_total"), 1.0);
    let logins = |status| format!("sports_log_logins_total{{method=\"oidc\",status=\"{status}\"}}");
    assert_eq!(scrape.count(&logins("success")), 2.0);
}

#[actix_rt::test]
async fn an_account_is_its_subject_whatever_becomes_of_the_address() {
    let (app, provider) = with_provider().await;
    let ann = user_of(&app, &provider, Person::new("s1", ANN)).await;
    let moved = user_of(&app, &provider, Person::new("s1", "ann@new.example")).await;
    assert_eq!(moved.id, ann.id);
    assert_eq!(me(&app, &moved).await["email"], ANN);
    // The same address with another subject of the same provider belongs to somebody else by now.
    log_in(&app, &provider, "oidc", Person::new("s2", ANN))
        .await
        .expect_error(409, "connection_taken");
    // A subject is unique only within its provider.
    let other = log_in(&app, &provider, "google", Person::new("s1", "bob@example.com")).await;
    assert_ne!(User::of(&other.expect(200)).id, ann.id);
}

#[actix_rt::test]
async fn an_account_is_found_by_an_address_that_both_sides_have_proven() {
    let (app, provider) = with_provider().await;
    let ann = app.user(ANN).await;
    let linked = user_of(&app, &provider, Person::new("s1", "Ann@Example.com")).await;
    assert_eq!(linked.id, ann.id);
    let notice = app.smtp.notice_to(ANN).await;
    assert_eq!(notice.subject, "your identity provider can now be used to log in (sports-log)");
    app.get_as(&ann, "/me").await.expect(200);
    app.login(ANN, PASSWORD).await.expect(200);
    let google = log_in(&app, &provider, "google", Person::new("g1", ANN)).await.expect(200);
    assert_eq!(User::of(&google).id, ann.id);
}

#[actix_rt::test]
async fn an_address_that_the_provider_has_not_proven_finds_nobody() {
    let (app, provider) = with_provider().await;
    let ann = app.user(ANN).await;
    for person in [
        Person::unverified("s1", ANN),
        Person { email: None, ..Person::new("s2", ANN) },
        Person::new("s3", "no address at all"),
    ] {
        let subject = person.subject.clone();
        let stranger = user_of(&app, &provider, person.clone()).await;
        assert_ne!(stranger.id, ann.id, "{subject}");
        assert_eq!(me(&app, &stranger).await["email"], json!(null), "{subject}");
        assert_eq!(user_of(&app, &provider, person).await.id, stranger.id, "{subject}");
    }
}

#[actix_rt::test]
async fn an_account_without_an_address_can_prove_one_and_then_set_a_password() {
    let (app, provider) = with_provider().await;
    let user = user_of(&app, &provider, Person::unverified("s1", ANN)).await;
    let password = json!({"new_password": PASSWORD});
    app.put_as(&user, "/me/password", &password).await.expect_error(409, "email_missing");
    app.post_as(&user, "/me/otp", &json!({"channel": "email"}))
        .await
        .expect_error(409, "email_missing");
    app.put_as(&user, "/me/email", &json!({"email": ANN})).await.expect(202);
    let code = |mail: crate::support::Mail| mail.subject.chars().take(6).collect::<String>();
    let proof = code(app.smtp.mail_to(ANN).await);
    let confirmed = app.post_as(&user, "/me/email/confirm", &json!({"code": proof})).await;
    let user = User::of(&confirmed.expect(200));
    assert_eq!(me(&app, &user).await["email"], ANN);
    app.post_as(&user, "/me/otp", &json!({"channel": "email"})).await.expect(202);
    let proof = code(app.smtp.mail_to(ANN).await);
    let password = json!({"new_password": PASSWORD, "code": proof});
    app.put_as(&user, "/me/password", &password).await.expect(200);
    let by_password = User::of(&app.login(ANN, PASSWORD).await.expect(200));
    assert_eq!(by_password.id, user.id);
}

#[actix_rt::test]
async fn an_account_with_nothing_to_prove_needs_a_fresh_login_for_what_is_sensitive() {
    let (app, provider) = with_provider().await;
    let user = user_of(&app, &provider, Person::unverified("s1", ANN)).await;
    app.database.execute("UPDATE sessions SET created_at = now() - interval '11 minutes'").await;
    app.put_as(&user, "/me/email", &json!({"email": ANN}))
        .await
        .expect_error(403, "reauthentication_required");
    let fresh = user_of(&app, &provider, Person::unverified("s1", ANN)).await;
    app.put_as(&fresh, "/me/email", &json!({"email": ANN})).await.expect(202);
}

#[actix_rt::test]
async fn parallel_first_logins_make_one_account() {
    let (app, provider) = with_provider().await;
    for person in [Person::new("s1", ANN), Person::unverified("s2", ANN)] {
        let logins = (0..16).map(|_| log_in(&app, &provider, "oidc", person.clone()));
        let answers = futures_util::future::join_all(logins).await;
        let mut ids: Vec<String> =
            answers.into_iter().map(|answer| User::of(&answer.expect(200)).id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "{person:?}");
    }
    assert_eq!(app.database.text("SELECT count(*) FROM users").await, "2");
    assert_eq!(app.database.text("SELECT count(*) FROM oauth_connections").await, "2");
}

#[actix_rt::test]
async fn nobody_gets_into_a_locked_account() {
    let (app, provider) = with_provider().await;
    user_of(&app, &provider, Person::new("s1", ANN)).await;
    app.database.execute("UPDATE users SET locked_at = now()").await;
    log_in(&app, &provider, "oidc", Person::new("s1", ANN))
        .await
        .expect_error(403, "account_locked");
}

#[actix_rt::test]
async fn a_provider_without_credentials_is_not_offered() {
    let app = crate::support::TestApp::spawn().await;
    for name in ["google", "facebook", "oidc", "myspace", "Google"] {
        app.get(&format!("/auth/login/{name}")).await.expect_error(404, "not_found");
        app.get(&format!("/auth/callback/{name}")).await.expect_error(404, "not_found");
    }
}
