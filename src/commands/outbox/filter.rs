//! Filters that select messages.

use std::{fmt::Display, str::FromStr};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use clap::Args;
use diesel_async::AsyncPgConnection;

use crate::{
    commands::{CommandError, user},
    outbox::{Channel, MessageKind, Status, store::MessageFilter},
};

/// Help on the filters of `list`, `retry` and `cancel`.
pub const EXAMPLES: &str = "\
A message must match all filters. A time is a duration before now (90m, 2h, 3d), a day (2026-11-29, from
midnight UTC) or an RFC 3339 time. A code matches a whole word of the last error's code, or its part up to
a dot: 550 and 5.1.1 both match \"550 5.1.1 at RCPT\", 5.7 matches 5.7.1 and 5.7.26, 21614 is a Twilio code.

  sports-log outbox list --status dead --since 2h
  sports-log outbox list --class transport --channel email --since 2026-11-29T08:00:00Z
  sports-log outbox retry --status dead --since 2h --code 5.7 --dry-run
  sports-log outbox cancel --kind login_code --user ann@example.com";

/// Filters. `None` matches all messages.
#[derive(Args)]
#[group(id = "filter", multiple = true)]
pub struct FilterArgs {
    /// Only messages in this state: queued, sending, sent, dead, expired or cancelled
    #[arg(long, value_parser = status)]
    pub status: Option<Status>,
    /// Only messages finished since then, or unfinished and created since then
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub since: Option<DateTime<Utc>>,
    /// Only messages whose last error has this code, such as 554, 5.7 or 21614
    #[arg(long, value_parser = code)]
    pub code: Option<String>,
    /// Only messages whose last error is of this class, such as permanent, transient or transport
    #[arg(long)]
    pub class: Option<String>,
    /// Only messages on this channel: email, sms or webhook
    #[arg(long, value_parser = channel)]
    pub channel: Option<Channel>,
    /// Only messages of this kind, such as verify_email or login_code
    #[arg(long, value_parser = kind)]
    pub kind: Option<MessageKind>,
    /// Only messages of this account, by email address or account id
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
}

impl FilterArgs {
    /// Looks up the account. Fails if it does not exist.
    pub async fn resolve(self, conn: &AsyncPgConnection) -> Result<MessageFilter, CommandError> {
        let user_id = match &self.user {
            Some(user) => Some(user::find(conn, user).await?.id),
            None => None,
        };
        let Self { status, since, code, class, channel, kind, user: _ } = self;
        Ok(MessageFilter { status, channel, kind, user_id, class, code, since })
    }
}

fn status(text: &str) -> Result<Status, String> {
    one_of(text, Status::ALL)
}

fn channel(text: &str) -> Result<Channel, String> {
    one_of(text, Channel::ALL)
}

fn kind(text: &str) -> Result<MessageKind, String> {
    one_of(text, MessageKind::ALL)
}

fn one_of<T: FromStr + Display, const N: usize>(text: &str, all: [T; N]) -> Result<T, String> {
    let names = all.map(|value| value.to_string()).join(", ");
    text.parse().map_err(|_| format!("must be one of {names}"))
}

fn code(text: &str) -> Result<String, String> {
    match text.trim().trim_end_matches('.') {
        "" => Err("must be a code, such as 554, 5.7 or 21614".to_owned()),
        code => Ok(code.to_owned()),
    }
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    since_at(text, Utc::now())
}

/// Parses a time that is not after `now`.
fn since_at(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let span = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let number: u32 = number.parse().ok()?;
        let unit = match unit {
            "s" => TimeDelta::seconds(1),
            "m" => TimeDelta::minutes(1),
            "h" => TimeDelta::hours(1),
            "d" => TimeDelta::days(1),
            "w" => TimeDelta::weeks(1),
            _ => return None,
        };
        now.checked_sub_signed(unit.checked_mul(i32::try_from(number).ok()?)?)
    };
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let time = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    let since = span().or_else(|| Some(day()?.and_time(NaiveTime::MIN).and_utc())).or_else(time);
    match since {
        None => Err(
            "must be a duration such as 2h or 3d, a day such as 2026-11-29, or an RFC 3339 time"
                .into(),
        ),
        Some(since) if since > now => Err("must not be in the future".into()),
        Some(since) => Ok(since),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spans_days_or_rfc_3339() {
        let now = "2026-11-29T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("0s", "2026-11-29T12:00:00Z"),
            ("90m", "2026-11-29T10:30:00Z"),
            ("2h", "2026-11-29T10:00:00Z"),
            ("3d", "2026-11-26T12:00:00Z"),
            ("1w", "2026-11-22T12:00:00Z"),
            ("2026-11-29", "2026-11-29T00:00:00Z"),
            ("2026-11-29T08:00:00Z", "2026-11-29T08:00:00Z"),
            ("2026-11-29T08:00:00+02:00", "2026-11-29T06:00:00Z"),
        ] {
            let expected: DateTime<Utc> = expected.parse().unwrap();
            assert_eq!(since_at(text, now), Ok(expected), "{text}");
        }
        for text in [
            "",
            "h",
            "2",
            "-2h",
            "2.5h",
            "2 h",
            "2y",
            "h2",
            "2é",
            "4294967295w",
            "yesterday",
            "2026-11-31",
            "2026-11-29 08:00",
            "2026-11-30",
            "2026-11-29T12:00:01Z",
        ] {
            assert!(since_at(text, now).is_err(), "{text}");
        }
    }
}
