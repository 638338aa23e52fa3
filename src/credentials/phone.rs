//! Phone numbers, normalised for comparison and delivery.

use std::str::FromStr;

use derive_more::{AsRef, Display, Into};
use phonenumber::Mode;

/// A valid number in E.164 format (ITU-T recommendation E.164): `+390612345678`.
#[derive(Clone, Debug, Display, AsRef, Into, PartialEq, Eq)]
#[as_ref(str)]
pub struct PhoneNumber(String);

/// The text is not a valid phone number.
#[derive(Debug, Display, PartialEq, Eq)]
#[display("must be a phone number in E.164 format, such as +390612345678")]
pub struct InvalidPhoneNumber;

impl std::error::Error for InvalidPhoneNumber {}

impl PhoneNumber {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    /// Rejects spaces and punctuation, which are not E.164. Clients may display numbers as they
    /// like, but must send them without.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('+').ok_or(InvalidPhoneNumber)?;
        if digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPhoneNumber);
        }
        let number = phonenumber::parse(None, text).map_err(|_| InvalidPhoneNumber)?;
        if !phonenumber::is_valid(&number) {
            return Err(InvalidPhoneNumber);
        }
        // The library formats the number, so that each number has one spelling.
        Ok(Self(number.format().mode(Mode::E164).to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_e164_of_a_number_that_exists() {
        for number in ["+390612345678", "+14155552671", "+447911123456"] {
            assert_eq!(number.parse::<PhoneNumber>().map(String::from), Ok(number.to_owned()));
        }
        for text in [
            "",
            "+",
            "0612345678",
            "+39 06 12345678",
            "+0012345678",
            "+1",
            "+1234",
            "+99999999999",
            "+39061234567890123",
            "+３９０６１２３４５６７８",
            "ann@example.com",
            "+390612345678;ext=1",
        ] {
            assert_eq!(text.parse::<PhoneNumber>(), Err(InvalidPhoneNumber), "{text}");
        }
    }
}
