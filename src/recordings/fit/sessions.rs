//! Divides a file into sessions.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    clock::is_unset,
    collector::Collector,
    laps::{begun, owners},
    lengths,
    raw::RawSession,
};
use crate::{
    recordings::{Point, Reason, Refusal, Session, Totals, Track},
    sport::Sport,
};

/// Distributes points, laps and sets among the sessions. A file without a session becomes one
/// session. A device that lost power leaves such a file.
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

/// Returns the session in progress when the file ended, for which there is no message.
fn unfinished(file: &Collector, track: &Track) -> Option<RawSession> {
    /// Points may follow for this long after the end of a session.
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

/// Creates the sessions in order of time, without points.
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
            Refusal::new(Reason::NoStartTime, "the file does not say when the activity began")
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

/// Returns the sport and the device's name for it, or the user's name if the device's is unknown.
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

/// Adds the distances of pool lengths to a track without distances.
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
