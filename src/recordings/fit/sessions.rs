//! Sessions, and what of the file belongs to each.

use chrono::{DateTime, TimeDelta, Utc};

use super::{collector::Collector, message::Message};
use crate::{
    activities::{ExerciseSet, Lap, Sport},
    recordings::{Point, Reason, Recording, Refusal, Session, Totals, Track},
};

/// A session as its message has it.
#[derive(Clone, Default)]
pub struct RawSession {
    sport: Option<String>,
    started_at: Option<DateTime<Utc>>,
    totals: Totals,
}

impl RawSession {
    pub fn read(message: Message<'_>) -> Self {
        let sub_sport = message.text("sub_sport").filter(|part| part != "generic");
        let sport = message.text("sport").map(|sport| match sub_sport {
            Some(part) => format!("{sport}/{part}"),
            None => sport,
        });
        Self { sport, started_at: message.time("start_time"), totals: totals(message) }
    }
}

/// The names are the same in sessions and laps.
fn totals(message: Message<'_>) -> Totals {
    let cadence = message.first_number(&["avg_cadence", "avg_running_cadence"]);
    let fraction = message.number("avg_fractional_cadence").unwrap_or(0.0);
    Totals {
        timer_secs: message.number("total_timer_time"),
        elapsed_secs: message.number("total_elapsed_time"),
        moving_secs: message.number("total_moving_time"),
        distance_meters: message.number("total_distance"),
        calories: message.number("total_calories"),
        elevation_gain_meters: message.number("total_ascent"),
        elevation_loss_meters: message.number("total_descent"),
        avg_heart_rate: message.number("avg_heart_rate"),
        max_heart_rate: message.number("max_heart_rate"),
        avg_power_watts: message.number("avg_power"),
        avg_cadence: cadence.map(|cadence| cadence + fraction),
    }
}

pub fn raw_lap(message: Message<'_>) -> Lap {
    let totals = totals(message);
    let whole = |value: Option<f64>| value.map(|value| value.round() as u32);
    let rate = |value| whole(value).filter(|rate| *rate > 0);
    Lap {
        started_at: message.time("start_time"),
        duration_secs: totals.timer_secs,
        elapsed_secs: totals.elapsed_secs,
        distance_meters: totals.distance_meters,
        calories: whole(totals.calories),
        elevation_gain_meters: totals.elevation_gain_meters,
        elevation_loss_meters: totals.elevation_loss_meters,
        avg_heart_rate: rate(totals.avg_heart_rate),
        max_heart_rate: rate(totals.max_heart_rate),
        avg_power_watts: whole(totals.avg_power_watts),
        avg_cadence: totals.avg_cadence,
    }
}

/// Divides points, laps and sets among the sessions by their times: each belongs to the last session
/// that had begun. A file without a session, as a device leaves it that lost its power, is one.
pub fn divide(collector: Collector) -> Result<Recording, Refusal> {
    let Collector {
        device,
        mut sessions,
        mut laps,
        mut sets,
        mut track,
        shift,
        utc_offset_minutes,
        ..
    } = collector;
    if sessions.is_empty() {
        sessions.push(RawSession::default());
    }
    if let Some(shift) = shift {
        move_all(shift, &mut sessions, &mut laps, &mut sets, &mut track);
    }
    let first_point = track.points.iter().find_map(|point| point.time);
    let mut made = Vec::with_capacity(sessions.len());
    for raw in sessions {
        let first = if made.is_empty() { first_point } else { None };
        let started_at = raw.started_at.or(first).ok_or_else(|| {
            Refusal::new(Reason::NoStartTime, "nothing in it tells when it began")
        })?;
        made.push(Session {
            activity_type: Sport::of(raw.sport.as_deref()),
            sport_raw: raw.sport,
            started_at,
            utc_offset_minutes,
            title: None,
            notes: None,
            device: device.clone(),
            totals: raw.totals,
            laps: Vec::new(),
            sets: Vec::new(),
            measured: Totals::default(),
            track: Track::default(),
        });
    }
    made.sort_by_key(|session| session.started_at);
    let mut breaks = track.breaks.into_iter().peekable();
    for (at, point) in track.points.into_iter().enumerate() {
        let is_break = breaks.next_if_eq(&at).is_some();
        if let Some(session) = owner(&mut made, point.time) {
            if is_break {
                session.track.break_off();
            }
            session.track.push(point)?;
        }
    }
    for lap in laps {
        if let Some(session) = owner(&mut made, lap.started_at) {
            session.laps.push(lap);
        }
    }
    for (time, set) in sets {
        if let Some(session) = owner(&mut made, time) {
            session.sets.push(set);
        }
    }
    Ok(Recording { sessions: made, ..Recording::default() })
}

/// The last session that had begun at `time`, or else the first.
fn owner(sessions: &mut [Session], time: Option<DateTime<Utc>>) -> Option<&mut Session> {
    let begun =
        sessions.iter().rposition(|session| time.is_some_and(|time| session.started_at <= time));
    sessions.get_mut(begun.unwrap_or(0))
}

/// Moves every time by `shift`.
fn move_all(
    shift: TimeDelta,
    sessions: &mut [RawSession],
    laps: &mut [Lap],
    sets: &mut [(Option<DateTime<Utc>>, ExerciseSet)],
    track: &mut Track,
) {
    let times = sessions.iter_mut().map(|session| &mut session.started_at);
    let times = times.chain(laps.iter_mut().map(|lap| &mut lap.started_at));
    let times = times.chain(sets.iter_mut().map(|(time, _)| time));
    let times = times.chain(track.points.iter_mut().map(|Point { time, .. }| time));
    for time in times.flatten() {
        *time += shift;
    }
}
