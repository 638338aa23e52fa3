//! The database stores no secret that opens an account: security.md row 16.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

use super::{forgot, register_only};
use crate::support::{Database, JWT_SECRET, PASSWORD, SERVER_KEY, Stage, TestApp, until};

/// All rows of all tables, as text.
async fn dump(database: &Database) -> String {
    let tables = "SELECT string_agg(quote_ident(table_name), ' ') FROM information_schema.tables
                  WHERE table_schema = 'public' AND table_type = 'BASE TABLE'";
    let mut dump = String::new();
    for table in database.text(tables).await.split(' ') {
        let rows = format!("SELECT string_agg(t::text, E'\\n') FROM {table} t");
        dump.push_str(&database.text(&rows).await);
        dump.push('\n');
    }
    dump
}

/// The encodings in which a secret could be stored.
fn spellings(secret: &str) -> Vec<String> {
    let mut spellings = vec![secret.to_owned(), hex(secret.as_bytes())];
    if let Ok(raw) = URL_SAFE_NO_PAD.decode(secret) {
        spellings.extend([hex(&raw), STANDARD.encode(&raw)]);
    }
    spellings
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[actix_rt::test]
async fn a_dump_has_no_token_and_no_password() {
    let app = TestApp::spawn().await;
    let mut secrets = vec![PASSWORD.to_owned(), JWT_SECRET.to_owned(), SERVER_KEY.to_owned()];
    // A confirmed account with an unused reset link and an access token.
    let user = app.user("ann@example.com").await;
    forgot(&app, "ann@example.com").await;
    secrets.extend([user.token, app.smtp.mail_to("ann@example.com").await.token()]);
    // A registered account whose mail was sent.
    secrets.push(app.register("bob@example.com", "a password of bob's").await.token());
    secrets.push("a password of bob's".to_owned());
    // A registered account whose mail is being sent.
    app.smtp.hold(Some(Stage::Dot));
    register_only(&app, "cid@example.com").await;
    until("the mail is being sent", async || !app.smtp.unanswered().is_empty()).await;
    secrets.push(app.smtp.unanswered()[0].token());

    let dump = dump(&app.database).await;
    app.smtp.hold(None);
    for expected in ["cid@example.com", "$argon2id$", "reset_password", "sending", "sent"] {
        assert!(dump.contains(expected), "{expected} is not in {dump}");
    }
    for secret in &secrets {
        for spelling in spellings(secret) {
            assert!(!dump.contains(&spelling), "{spelling} is in {dump}");
        }
    }
}

#[actix_rt::test]
async fn a_message_that_is_over_holds_nothing_of_its_recipient() {
    let app = TestApp::spawn().await;
    let token = app.register("ann@example.com", PASSWORD).await.token();
    crate::support::until_selects(&app.database, super::STATES, "sent 1").await;
    let row = app.database.text("SELECT o FROM outbox o").await;
    assert!(!row.contains("ann@") && !row.contains(&token), "{row}");
}
