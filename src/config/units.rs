//! Types of values in settings.

use std::{str::FromStr, time::Duration};

use derive_more::Display;

/// A duration in seconds; fractions are allowed (`0.5`).
#[derive(Clone, Copy, Debug, Display)]
#[display("{_0}")]
pub struct Seconds(pub f64);

impl From<Seconds> for Duration {
    fn from(seconds: Seconds) -> Self {
        Self::from_secs_f64(seconds.0)
    }
}

impl FromStr for Seconds {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<f64>() {
            Ok(seconds) if seconds > 0.0 && seconds <= 1e9 => Ok(Self(seconds)),
            _ => Err("must be a number of seconds above 0"),
        }
    }
}

/// A whole number of at least 1.
#[derive(Clone, Copy, Debug, Display)]
pub struct Count(pub usize);

impl FromStr for Count {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(count @ 1..=100_000) => Ok(Self(count)),
            _ => Err("must be a whole number from 1 to 100000"),
        }
    }
}

/// `true` or `false`.
#[derive(Clone, Copy, Debug, Display)]
pub struct Flag(pub bool);

impl FromStr for Flag {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "must be true or false")
    }
}

/// `on` or `off`.
#[derive(Clone, Copy, Debug, Display)]
#[display("{}", if *_0 { "on" } else { "off" })]
pub struct Switch(pub bool);

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self(true)),
            "off" => Ok(Self(false)),
            _ => Err("must be on or off"),
        }
    }
}

/// An `http://` or `https://` URL, stored without a trailing slash.
#[derive(Clone, Debug, Display)]
pub struct HttpUrl(pub String);

impl FromStr for HttpUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "must be an http:// or https:// URL without query or fragment";
        let url = url::Url::parse(text).map_err(|_| EXPECTED)?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty();
        if plain { Ok(Self(url.as_str().trim_end_matches('/').to_owned())) } else { Err(EXPECTED) }
    }
}

/// A number of bytes, with an optional suffix `K`, `M` or `G` for powers of 1024.
#[derive(Clone, Copy, Debug, Display)]
#[display("{_0}")]
pub struct Bytes(pub u64);

impl FromStr for Bytes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, factor) = match text.as_bytes().last() {
            Some(b'K') => (text.trim_end_matches('K'), 1 << 10),
            Some(b'M') => (text.trim_end_matches('M'), 1 << 20),
            Some(b'G') => (text.trim_end_matches('G'), 1 << 30),
            _ => (text, 1),
        };
        let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
        match bytes {
            Some(bytes @ 1..=0x10_0000_0000) => Ok(Self(bytes)),
            _ => Err("must be a number of bytes up to 64G, such as 500M"),
        }
    }
}

/// Names separated by commas, without the spaces around them.
#[derive(Clone, Debug, Default, Display)]
#[display("{}", _0.join(","))]
pub struct Names(pub Vec<String>);

impl FromStr for Names {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        Ok(Self(names.map(str::to_owned).collect()))
    }
}
