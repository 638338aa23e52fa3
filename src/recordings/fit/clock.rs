//! The device's clock: its UTC offset, and times from before it was set.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    message::{Message, time},
    messages::FIRST_ABSOLUTE,
    profile,
};

/// Possible UTC offsets in minutes.
const OFFSETS: std::ops::RangeInclusive<i64> = -12 * 60..=14 * 60;
/// Offsets are multiples of this.
const QUARTER: i64 = 15;

/// Reads the messages about the device's clock.
#[derive(Debug, Default)]
pub struct Clock {
    /// Difference from the device's clock to UTC, if the clock counts from power-on.
    shift: Option<TimeDelta>,
    pub utc_offset_minutes: Option<i32>,
}

impl Clock {
    pub fn take(&mut self, message: &Message<'_>) {
        match message.kind() {
            profile::ACTIVITY => self.compare(message.seconds, message.raw(5)),
            profile::TIMESTAMP_CORRELATION => {
                self.compare(message.seconds, message.raw(3));
                if let (Some(utc), Some(system)) = (message.seconds, message.raw(1))
                    && (system as u32) < FIRST_ABSOLUTE
                    && utc >= FIRST_ABSOLUTE
                {
                    self.shift = Some(TimeDelta::seconds(i64::from(utc) - system as i64));
                }
            }
            _ => {}
        }
    }

    /// Compares the device's clock with the local time of the same moment.
    fn compare(&mut self, clock: Option<u32>, local: Option<f64>) {
        let (Some(clock), Some(local)) = (clock, local.map(|local| local as u32)) else { return };
        let ahead = i64::from(local) - i64::from(clock);
        if clock < FIRST_ABSOLUTE && local >= FIRST_ABSOLUTE {
            self.shift = self.shift.or(Some(TimeDelta::seconds(ahead)));
            return;
        }
        // The two times are not always read at the same moment.
        let quarters = (ahead as f64 / 60.0 / QUARTER as f64).round() as i64;
        let minutes = quarters * QUARTER;
        // Devices that do not know the time zone also write UTC as the local time.
        if minutes != 0 && OFFSETS.contains(&minutes) {
            self.utc_offset_minutes = Some(minutes as i32);
        }
    }

    /// Converts a time of the file to UTC.
    pub fn utc(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self.shift {
            Some(shift) if is_unset(at) => at.checked_add_signed(shift).unwrap_or(at),
            _ => at,
        }
    }

    /// Derives the shift from a clock that was set between two points. The first of them is assumed
    /// to be one second earlier.
    pub fn learn(&mut self, times: impl Iterator<Item = DateTime<Utc>>) {
        if self.shift.is_some() {
            return;
        }
        let mut before = None;
        for time in times {
            if is_unset(time) {
                before = Some(time);
            } else if let Some(before) = before {
                self.shift = Some(time - before - TimeDelta::seconds(1));
                return;
            }
        }
    }
}

/// Returns whether the time counts from power-on.
pub fn is_unset(at: DateTime<Utc>) -> bool {
    time(FIRST_ABSOLUTE).is_some_and(|first| at < first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(ahead: i64) -> Option<i32> {
        let mut clock = Clock::default();
        clock.compare(Some(1_000_000_000), Some((1_000_000_000 + ahead) as f64));
        clock.utc_offset_minutes
    }

    #[test]
    fn offsets_are_those_of_places() {
        for (ahead, minutes) in [
            (7200, Some(120)),
            (7200 - 300, Some(120)),
            (7200 + 2, Some(120)),
            (20_700, Some(345)),
            (-12 * 3600, Some(-720)),
            (14 * 3600, Some(840)),
            (15 * 3600, None),
            (-13 * 3600, None),
            (0, None),
            (40, None),
        ] {
            assert_eq!(offset(ahead), minutes, "{ahead}");
        }
    }

    #[test]
    fn a_clock_that_is_set_later_tells_when_it_was_before() {
        let at = |seconds| time(seconds).unwrap();
        let mut clock = Clock::default();
        clock.learn([at(100), at(101), at(1_000_000_000)].into_iter());
        assert_eq!(clock.utc(at(100)), at(999_999_998));
        assert_eq!(clock.utc(at(1_000_000_000)), at(1_000_000_000));
    }
}
