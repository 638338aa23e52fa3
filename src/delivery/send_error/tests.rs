//! Tests each case of the classification.

use super::*;
use crate::{config::Source, delivery::email::Reply};

fn class(stage: Stage, reply: &str) -> &'static str {
    let (code, text) = reply.split_once(' ').unwrap_or((reply, ""));
    let reply = Reply { code: code.parse().unwrap(), lines: vec![text.to_owned()] };
    SendError::from(Failure { stage, cause: Cause::Refused(reply) }).class()
}

#[test]
fn nothing_before_rcpt_ends_a_message() {
    use Stage::{Auth, Data, Greeting, Hello, Mail, StartTls};
    for stage in [Greeting, Hello, StartTls, Auth, Mail, Data] {
        for reply in [
            "421 4.3.2 closing",
            "450 4.7.1 later",
            "454 4.7.0 no TLS now",
            "500 what?",
            "502 5.5.1 no",
            "521 no mail here",
            "530 5.7.0 log in",
            "535 5.7.8 who?",
            "538 5.7.11 TLS first",
            "550 no",
            "550 5.1.1 no",
            "550 5.1.8 bad sender",
            "550 5.7.23 SPF",
            "552 5.3.4 too big",
            "553 5.1.7 no",
            "554 5.3.2 maintenance",
            "554 5.7.1 no",
            "220 hello",
            "299 x",
            "354 go on",
        ] {
            assert_eq!(class(stage, reply), "transport", "{reply} at {stage}");
        }
    }
}

#[test]
fn a_recipient_is_refused_by_its_address_or_its_mailbox() {
    for (reply, at_rcpt, at_dot) in [
        // Without an enhanced code.
        ("550 no such user", "permanent", "refused"),
        ("551 not here", "permanent", "refused"),
        ("553 no such name", "permanent", "refused"),
        ("556 no mail there", "permanent", "refused"),
        ("501 syntax", "refused", "refused"),
        ("503 order", "refused", "refused"),
        ("552 full", "refused", "refused"),
        ("554 no", "refused", "refused"),
        ("555 parameters", "refused", "refused"),
        // Recipients' addresses, but not the sender's.
        ("550 5.1.0 x", "permanent", "permanent"),
        ("550 5.1.1 x", "permanent", "permanent"),
        ("550 5.1.2 x", "permanent", "permanent"),
        ("501 5.1.3 x", "permanent", "permanent"),
        ("550 5.1.6 x", "permanent", "permanent"),
        ("553 5.1.7 x", "refused", "refused"),
        ("550 5.1.8 x", "refused", "refused"),
        ("556 5.1.10 x", "permanent", "permanent"),
        // Mailboxes.
        ("550 5.2.0 x", "permanent", "permanent"),
        ("550 5.2.1 x", "permanent", "permanent"),
        ("552 5.2.2 x", "permanent", "permanent"),
        ("552 5.2.3 x", "permanent", "permanent"),
        // Mail system, network, protocol, content, policy, other.
        ("550 5.0.0 x", "refused", "refused"),
        ("552 5.3.4 x", "refused", "refused"),
        ("550 5.4.1 x", "refused", "refused"),
        ("550 5.4.5 x", "refused", "refused"),
        ("501 5.5.4 x", "refused", "refused"),
        ("554 5.6.0 x", "refused", "refused"),
        ("550 5.6.7 x", "permanent", "refused"),
        ("550 5.7.1 relaying denied", "refused", "refused"),
        ("550 5.7.26 x", "refused", "refused"),
        // Contradictory replies do not end a message.
        ("550 4.1.1 x", "refused", "refused"),
        ("550 2.0.0 x", "refused", "refused"),
        // Later.
        ("450 busy", "transient", "transient"),
        ("450 4.2.1 x", "transient", "transient"),
        ("451 4.7.1 greylisted", "transient", "transient"),
        ("452 4.2.2 full", "transient", "transient"),
        ("451 5.1.1 x", "transient", "transient"),
        ("451 4.3.0 x", "refused", "refused"),
        ("452 4.3.1 x", "refused", "refused"),
        ("451 4.4.2 x", "refused", "refused"),
        // About us, or the end of the service, at any stage.
        ("421 4.7.0 too fast", "transport", "transport"),
        ("530 5.7.0 log in", "transport", "transport"),
        ("535 5.7.8 x", "transport", "transport"),
        ("538 5.7.11 x", "transport", "transport"),
        // Neither acceptance nor refusal.
        ("200 ok", "transport", "ambiguous"),
        ("251 elsewhere", "transport", "ambiguous"),
        ("299 x", "transport", "ambiguous"),
        ("354 go on", "transport", "ambiguous"),
    ] {
        assert_eq!(class(Stage::Rcpt, reply), at_rcpt, "{reply} at RCPT");
        assert_eq!(class(Stage::Dot, reply), at_dot, "{reply} at the dot");
    }
}

#[test]
fn a_long_pause_is_the_messages_own() {
    let config = DeliveryConfig::read(&mut Source::default());
    for (wanted, message, channel) in
        [(60, 60, 60), (600, 600, 600), (3600, 3600, 0), (u64::MAX, 86_400, 0)]
    {
        let retry_after = Some(Duration::from_secs(wanted));
        let error = SendError::Transport { code: None, retry_after };
        let (completion, health) = error.consequence(&config, 1);
        let Some(Completion::Retry { pause, .. }) = completion else { panic!("{completion:?}") };
        assert_eq!(pause.as_secs(), message);
        assert_eq!(health, Health::Bad { pause: Duration::from_secs(channel) });
    }
}
