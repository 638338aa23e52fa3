//! Who gets an account: the modes of registration, and invitations.

mod groups;
mod invitations;
mod matrix;
mod mode;

use serde_json::json;

use crate::{
    support::{Answer, PASSWORD, TestApp, process::said},
    user_command::user,
};

const KNOWN: &str = "known@example.com";
const UNKNOWN: &str = "unknown@example.com";
/// The operator has invited this address, although it is in another domain.
const INVITED: &str = "invited@partner.example";
/// In a domain that may not register.
const OUTSIDER: &str = "outsider@elsewhere.example";

/// Creates an invitation of the operator. Returns its token.
fn invite(app: &TestApp, arguments: &[&str]) -> String {
    let arguments: Vec<&str> = ["invite"].iter().chain(arguments).copied().collect();
    let made = user(app, &arguments);
    assert!(made.status.success(), "{made:?}");
    token_of(said(&made).trim())
}

/// The token in the link of an invitation.
fn token_of(link: &str) -> String {
    let fragment = link.strip_prefix("https://log.example/#/join?").expect(link);
    let mut pairs = url::form_urlencoded::parse(fragment.as_bytes());
    pairs.find(|(name, _)| name == "token").unwrap().1.into_owned()
}

/// Registers with a password, with or without an invitation.
async fn register(app: &TestApp, email: &str, invitation: Option<&str>) -> Answer {
    let mut body = json!({"email": email, "password": PASSWORD});
    if let Some(token) = invitation {
        body["invitation"] = json!(token);
    }
    app.post("/auth/register", &body).await
}

/// The addresses that have registered and wait for their verification.
async fn waiting(app: &TestApp) -> String {
    let waiting = "SELECT coalesce(string_agg(email, ' ' ORDER BY email), '')
                   FROM registrations r JOIN users u ON u.id = r.user_id";
    app.database.text(waiting).await
}

/// All addresses that the database knows.
async fn addresses(app: &TestApp) -> String {
    app.database.text("SELECT string_agg(email, ' ' ORDER BY email) FROM users").await
}
