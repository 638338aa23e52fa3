//! The five attacks of "Pre-hijacked accounts" (Sudhodanan and Paverd, 2022): an attacker prepares
//! an account for an address before its owner registers. None of the preparations may open the
//! owner's account.

use serde_json::json;

use super::{ANN, begin, come_back, log_in, me, user_of, with_provider};
use crate::support::{PASSWORD, TestApp, User, openid::Person};

const OWNERS: &str = "owner@example.com";
const ATTACKERS_PASSWORD: &str = "the attackers choice";

async fn code_to(app: &TestApp, address: &str) -> String {
    app.smtp.mail_to(address).await.subject.chars().take(6).collect()
}

async fn reset(app: &TestApp, email: &str, password: &str) -> User {
    app.post("/auth/forgot-password", &json!({"email": email})).await.expect(200);
    let token = app.smtp.mail_to(email).await.token();
    let body = json!({"token": token, "new_password": password});
    app.post("/auth/reset-password", &body).await.expect(200);
    User::of(&app.login(email, password).await.expect(200))
}

/// The attacker registers with a password. The owner logs in with a provider.
#[actix_rt::test]
async fn classic_federated_merge() {
    let (app, provider) = with_provider().await;
    let planted = app.register(OWNERS, ATTACKERS_PASSWORD).await.token();
    let owner = user_of(&app, &provider, Person::new("owner", OWNERS)).await;
    app.login(OWNERS, ATTACKERS_PASSWORD).await.expect_error(401, "invalid_credentials");
    app.verify(&planted).await.expect_error(400, "invalid_token");
    assert_eq!(me(&app, &owner).await["email"], OWNERS);
}

/// The attacker keeps a session and the owner resets the password. Here the attacker can have no
/// session before the mailbox is verified, so the test uses a session of an attacker who was logged
/// in once.
#[actix_rt::test]
async fn unexpired_session() {
    let (app, provider) = with_provider().await;
    let planted = app.register(OWNERS, ATTACKERS_PASSWORD).await.token();
    let attacker = User::of(&app.verify(&planted).await.expect(200));
    let owner = reset(&app, OWNERS, PASSWORD).await;
    app.get_as(&attacker, "/me").await.expect_error(401, "invalid_access_token");
    let refresh = json!({"refresh_token": attacker.refresh_token});
    app.post("/auth/refresh", &refresh).await.expect_error(401, "invalid_refresh_token");
    app.login(OWNERS, ATTACKERS_PASSWORD).await.expect_error(401, "invalid_credentials");
    assert_eq!(user_of(&app, &provider, Person::new("owner", OWNERS)).await.id, owner.id);
}

/// The attacker links an identity to the owner's address. The owner verifies the mailbox.
#[actix_rt::test]
async fn trojan_identifier() {
    let (app, provider) = with_provider().await;
    app.register(OWNERS, ATTACKERS_PASSWORD).await;
    // The attacker cannot link anything to an unverified account, so the test inserts the rows.
    app.database
        .execute(
            "INSERT INTO oauth_connections (user_id, provider, provider_uid)
             SELECT id, 'google', 'attacker' FROM users",
        )
        .await;
    app.database.execute("UPDATE profiles SET phone_number = '+390612345678'").await;
    let owner = user_of(&app, &provider, Person::new("owner", OWNERS)).await;
    let attacker = Person::new("attacker", "attacker@example.com");
    let attacker = log_in(&app, &provider, "google", attacker).await.expect(200);
    assert_ne!(User::of(&attacker).id, owner.id);
    assert_eq!(me(&app, &owner).await["profile"]["phone_number"], json!(null));
}

/// The attacker starts to change the address to the owner's, or away from it, and finishes that
/// later.
#[actix_rt::test]
async fn unexpired_email_change() {
    let (app, _provider) = with_provider().await;
    let attacker = app.user("attacker@example.com").await;
    let body = json!({"email": OWNERS, "password": PASSWORD});
    app.put_as(&attacker, "/me/email", &body).await.expect(202);
    // The owner gets a code that only the attacker's session can use, and registers.
    let code = code_to(&app, OWNERS).await;
    let owner = app.user(OWNERS).await;
    let confirm = json!({"code": code});
    let taken = app.post_as(&attacker, "/me/email/confirm", &confirm).await;
    taken.expect_error(409, "email_taken");
    assert_eq!(me(&app, &owner).await["email"], OWNERS);

    // An attacker who was logged in once tries to take over the account after the owner's reset.
    let body = json!({"email": "attackers-new@example.com", "password": PASSWORD});
    app.put_as(&owner, "/me/email", &body).await.expect(202);
    let code = code_to(&app, "attackers-new@example.com").await;
    let fresh = reset(&app, OWNERS, "nine nimble newts").await;
    let confirm = json!({"code": code});
    let late = app.post_as(&owner, "/me/email/confirm", &confirm).await;
    late.expect_error(401, "invalid_access_token");
    assert_eq!(me(&app, &fresh).await["email"], OWNERS);
}

/// A provider that verifies nothing returns the owner's address for the attacker, before the owner
/// registers or after.
#[actix_rt::test]
async fn non_verifying_provider() {
    let (app, provider) = with_provider().await;
    let attacker = user_of(&app, &provider, Person::unverified("attacker", OWNERS)).await;
    let owner = app.user(OWNERS).await;
    assert_ne!(attacker.id, owner.id);
    let again = user_of(&app, &provider, Person::unverified("attacker", OWNERS)).await;
    assert_eq!(again.id, attacker.id);
    let google = log_in(&app, &provider, "google", Person::new("owner", OWNERS)).await.expect(200);
    assert_eq!(User::of(&google).id, owner.id);
    assert_eq!(me(&app, &attacker).await["email"], json!(null));
}

/// The attacker begins a login and makes the owner finish it: the owner would be logged in to the
/// attacker's account, and would log activities there.
#[actix_rt::test]
async fn a_login_that_the_attacker_began_is_not_ended_by_the_owner() {
    let (app, provider) = with_provider().await;
    provider.log_in(Person::new("attacker", ANN));
    let attackers = begin(&app, "/auth/login/oidc").await;
    let returned = provider.visit(&attackers.location).await;
    let owners = begin(&app, "/auth/login/oidc").await;
    come_back(&app, &returned, &owners.cookie).await.expect_error(400, "invalid_state");
}
