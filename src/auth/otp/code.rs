//! Six-digit codes. They are derived from the server's key when needed, and never stored.

use std::str::FromStr;

use uuid::Uuid;

use crate::credentials::{Digest, Purpose, ServerKey};

/// A one-time code.
#[derive(Clone, PartialEq, Eq)]
pub struct OtpCode(String);

impl OtpCode {
    pub const DIGITS: usize = 6;

    /// The code of the challenge `id`. Without the key it is indistinguishable from random, because
    /// the id is random and the derivation is HMAC-SHA-256. Since 2⁶⁴ is not a multiple of 10⁶,
    /// some codes are more likely by less than one in 10¹³.
    pub fn derive(key: &ServerKey, id: Uuid) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = key.tag(Purpose::OtpCode, "code", id.as_bytes());
        let number = u64::from_be_bytes([a, b, c, d, e, f, g, h]) % 1_000_000;
        Self(format!("{number:06}"))
    }

    /// The code of the challenge `id`, derived with the key that made `digest`. `None` if that key
    /// is no longer accepted.
    pub fn recover(key: &ServerKey, id: Uuid, digest: &[u8]) -> Option<Self> {
        let codes = key.accepted().map(|key| (key, Self::derive(key, id)));
        codes.filter(|(key, code)| code.digest(key, id) == digest).map(|(_, code)| code).next()
    }

    /// The digest that is stored instead of this code for the challenge `id`.
    pub fn digest(&self, key: &ServerKey, id: Uuid) -> Digest {
        let data = [id.as_bytes(), self.0.as_bytes()].concat();
        key.tag(Purpose::OtpCode, "digest", &data).to_vec()
    }

    /// The possible stored digests of this code, one per accepted key.
    pub fn digests(&self, key: &ServerKey, id: Uuid) -> Vec<Digest> {
        key.accepted().map(|key| self.digest(key, id)).collect()
    }

    /// The digits, for the message. There is no `Display`, so that they cannot leak into a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for OtpCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OtpCode([redacted])")
    }
}

impl FromStr for OtpCode {
    type Err = ();

    /// Ignores spaces, which people copy around and between the digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        let is_code = digits.len() == Self::DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        if is_code { Ok(Self(digits)) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_belongs_to_its_challenge_and_its_key() {
        let key = ServerKey::new(&"a key".into());
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let code = OtpCode::derive(&key, one);
        assert_eq!(code, OtpCode::derive(&key, one));
        assert_ne!(code, OtpCode::derive(&key, other));
        assert_ne!(code, OtpCode::derive(&ServerKey::new(&"another".into()), one));
        assert_ne!(code.digest(&key, one), code.digest(&key, other));
    }

    #[test]
    fn codes_are_spread_evenly() {
        let key = ServerKey::new(&"a key".into());
        let mut counts = [[0_u32; 10]; OtpCode::DIGITS];
        for id in 0..10_000_u128 {
            for (place, digit) in
                OtpCode::derive(&key, Uuid::from_u128(id)).expose().bytes().enumerate()
            {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        // The expected count is 1 000; five standard deviations are 150.
        assert!(counts.iter().flatten().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn only_six_ascii_digits_are_a_code() {
        assert_eq!(" 123 456 ".parse(), Ok(OtpCode("123456".into())));
        for text in
            ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", "12345\0", "٣٤٥٦٧٨"]
        {
            assert_eq!(text.parse::<OtpCode>(), Err(()), "{text}");
        }
    }
}
