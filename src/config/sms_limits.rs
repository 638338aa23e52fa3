//! Limits on the number and the countries of text messages: each costs money, and fraudsters profit
//! from messages to some numbers.

use std::str::FromStr;

use derive_more::Display;
use phonenumber::{country, metadata::DATABASE};

use super::source::Source;

/// The server-wide limits of text messages.
#[derive(Clone, Debug)]
pub struct SmsLimits {
    /// Messages per day (UTC). `None` means no limit.
    pub daily: Option<i32>,
    pub countries: Countries,
}

impl SmsLimits {
    pub(super) fn read(s: &mut Source) -> Self {
        Self {
            daily: s.or("SMS_DAILY_LIMIT", Daily(Some(200))).0,
            countries: s.or("SMS_COUNTRIES", Countries::All),
        }
    }
}

/// The countries to which text messages are sent.
#[derive(Clone, Debug, Display, PartialEq, Eq)]
pub enum Countries {
    /// All countries that the account at Twilio permits.
    #[display("all")]
    All,
    #[display("{}", Self::list(_0))]
    Only(Vec<Country>),
}

/// A country, or all countries that share a calling code.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
pub enum Country {
    /// ISO 3166-1, two letters.
    #[display("{}", _0.as_ref())]
    Region(country::Id),
    /// ITU-T recommendation E.164.
    #[display("+{_0}")]
    CallingCode(u16),
}

impl Countries {
    /// Whether text messages may be sent to `number`, in E.164 format.
    pub fn include(&self, number: &str) -> bool {
        let Self::Only(countries) = self else { return true };
        let Ok(number) = phonenumber::parse(None, number) else { return false };
        let calling_code = number.code().value();
        // The library finds no country for numbers with a zero after the calling code, as in Italy.
        // The first region is the main country of a calling code.
        let main = || DATABASE.region(&calling_code)?.first()?.parse().ok();
        let found = number.country().id().or_else(main);
        countries.iter().any(|country| match country {
            Country::Region(region) => found == Some(*region),
            Country::CallingCode(code) => calling_code == *code,
        })
    }

    fn list(countries: &[Country]) -> String {
        let names: Vec<String> = countries.iter().map(ToString::to_string).collect();
        names.join(",")
    }
}

impl FromStr for Countries {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(Self::All);
        }
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let countries: Vec<Country> = parts.map(str::parse).collect::<Result<_, _>>()?;
        if countries.is_empty() { Err(EXPECTED.into()) } else { Ok(Self::Only(countries)) }
    }
}

const EXPECTED: &str = "must be all, or countries and calling codes such as CH,DE,+43";

impl FromStr for Country {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || format!("{text} is not a country; {EXPECTED}");
        match text.strip_prefix('+') {
            Some(code) => match code.parse() {
                Ok(code @ 1..=999) => Ok(Self::CallingCode(code)),
                _ => Err(unknown()),
            },
            None => text.to_ascii_uppercase().parse().map(Self::Region).map_err(|_| unknown()),
        }
    }
}

/// A whole number of at least 1, or `off`.
struct Daily(Option<i32>);

impl std::fmt::Display for Daily {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            None => f.write_str("off"),
            Some(number) => write!(f, "{number}"),
        }
    }
}

impl FromStr for Daily {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(number @ 1..=1_000_000) => Ok(Self(Some(number))),
            _ if text == "off" => Ok(Self(None)),
            _ => Err("must be a whole number from 1 to 1000000, or off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_of_countries_and_calling_codes() {
        for (countries, number, included) in [
            ("all", "+390612345678", true),
            ("IT", "+390612345678", true),
            ("it, CH", "+390612345678", true),
            ("CH", "+390612345678", false),
            ("+39", "+390612345678", true),
            ("+3", "+390612345678", false),
            ("US", "+14155552671", true),
            // Jamaica has the same calling code.
            ("US", "+18765230123", false),
            ("+1", "+18765230123", true),
            ("+1", "garbage", false),
        ] {
            let countries: Countries = countries.parse().unwrap();
            assert_eq!(countries.include(number), included, "{countries} {number}");
        }
        for text in ["", ",", "Switzerland", "XX", "+", "+0", "+1234", "49"] {
            assert!(text.parse::<Countries>().is_err(), "{text}");
        }
        assert_eq!("ch,+49".parse::<Countries>().unwrap().to_string(), "CH,+49");
    }
}
