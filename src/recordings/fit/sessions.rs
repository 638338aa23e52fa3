//! Sessions, and what of the file belongs to each.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    clock::is_unset,
    collector::{Collector, sport},
    laps::{begun, owners},
    lengths,
    message::{Message, TIMESTAMP},
    profile::{OF_SESSION, START},
    totals::totals,
};
use crate::{
    recordings::{Point, Reason, Refusal, Session, Totals, Track, can_last},
    sport::Sport,
};

/// A session as its message has it.
#[derive(Clone, Default)]
pub struct RawSession {
    sport: Option<String>,
    /// What its owner calls the sport.
    profile: Option<String>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    totals: Totals,
    /// The numbers of its laps.
    laps: Option<Range<u32>>,
    pool_meters: Option<f64>,
}

impl RawSession {
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

    /// Whether it is the other one once more.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        let of = |it: &Self| (it.started_at, it.ended_at, it.totals, it.pool_meters);
        of(self) == of(other)
            && self.start().is_some()
            && (&self.sport, &self.profile) == (&other.sport, &other.profile)
    }

    fn elapsed(&self) -> Option<TimeDelta> {
        let secs = self.totals.elapsed_secs.or(self.totals.timer_secs)?;
        Some(TimeDelta::milliseconds((secs * 1000.0) as i64))
    }

    /// Its start, or where its end and its length put it.
    fn start(&self) -> Option<DateTime<Utc>> {
        self.started_at.or_else(|| self.ended_at?.checked_sub_signed(self.elapsed()?))
    }

    fn end(&self) -> Option<DateTime<Utc>> {
        let end = self.start().zip(self.elapsed());
        let end = end.and_then(|(start, elapsed)| start.checked_add_signed(elapsed));
        end.max(self.ended_at)
    }
}

/// Without times that cannot be between its start and its end.
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

/// Divides points, laps and sets among the sessions. A file without a session, as a device leaves
/// it that lost its power, is one.
pub fn divide(mut file: Collector) -> Result<Vec<Session>, Refusal> {
    let mut clock = std::mem::take(&mut file.clock);
    clock.learn(file.points.times());
    file.points.set_clock(&clock);
    let timer_secs = file.points.timer_secs();
    let mut track = std::mem::take(&mut file.points).into_track()?;
    let sessions = file.sessions.iter_mut();
    let times = sessions.flat_map(|it| [&mut it.started_at, &mut it.ended_at]);
    let times = times.chain(file.laps.iter_mut().map(|lap| &mut lap.lap.started_at));
    let times = times.chain(file.lengths.iter_mut().map(|length| &mut length.started_at));
    let times = times.chain(file.sets.iter_mut().map(|(time, _)| time));
    for time in times.chain([&mut file.created_at]).flatten() {
        *time = clock.utc(*time);
    }
    std::mem::take(&mut file.heart_rates).fill(&mut track.points);
    if file.sessions.is_empty() || file.is_cut_off {
        file.sessions.extend(unfinished(&file, &track));
    }
    if let [only] = file.sessions.as_mut_slice() {
        only.totals.timer_secs = only.totals.timer_secs.or(timer_secs);
    }
    let mut started = begin(&file, &track, clock.utc_offset_minutes)?;
    share_out(&mut file, track, &mut started)?;
    Ok(started.into_iter().map(|(_, session)| session).collect())
}

/// The session that was under way when the file ended, of which no message tells.
fn unfinished(file: &Collector, track: &Track) -> Option<RawSession> {
    /// Points come a while after the end of a session, too.
    const AFTER: TimeDelta = TimeDelta::seconds(60);
    let sport = file.sport.clone();
    let sport = sport.or_else(|| file.laps.iter().find_map(|lap| lap.sport.clone()));
    if file.sessions.is_empty() {
        return Some(RawSession { sport, ..RawSession::default() });
    }
    let end = file.sessions.iter().map(RawSession::end).max()??;
    let is_later = |time: &DateTime<Utc>| *time > end;
    let mut later = track.points.iter().filter_map(|point| point.time).filter(is_later);
    let (first, last) = (later.next()?, later.next_back()?);
    let is_another = last - end > AFTER;
    is_another.then(|| RawSession { sport, started_at: Some(first), ..RawSession::default() })
}

