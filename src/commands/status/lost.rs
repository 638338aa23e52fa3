//! Sentences about undelivered messages, one per channel and status.

use crate::outbox::store::Lost;

/// The number of codes that are listed. The rest is only counted.
const NAMED: usize = 3;

/// For example "3 mails of the last day were rejected permanently: 2 × 550 5.1.1, 1 ×
/// 552 5.2.2; see …".
pub fn sentences(lost: &[Lost]) -> Vec<String> {
    let mut sentences = Vec::new();
    for (status, one_fate, fate) in [
        ("dead", "was rejected permanently", "were rejected permanently"),
        ("expired", "expired before it could be sent", "expired before they could be sent"),
    ] {
        for (channel, one, several) in [
            ("email", "mail", "mails"),
            ("sms", "text message", "text messages"),
            ("webhook", "webhook delivery", "webhook deliveries"),
        ] {
            let of_these = |lost: &&Lost| lost.status == status && lost.channel == channel;
            let groups: Vec<&Lost> = lost.iter().filter(of_these).collect();
            let messages: i64 = groups.iter().map(|lost| lost.messages).sum();
            if messages == 0 {
                continue;
            }
            let (noun, fate) = if messages == 1 { (one, one_fate) } else { (several, fate) };
            sentences.push(format!(
                "{messages} {noun} of the last day {fate}: {}; see `sports-log outbox list --status {status} --channel {channel} --since 1d`",
                reasons(&groups)
            ));
        }
    }
    sentences
}

/// The most frequent codes, each with its count.
fn reasons(groups: &[&Lost]) -> String {
    let (named, others) = groups.split_at(groups.len().min(NAMED));
    let mut reasons: Vec<String> = named
        .iter()
        .map(|lost| {
            let code = lost.code.as_deref().or(lost.class.as_deref());
            format!("{} × {}", lost.messages, code.unwrap_or("no attempt"))
        })
        .collect();
    let others: i64 = others.iter().map(|lost| lost.messages).sum();
    if others > 0 {
        reasons.push(format!("{others} for other reasons"));
    }
    reasons.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(channel: &str, status: &str, code: Option<&str>, messages: i64) -> Lost {
        let class = code.map(|_| "permanent".to_owned());
        let code = code.map(str::to_owned);
        Lost { channel: channel.to_owned(), status: status.to_owned(), class, code, messages }
    }

    #[test]
    fn each_channel_and_fate_is_a_sentence() {
        assert!(sentences(&[]).is_empty());
        let said = sentences(&[
            lost("email", "dead", Some("550 5.1.1"), 2),
            lost("email", "dead", Some("552 5.2.2"), 1),
            lost("email", "dead", Some("550 5.2.1"), 1),
            lost("email", "dead", Some("553"), 1),
            lost("email", "dead", Some("551"), 1),
            lost("sms", "expired", None, 1),
        ]);
        let [mails, texts] = said.as_slice() else { panic!("{said:?}") };
        assert!(
            mails.starts_with(
                "6 mails of the last day were rejected permanently: 2 × 550 5.1.1, 1 × 552 5.2.2, \
                 1 × 550 5.2.1, 2 for other reasons; see `sports-log outbox list --status dead "
            ),
            "{mails}"
        );
        assert!(texts.starts_with("1 text message of the last day expired"), "{texts}");
        assert!(texts.contains("1 × no attempt"), "{texts}");
    }
}
