//! The status query for a text message, some time after Twilio accepted it.

use std::time::Duration;

use super::sms::{ROW, app_with_number, ask_for_a_code};
use crate::support::{
    TestApp,
    peer::{Manner, Peer},
    twilio::Twilio,
    until, until_selects,
};

const UNCHECKED: &str = "SELECT count(unchecked_since) FROM outbox WHERE channel = 'sms'";

async fn sent(twilio: &Twilio, settings: &[(&'static str, String)], check_secs: &str) -> TestApp {
    let app = app_with_number(settings, &[("TWILIO_CHECK_SECS", check_secs)]).await;
    ask_for_a_code(&app).await;
    until_selects(&app.database, ROW, "sent 1 - -").await;
    assert_eq!(twilio.messages().len(), 1);
    app
}

#[actix_rt::test]
async fn a_message_that_could_not_be_delivered_is_given_up_and_not_sent_again() {
    for (status, error_code, row) in [
        ("undelivered", "30003", "dead 1 permanent 30003"),
        ("failed", "\"30006\"", "dead 1 permanent 30006"),
        ("undelivered", "30007", "dead 1 undelivered 30007"),
        ("failed", "null", "dead 1 undelivered failed"),
    ] {
        let twilio = Twilio::start().await;
        let app = sent(&twilio, &twilio.settings(), "1").await;
        twilio.report(status, error_code);
        until_selects(&app.database, ROW, row).await;
        assert_eq!((twilio.attempts().len(), twilio.looks()), (1, 1), "{row}");
    }
}

#[actix_rt::test]
async fn a_message_that_has_not_failed_is_looked_at_once() {
    let twilio = Twilio::start().await;
    let app = sent(&twilio, &twilio.settings(), "0.3").await;
    until_selects(&app.database, UNCHECKED, "0").await;
    twilio.report("undelivered", "30003");
    ask_for_a_code(&app).await;
    until("the next one is looked at", async || twilio.looks() == 2).await;
    until_selects(&app.database, UNCHECKED, "0").await;
    let states = "SELECT string_agg(status, ' ') FROM outbox WHERE channel = 'sms'";
    assert_eq!(app.database.text(states).await, "sent sent");
    assert_eq!((twilio.attempts().len(), twilio.looks()), (2, 2));
}

#[actix_rt::test]
async fn the_look_is_not_forgotten_by_a_restart_or_an_answer_of_somebody_else() {
    let twilio = Twilio::start().await;
    let peer = Peer::before(&twilio.base());
    let settings = peer.instead_of(&twilio.base(), twilio.settings());
    let app = sent(&twilio, &settings, "3600").await;
    twilio.report("undelivered", "30003");
    peer.next(&[
        Manner::Instead("HTTP/1.1 200 OK\r\n\r\n<html>Log in</html>"),
        Manner::Instead(
            "HTTP/1.1 200 OK\r\n\r\n{\"sid\": \"SM2\", \"status\": \"failed\", \"error_code\": 30004}",
        ),
        Manner::Instead("HTTP/1.1 500 Oh\r\n\r\n"),
        Manner::Interim(&[103]),
    ]);
    let mut settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, &**value)).collect();
    settings.push(("TWILIO_CHECK_SECS", "0.3"));
    let asked = peer.requests().len();
    let app = app.restarted(&settings).await;
    until_selects(&app.database, ROW, "dead 1 permanent 30003").await;
    let looks: Vec<_> = peer.requests().split_off(asked);
    assert_eq!((looks.len(), twilio.attempts().len()), (4, 1), "{looks:?}");
    for pair in looks.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= Duration::from_millis(300), "{looks:?}");
    }
}
