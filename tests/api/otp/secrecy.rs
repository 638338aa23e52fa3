//! Codes are not stored anywhere: security.md row 16, delivery.md F16.

use super::{NUMBER, mailed_code, prove, request, with_sms};
use crate::support::{Stage, until};

#[actix_rt::test]
async fn a_dump_has_no_code() {
    let (app, twilio) = with_sms().await;
    let ann = app.user("ann@example.com").await;
    prove(&app, &twilio, &ann, NUMBER).await;
    let mut codes = vec![twilio.messages()[0].code(), mailed_code(&app, "ann@example.com").await];
    request(&app, NUMBER, "sms").await.expect(200);
    codes.push(twilio.sms_to(NUMBER).await.code());
    // A code whose mail is being sent.
    app.smtp.hold(Some(Stage::Dot));
    request(&app, "ann@example.com", "email").await.expect(200);
    until("the mail is being sent", async || !app.smtp.unanswered().is_empty()).await;
    codes.push(super::code(&app.smtp.unanswered()[0]));
    let columns = "SELECT string_agg(format('%s', to_jsonb(c) - 'created_at' - 'expires_at'), ' ')
                       FROM otp_challenges c";
    let challenges = app.database.text(columns).await;
    let outbox = "SELECT string_agg(format('%s', to_jsonb(o) - 'created_at' - 'expires_at'
                      - 'not_before' - 'finished_at' - 'lease_until'), ' ') FROM outbox o";
    let outbox = app.database.text(outbox).await;
    assert!(challenges.contains("ann@example.com") && outbox.contains("sending"));
    for code in codes {
        // Within ids and digests, the same digits may occur by chance. Those are not separate
        // words.
        for row in [&challenges, &outbox] {
            let mut words = row.split(|c: char| !c.is_ascii_alphanumeric());
            assert!(!words.any(|word| word == code), "{code} is in {row}");
        }
    }
    app.smtp.hold(None);
}
