//! What a stranger has set on an account with an unverified address is deleted with the owner's
//! first code: security.md row 8.

use serde_json::json;

use super::{mailed_code, verify};
use crate::support::{PASSWORD, TestApp, User};

#[actix_rt::test]
async fn a_mailed_code_proves_the_mailbox_and_deletes_what_was_set_before() {
    let app = TestApp::spawn().await;
    let planted = app.register("owner@example.com", "the attackers choice").await.token();
    app.database
        .execute("UPDATE profiles SET phone_number = '+390612345678', display_name = 'Stranger'")
        .await;
    app.database
        .execute(
            "INSERT INTO oauth_connections (user_id, provider, provider_uid)
             SELECT id, 'google', 'the-attackers' FROM users",
        )
        .await;
    let code = mailed_code(&app, "owner@example.com").await;
    let owner = User::of(&verify(&app, "owner@example.com", &code).await.expect(200));
    let me = app.get_as(&owner, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["phone_number"], json!(null));
    assert_eq!(me["profile"]["display_name"], json!(null));
    assert_eq!(app.database.text("SELECT count(*) FROM oauth_connections").await, "0");
    assert_eq!(app.database.text("SELECT token_version FROM users").await, "1");
    app.verify(&planted).await.expect_error(400, "invalid_token");
    app.login("owner@example.com", "the attackers choice")
        .await
        .expect_error(401, "invalid_credentials");
}

#[actix_rt::test]
async fn of_a_proven_account_nothing_is_deleted() {
    let app = TestApp::spawn().await;
    let ann = app.user("ann@example.com").await;
    app.put_as(&ann, "/me/profile", &json!({"display_name": "Ann"})).await.expect(200);
    let code = mailed_code(&app, "ann@example.com").await;
    verify(&app, "ann@example.com", &code).await.expect(200);
    let me = app.get_as(&ann, "/me").await.expect(200).json();
    assert_eq!(me["profile"]["display_name"], "Ann");
    app.login("ann@example.com", PASSWORD).await.expect(200);
}

#[actix_rt::test]
async fn the_owner_can_set_a_password_afterwards() {
    let app = TestApp::spawn().await;
    app.register("owner@example.com", "the attackers choice").await;
    let code = mailed_code(&app, "owner@example.com").await;
    verify(&app, "owner@example.com", &code).await.expect(200);
    app.post("/auth/forgot-password", &json!({"email": "owner@example.com"})).await.expect(200);
    let token = app.smtp.mail_to("owner@example.com").await.token();
    let body = json!({"token": token, "new_password": PASSWORD});
    app.post("/auth/reset-password", &body).await.expect(200);
    app.login("owner@example.com", PASSWORD).await.expect(200);
}
