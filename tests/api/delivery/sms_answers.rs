//! Answers of Twilio, or of something in its place: which count as sent, and which lead to a
//! search.

use super::sms::{ROW, app_with_number, ask_for_a_code};
use crate::support::{
    TestApp,
    peer::{Manner, ODD_MANNERS, Peer},
    twilio::{Fault, Twilio},
    until_selects,
};

/// An application that reaches Twilio through a peer.
async fn through_a_peer() -> (TestApp, Twilio, Peer) {
    let twilio = Twilio::start().await;
    let peer = Peer::before(&twilio.base());
    let settings = peer.instead_of(&twilio.base(), twilio.settings());
    // On a busy machine, an odd answer must not become a late one.
    let patient = ("DELIVERY_DEADLINE_SECS", "8");
    (app_with_number(&settings, &[patient]).await, twilio, peer)
}

/// Deletes what would refuse or supersede the next code.
async fn forget_the_first(app: &TestApp) {
    for table in ["outbox", "otp_challenges", "throttles"] {
        app.database.execute(&format!("DELETE FROM {table}")).await;
    }
}

/// Requests a code for each answer, and asserts how its message ends.
async fn each_ends(
    (app, twilio, peer): &(TestApp, Twilio, Peer),
    manners: &[(Manner, &str)],
    searches: usize,
) {
    for (n, (manner, expected)) in manners.iter().enumerate() {
        forget_the_first(app).await;
        peer.next(&[*manner]);
        ask_for_a_code(app).await;
        until_selects(&app.database, ROW, expected).await;
        assert_eq!(twilio.messages().len(), n + 1, "{manner:?}");
        assert_eq!(twilio.searches(), searches * (n + 1), "{manner:?}");
    }
}

#[actix_rt::test]
async fn an_answer_that_comes_oddly_means_what_it_says() {
    let all = through_a_peer().await;
    each_ends(&all, &ODD_MANNERS.map(|manner| (manner, "sent 1 - -")), 0).await;
}

#[actix_rt::test]
async fn only_twilios_own_word_counts_and_anything_else_is_asked_about() {
    let all = through_a_peer().await;
    let instead = [
        ("HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n<html>Log in</html>", "200"),
        ("HTTP/1.1 200 OK\r\n\r\n{\"sid\": \"SM1\", \"status\": \"queued\"}", "200"),
        ("HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n", "201"),
        ("HTTP/1.1 201 Created\r\n\r\n<html>Log in</html>", "201"),
        ("HTTP/1.1 201 Created\r\n\r\nnull", "201"),
        ("HTTP/1.1 201 Created\r\n\r\n{\"sid\": null, \"status\": \"queued\"}", "201"),
        ("HTTP/1.1 201 Created\r\n\r\n{\"sid\": 5, \"status\": \"queued\"}", "201"),
        ("HTTP/1.1 201 Created\r\n\r\n{\"sid\": \"\", \"status\": \"queued\"}", "201"),
        ("HTTP/1.1 201 Created\r\n\r\n{\"sid\": \"../1\", \"status\": \"queued\"}", "201"),
        ("HTTP/1.1 201 Created\r\n\r\n{\"sid\": \"SM1\", \"status\": null}", "201"),
        ("HTTP/1.1 202 Accepted\r\n\r\n{\"sid\": \"SM1\", \"status\": \"queued\"}", "202"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "204"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", "502"),
        ("", "the connection was closed without a response"),
        ("HTTP/1.1 201 Cre", "the connection was closed without a response"),
        ("220 mail.example ESMTP\r\n", "the response is not HTTP"),
        (
            "HTTP/1.1 201 Created\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
            "the response has more than one length",
        ),
    ];
    let manners =
        instead.map(|(text, code)| (Manner::Instead(text), format!("sent 2 ambiguous {code}")));
    let manners: Vec<_> = manners.iter().map(|(manner, row)| (*manner, row.as_str())).collect();
    each_ends(&all, &manners, 1).await;
    let (app, twilio, _) = &all;
    let id = "SELECT provider_id FROM outbox WHERE channel = 'sms'";
    assert_eq!(app.database.text(id).await, twilio.messages().last().unwrap().sid);
}

#[actix_rt::test]
async fn answers_without_an_end_end_the_attempt_and_nothing_else() {
    let all = through_a_peer().await;
    let too_long = "sent 2 ambiguous the head of the response is too long";
    let manners = [
        (Manner::CutOff, "sent 2 ambiguous 201"),
        (Manner::EndlessHead, too_long),
        (Manner::EndlessInterim, too_long),
        (Manner::Endless("HTTP/1.1 201 Created\r\n\r\n{"), "sent 2 timeout -"),
        (Manner::Endless(""), "sent 2 ambiguous the response is not HTTP"),
    ];
    each_ends(&all, &manners, 1).await;
}

#[actix_rt::test]
async fn a_message_that_failed_at_once_is_no_sent_one() {
    for (status, error_code, row) in [
        ("failed", "30005", "dead 1 permanent 30005"),
        ("undelivered", "\"30006\"", "dead 1 permanent 30006"),
        ("failed", "30002", "sent 2 transport 30002"),
        ("canceled", "null", "sent 2 transient canceled"),
        ("failed", "123456789012345678901234567890", "sent 2 transient failed"),
    ] {
        let (app, twilio, _) = through_a_peer().await;
        twilio.fail(&[Fault::AcceptAs(status, error_code)]);
        ask_for_a_code(&app).await;
        until_selects(&app.database, ROW, row).await;
        assert_eq!(twilio.searches(), 0, "{row}");
    }
}

#[actix_rt::test]
async fn a_list_with_odd_members_can_be_searched() {
    let (app, twilio, _) = through_a_peer().await;
    twilio.list_oddly();
    twilio.fail(&[Fault::AcceptThen(500)]);
    ask_for_a_code(&app).await;
    until_selects(&app.database, ROW, "sent 2 ambiguous 20500").await;
    assert_eq!((twilio.messages().len(), twilio.searches()), (1, 1));
}

#[actix_rt::test]
async fn a_pause_of_any_length_can_be_kept() {
    for (retry_after, at_least, at_most) in [
        ("3600", 3500, 3601),
        ("18446744073709551615", 86_000, 86_401),
        ("99999999999999999999999", 86_000, 86_401),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_000, 86_401),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0, 2),
    ] {
        let (app, twilio, _) = through_a_peer().await;
        // Every attempt is refused, so that a short pause shows as well.
        let refused = Fault::Refuse { status: 429, code: 20429, retry_after: Some(retry_after) };
        twilio.fail(&[refused; 100]);
        ask_for_a_code(&app).await;
        let row = format!(
            "SELECT last_error_code || ' ' || (extract(epoch FROM not_before - now())
                    BETWEEN {at_least} - 5 AND {at_most}) FROM outbox WHERE channel = 'sms'"
        );
        until_selects(&app.database, &row, "20429 true").await;
    }
}
