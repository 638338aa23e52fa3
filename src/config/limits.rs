//! Rate limits, and the proxies that are trusted to report client addresses.

use std::{net::IpAddr, str::FromStr};

use derive_more::Display;
use ipnet::IpNet;

use super::source::Source;

/// At most `times` within `minutes`.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
#[display("{times}/{minutes}m")]
pub struct Rate {
    pub times: u32,
    pub minutes: u32,
}

/// Rate limits. `None` means no limit.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// Requests of one user.
    pub user: Option<Rate>,
    /// Requests from one address.
    pub address: Option<Rate>,
    /// Login attempts from one address, across all replicas.
    pub auth_address: Option<Rate>,
    /// Login attempts for one account, across all replicas.
    pub auth_identifier: Option<Rate>,
    /// Messages to one address or number that people other than its owner can cause, across all
    /// replicas: within minutes, and within a day.
    pub message_recipient: Option<Rate>,
    pub message_recipient_day: Option<Rate>,
    /// Requests from one network that may send such messages, across all replicas.
    pub message_network: Option<Rate>,
    /// The networks of proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
}

impl LimitsConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let mut rate = |name, times, minutes| s.or(name, Setting(Some(Rate { times, minutes }))).0;
        let auth_address = rate("AUTH_LIMIT_ADDRESS", 100, 15);
        let day = 24 * 60;
        Self {
            user: rate("RATE_LIMIT_USER", 3000, 1),
            address: rate("RATE_LIMIT_ADDRESS", 6000, 1),
            auth_address,
            auth_identifier: rate("AUTH_LIMIT_IDENTIFIER", 20, 15),
            message_recipient: rate("MESSAGE_LIMIT_RECIPIENT", 3, 15),
            message_recipient_day: rate("MESSAGE_LIMIT_RECIPIENT_DAY", 10, day),
            // If addresses are not limited, as behind a proxy that is not configured as trusted,
            // networks are not limited either.
            message_network: s
                .or(
                    "MESSAGE_LIMIT_NETWORK",
                    Setting(auth_address.map(|_| Rate { times: 100, minutes: day })),
                )
                .0,
            trusted_proxies: s.or("TRUSTED_PROXIES", Networks(Vec::new())).0,
        }
    }
}

/// A rate as written in a setting, or `off`.
struct Setting(Option<Rate>);

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            None => f.write_str("off"),
            Some(rate) => write!(f, "{rate}"),
        }
    }
}

impl FromStr for Setting {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self(None));
        }
        let parse = || {
            let (times, minutes) = text.strip_suffix('m')?.split_once('/')?;
            let rate = Rate { times: times.parse().ok()?, minutes: minutes.parse().ok()? };
            ((1..=100_000).contains(&rate.times) && (1..=1440).contains(&rate.minutes))
                .then_some(rate)
        };
        parse()
            .map(|rate| Self(Some(rate)))
            .ok_or("must be a rate such as 100/15m (requests/minutes), or off")
    }
}

/// Networks or single addresses, separated by commas.
pub(super) struct Networks(pub(super) Vec<IpNet>);

impl std::fmt::Display for Networks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let networks: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&networks.join(","))
    }
}

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let networks = text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| {
            let one = || part.parse::<IpAddr>().map(IpNet::from).ok();
            part.parse()
                .ok()
                .or_else(one)
                .ok_or_else(|| format!("{part} is not a network such as 10.0.0.0/8"))
        });
        networks.collect::<Result<_, _>>().map(Self)
    }
}
