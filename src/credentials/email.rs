//! Email addresses, normalised for comparison and delivery.

use std::str::FromStr;

use derive_more::{AsRef, Display, Into};

/// A syntactically valid address: the local part in lower case, the domain in
/// lower-case ASCII (IDNA).
///
/// Case-insensitive comparison must never treat two mailboxes as one. So a character is lowered
/// only if that does not turn a non-ASCII character into an ASCII one: `É` becomes `é`, but the
/// Kelvin sign (whose lower case is the ASCII `k`), `ı` and ligatures stay unchanged.
#[derive(Clone, Debug, Display, AsRef, Into, PartialEq, Eq)]
#[as_ref(str)]
pub struct EmailAddress(String);

/// The text is not an address that mail can be sent to.
#[derive(Debug, Display, PartialEq, Eq)]
#[display("must be an email address of at most 254 characters")]
pub struct InvalidEmail;

impl std::error::Error for InvalidEmail {}

impl EmailAddress {
    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or(self.0.as_str(), |(local, _)| local)
    }

    /// The part after the `@`, in lower-case ASCII.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An address from the database, which stores only normalised ones.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(InvalidEmail)?;
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmail)?;
        let address = format!("{}@{domain}", local.chars().flat_map(lower).collect::<String>());
        // The mail library must accept the address as well.
        let accepted = address.parse::<lettre::Address>().is_ok()
            && address.chars().count() <= 254
            && !local.contains(['"', ' '])
            && domain.contains('.');
        if accepted { Ok(Self(address)) } else { Err(InvalidEmail) }
    }
}

fn lower(character: char) -> Vec<char> {
    let lowered: Vec<char> = character.to_lowercase().collect();
    let crosses_into_ascii = !character.is_ascii() && lowered.iter().any(char::is_ascii);
    if crosses_into_ascii { vec![character] } else { lowered }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normalised(text: &str) -> Option<String> {
        text.parse::<EmailAddress>().ok().map(Into::into)
    }

    #[test]
    fn spellings_of_one_mailbox_are_equal() {
        assert_eq!(normalised(" A.b+C@EXAMPLE.com "), Some("a.b+c@example.com".into()));
        assert_eq!(normalised("É@example.com"), normalised("é@example.com"));
        assert_eq!(normalised("x@BÜCHER.example"), Some("x@xn--bcher-kva.example".into()));
    }

    #[test]
    fn look_alikes_stay_apart() {
        for (look_alike, other) in [
            ("\u{212a}ate@example.com", "kate@example.com"),
            ("mıke@example.com", "mike@example.com"),
            ("MİKE@example.com", "mike@example.com"),
            ("o\u{fb03}ce@example.com", "office@example.com"),
        ] {
            assert_ne!(normalised(look_alike), normalised(other), "{look_alike}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "a",
            "@",
            "a@",
            "@b.c",
            "a b@c.de",
            "a@b",
            "a@b..c",
            "a\r\nb@c.de",
            "a,b@c.de",
            "a@c.de\0",
            "\"a\"@c.de",
            "a@[127.0.0.1]",
        ] {
            assert_eq!(normalised(text), None, "{text:?}");
        }
        assert_eq!(normalised(&format!("{}@example.com", "a".repeat(300))), None);
    }

    proptest! {
        #[test]
        fn normalising_again_changes_nothing(text in "[^@]{1,20}@[a-zA-ZäÖ]{1,10}\\.[a-zA-Z]{2,5}") {
            if let Some(once) = normalised(&text) {
                prop_assert_eq!(normalised(&once), Some(once.clone()));
            }
        }

        #[test]
        fn ascii_case_never_matters(text in "[a-zA-Z0-9.+_-]{1,20}@[a-zA-Z]{1,10}\\.[a-zA-Z]{2,5}") {
            prop_assert_eq!(normalised(&text), normalised(&text.to_ascii_uppercase()));
        }

        #[test]
        fn other_scripts_never_reach_an_ascii_mailbox(text in "\\PC{1,12}") {
            prop_assume!(!text.is_ascii() && !text.trim().is_ascii());
            if let Some(address) = normalised(&format!("{text}@example.com")) {
                prop_assert!(!address.is_ascii());
            }
        }
    }
}
