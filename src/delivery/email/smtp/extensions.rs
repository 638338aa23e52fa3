//! The extensions that a server offers in its reply to EHLO (RFC 5321, section 4.1.1.1).

use super::Reply;

/// The extensions that the client uses. A server without EHLO offers none.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    pub starttls: bool,
    /// RFC 6152.
    pub eight_bit_mime: bool,
    /// RFC 6531.
    pub smtp_utf8: bool,
    pub auth_plain: bool,
    pub auth_login: bool,
    /// The maximum size of a message in bytes, if the server limits it (RFC 1870).
    pub size: Option<usize>,
}

impl Extensions {
    pub fn of(reply: &Reply) -> Self {
        let mut offered = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            // Old servers write `AUTH=PLAIN`.
            let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => offered.starttls = true,
                Some("8BITMIME") => offered.eight_bit_mime = true,
                Some("SMTPUTF8") => offered.smtp_utf8 = true,
                Some("SIZE") => {
                    let size = words.next().and_then(|size| size.parse().ok());
                    offered.size = size.filter(|size| *size > 0);
                }
                Some("AUTH") => {
                    for mechanism in words {
                        offered.auth_plain |= mechanism == "PLAIN";
                        offered.auth_login |= mechanism == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        offered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_read_in_any_case_and_nonsense_is_passed_over() {
        let lines =
            ["SIZE", "", " ", "8bitmime", "SIZE 0", "AUTH=LOGIN", "auth CRAM-MD5 plain", "X y"];
        let of = |lines: &[&str]| {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            Extensions::of(&Reply { code: 250, lines })
        };
        let offered = of(&lines);
        assert!(offered.eight_bit_mime && offered.auth_plain && offered.auth_login);
        assert!(!offered.smtp_utf8 && !offered.starttls && offered.size.is_none());
        assert_eq!(of(&["x", "SIZE 100"]).size, Some(100));
        assert_eq!(of(&["x", "SIZE 99999999999999999999999"]).size, None);
        assert_eq!(of(&["STARTTLS"]), Extensions::default());
    }
}
