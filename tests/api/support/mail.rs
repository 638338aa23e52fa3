//! A mail that the test's mail server received.

use mail_parser::MessageParser;

#[derive(Clone, Debug)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipient.
    pub to: String,
    pub subject: String,
    pub message_id: String,
    pub text: String,
    pub html: String,
    pub raw: String,
}

impl Mail {
    /// Whether it only reports an event of the account.
    pub fn is_notice(&self) -> bool {
        self.subject.ends_with(" (sports-log)")
    }

    /// Panics if `raw` is not a mail.
    pub fn new(from: &str, to: &str, raw: String) -> Self {
        let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            message_id: message.message_id().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
            raw,
        }
    }

    /// The one-time token in the link.
    pub fn token(&self) -> String {
        let (_, rest) =
            self.text.split_once("#token=").unwrap_or_else(|| panic!("no token: {}", self.text));
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// A header as it was written, unfolded.
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        let line = head.lines().find(|line| {
            line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name))
        });
        line.and_then(|line| line.split_once(": ")).map_or("", |(_, value)| value).to_owned()
    }
}