/// The sessions in the order of time, without points.
fn begin(
    file: &Collector,
    track: &Track,
    utc_offset_minutes: Option<i32>,
) -> Result<Vec<(RawSession, Session)>, Refusal> {
    let first_point = track.points.iter().find_map(|point| point.time);
    let first_lap = || file.laps.iter().find_map(|lap| lap.lap.started_at);
    let mut last_end = None;
    let mut started = Vec::with_capacity(file.sessions.len());
    for raw in &file.sessions {
        let others = || last_end.or(first_point).or_else(first_lap).or(file.created_at);
        let is_set = |start: &DateTime<Utc>| !is_unset(*start) || first_point.is_none_or(is_unset);
        let started_at = raw.start().filter(is_set).or_else(others).ok_or_else(|| {
            Refusal::new(Reason::NoStartTime, "nothing in it tells when it began")
        })?;
        last_end = raw.end();
        let named = raw.profile.as_ref().or(file.profile.as_ref());
        let (activity_type, sport_raw) = kind(raw.sport.as_ref().or(file.sport.as_ref()), named);
        let session = Session {
            activity_type,
            sport_raw,
            started_at,
            utc_offset_minutes,
            title: file.workout.clone().filter(|_| file.sessions.len() == 1),
            notes: None,
            device: file.device.clone(),
            totals: raw.totals,
            laps: Vec::new(),
            sets: Vec::new(),
            measured: Totals::default(),
            track: Track::default(),
        };
        started.push((raw.clone(), session));
    }
    started.sort_by_key(|(_, session)| session.started_at);
    Ok(started)
}

/// What the sport is, and what the device calls it; what its owner does, where it has no name for
/// it.
fn kind(sport: Option<&String>, named: Option<&String>) -> (&'static str, Option<String>) {
    let other = Sport::of(None);
    let of = |name: &String| Sport::of(Some(name.as_str()));
    let known = [sport, named].into_iter().flatten().find(|name| of(name) != other);
    (known.map_or(other, of), known.or(sport).or(named).cloned())
}

fn share_out(
    file: &mut Collector,
    track: Track,
    started: &mut [(RawSession, Session)],
) -> Result<(), Refusal> {
    let claims: Vec<_> =
        started.iter().map(|(raw, session)| (session.started_at, raw.laps.clone())).collect();
    let starts = || claims.iter().map(|(start, _)| *start);
    let mut breaks = track.breaks.into_iter().peekable();
    for (at, point) in track.points.into_iter().enumerate() {
        let is_break = breaks.next_if_eq(&at).is_some();
        if let Some((_, session)) = started.get_mut(begun(starts(), point.time)) {
            if is_break {
                session.track.break_off();
            }
            session.track.push(point)?;
        }
    }
    let of_laps = owners(&file.laps, &claims);
    for (lap, owner) in std::mem::take(&mut file.laps).into_iter().zip(of_laps) {
        if let Some((_, session)) = started.get_mut(owner) {
            session.laps.push(lap.lap);
        }
    }
    for (time, set) in std::mem::take(&mut file.sets) {
        if let Some((_, session)) = started.get_mut(begun(starts(), time)) {
            session.sets.push(set);
        }
    }
    for (at, (raw, session)) in started.iter_mut().enumerate() {
        let Some(pool) = raw.pool_meters.filter(|pool| *pool > 0.0) else { continue };
        let is_own = |time| begun(starts(), time) == at;
        let own = file.lengths.iter().filter(|length| is_own(length.started_at));
        let own: Vec<_> = own.copied().collect();
        add_lengths(&mut session.track, lengths::points(&own, pool))?;
    }
    Ok(())
}

/// Adds the distances of lengths to a track that has none.
fn add_lengths(track: &mut Track, lengths: Vec<Point>) -> Result<(), Refusal> {
    if lengths.is_empty() || track.points.iter().any(|point| point.distance.is_some()) {
        return Ok(());
    }
    let Track { points, breaks } = std::mem::take(track);
    let (mut breaks, mut lengths) = (breaks.into_iter().peekable(), lengths.into_iter().peekable());
    for (at, point) in points.into_iter().enumerate() {
        while let Some(length) = lengths.next_if(|length| length.time < point.time) {
            track.push(length)?;
        }
        if breaks.next_if_eq(&at).is_some() {
            track.break_off();
        }
        track.push(point)?;
    }
    lengths.try_for_each(|length| track.push(length))
}
