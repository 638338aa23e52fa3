//! Session messages.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use fitparser::profile::FieldDataType;

use super::{
    message::{Message, TIMESTAMP},
    profile::{OF_SESSION, START},
    totals::totals,
};
use crate::recordings::{Totals, can_last};

/// A session as written in its message.
#[derive(Clone, Default)]
pub struct RawSession {
    pub sport: Option<String>,
    /// The user's name for the sport.
    pub profile: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub totals: Totals,
    /// The numbers of its laps.
    pub laps: Option<Range<u32>>,
    pub pool_meters: Option<f64>,
}

impl RawSession {
    /// Reads a session message.
    pub fn read(message: &Message<'_>) -> Self {
        let whole = |number| message.raw(number).map(|value| value as u32);
        let laps = whole(25).zip(whole(26).filter(|count| *count > 0));
        let (started_at, ended_at) = (message.time(START), message.time(TIMESTAMP));
        Self {
            sport: sport(message, 5, 6),
            profile: message.text(110),
            started_at,
            ended_at,
            totals: lasting(totals(message, &OF_SESSION), started_at.zip(ended_at)),
            laps: laps.map(|(first, count)| first..first.saturating_add(count)),
            pool_meters: message.number((44, 100.0, 0.0)),
        }
    }

    /// Returns whether it repeats the other session.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        let of = |it: &Self| (it.started_at, it.ended_at, it.totals, it.pool_meters);
        of(self) == of(other)
            && self.start().is_some()
            && (&self.sport, &self.profile) == (&other.sport, &other.profile)
    }

    pub fn elapsed(&self) -> Option<TimeDelta> {
        let secs = self.totals.elapsed_secs.or(self.totals.timer_secs)?;
        Some(TimeDelta::milliseconds((secs * 1000.0) as i64))
    }

    /// Returns the start, or computes it from the end and the duration.
    pub fn start(&self) -> Option<DateTime<Utc>> {
        self.started_at.or_else(|| self.ended_at?.checked_sub_signed(self.elapsed()?))
    }

    pub fn end(&self) -> Option<DateTime<Utc>> {
        let end = self.start().zip(self.elapsed());
        let end = end.and_then(|(start, elapsed)| start.checked_add_signed(elapsed));
        end.max(self.ended_at)
    }
}

/// Removes times that are impossible between start and end.
fn lasting(totals: Totals, ends: Option<(DateTime<Utc>, DateTime<Utc>)>) -> Totals {
    let span = ends.map(|(start, end)| (end - start).as_seconds_f64());
    let lasting = |secs: Option<f64>| secs.filter(|secs| can_last(*secs, span));
    Totals {
        timer_secs: lasting(totals.timer_secs),
        elapsed_secs: lasting(totals.elapsed_secs),
        moving_secs: lasting(totals.moving_secs),
        ..totals
    }
}

/// Returns the sport and sub-sport, such as `running/trail`.
pub fn sport(message: &Message<'_>, sport: u8, part: u8) -> Option<String> {
    let part = message.name(part, FieldDataType::SubSport).filter(|part| part != "generic");
    let sport = message.name(sport, FieldDataType::Sport)?;
    Some(match part {
        Some(part) => format!("{sport}/{part}"),
        None => sport,
    })
}
