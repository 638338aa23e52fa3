//! Rules for passwords (OWASP ASVS 5.0, 6.2).

use std::{collections::HashSet, sync::LazyLock};

use derive_more::Display;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use super::EmailAddress;

/// The most common passwords of at least eight characters, lower case, one per line: a superset of
/// those among the 10 000 most common. From the list in Django (BSD-3-Clause).
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A password, normalised to NFKC as recommended by NIST SP 800-63B (3.1.1.2), because
/// systems encode the same characters as different code points. An accepted password has 8
/// to 128 code points.
#[derive(Clone, Debug)]
pub struct Password {
    normalised: SecretString,
    /// The text before normalisation, if it differs. Older versions hashed it in this form.
    as_typed: Option<SecretString>,
}

/// Why a password is rejected, as a sentence without a subject.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
pub enum WeakPassword {
    #[display("must have at least 8 characters")]
    TooShort,
    #[display("must have at most 128 characters")]
    TooLong,
    #[display("is one of the most common passwords")]
    Common,
    #[display("must not be your address or the name of this service")]
    Guessable,
}

impl Password {
    pub const MIN_CHARS: usize = 8;
    pub const MAX_CHARS: usize = 128;

    /// Checks a new password for the account with the address `email` at the service `product`.
    pub fn accept(
        text: &str,
        email: Option<&EmailAddress>,
        product: &str,
    ) -> Result<Self, WeakPassword> {
        let text: String = text.nfkc().collect();
        match text.chars().count() {
            ..Self::MIN_CHARS => return Err(WeakPassword::TooShort),
            Self::MIN_CHARS..=Self::MAX_CHARS => {}
            _ => return Err(WeakPassword::TooLong),
        }
        let lower = text.to_lowercase();
        if COMMON.contains(lower.as_str()) {
            return Err(WeakPassword::Common);
        }
        // "anna2024!" is no better than "anna": digits and symbols at the ends do not count.
        let core = letters_and_digits(lower.trim_matches(|c: char| !c.is_alphabetic()));
        let whole = letters_and_digits(&lower);
        let guessable = |name: &str| {
            let name = letters_and_digits(&name.to_lowercase());
            !name.is_empty() && (name == core || name == whole)
        };
        let of_email =
            email.is_some_and(|email| guessable(email.local_part()) || guessable(email.as_str()));
        if of_email || guessable(product) || guessable("sports-log") {
            return Err(WeakPassword::Guessable);
        }
        Ok(Self { normalised: text.into(), as_typed: None })
    }

    /// A password entered at login. No rules apply, but the length is limited.
    pub fn typed(text: &str) -> Self {
        // No account has a longer password. Truncation bounds the work, and the
        // comparison still fails.
        let normalised: String = text.nfkc().take(Self::MAX_CHARS + 1).collect();
        let as_typed: String = text.chars().take(Self::MAX_CHARS + 1).collect();
        let as_typed = (as_typed != normalised).then(|| as_typed.into());
        Self { normalised: normalised.into(), as_typed }
    }

    pub(super) fn normalised(&self) -> &str {
        self.normalised.expose_secret()
    }

    pub(super) fn as_typed(&self) -> Option<&str> {
        self.as_typed.as_ref().map(ExposeSecret::expose_secret)
    }
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Result<(), WeakPassword> {
        let email: EmailAddress = "winifred@example.com".parse().unwrap();
        Password::accept(text, Some(&email), "sports-log").map(|_| ())
    }

    #[test]
    fn length_is_counted_in_code_points() {
        assert_eq!(verdict(&"🏃".repeat(8)), Ok(()));
        assert_eq!(verdict(&"🏃".repeat(7)), Err(WeakPassword::TooShort));
        assert_eq!(verdict(&"aB3".repeat(42)), Ok(()));
        assert_eq!(verdict(&"é".repeat(129)), Err(WeakPassword::TooLong));
    }

    #[test]
    fn it_is_the_same_however_it_was_typed() {
        for text in ["Zürich 1848!", "Zu\u{308}rich 1848!", "\u{ff3a}u\u{308}rich\u{a0}1848!"] {
            let accepted = Password::accept(text, None, "sports-log").unwrap();
            assert_eq!(accepted.normalised(), "Zürich 1848!");
            let typed = Password::typed(text);
            assert_eq!(typed.normalised(), "Zürich 1848!");
            assert_eq!(typed.as_typed(), Some(text).filter(|text| *text != "Zürich 1848!"));
        }
        // Code points are counted after normalisation.
        assert_eq!(verdict(&"e\u{301}".repeat(7)), Err(WeakPassword::TooShort));
        assert_eq!(verdict(&"e\u{301}".repeat(128)), Ok(()));
        assert_eq!(verdict("\u{ff50}assword123"), Err(WeakPassword::Common));
        let long = Password::typed(&"\u{fdfa}".repeat(60_000));
        assert_eq!(long.normalised().chars().count(), Password::MAX_CHARS + 1);
    }

    #[test]
    fn common_and_guessable_ones_are_refused() {
        for text in ["password123", "PASSWORD123", "12345678", "iloveyou"] {
            assert_eq!(verdict(text), Err(WeakPassword::Common), "{text}");
        }
        for text in
            ["winifred", "Winifred1999", "winifred@example.com", "Sports-Log", "sportslog2026!"]
        {
            assert_eq!(verdict(text), Err(WeakPassword::Guessable), "{text}");
        }
        assert_eq!(verdict("winifred runs at dawn"), Ok(()));
    }
}
