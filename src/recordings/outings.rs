//! Decides which tracks of a file are one activity. Receivers may write one activity as several
//! tracks, and programs may write weeks of tracks to one file.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Point, Reason, Recording, Refusal, Session, Totals, Track,
    recording::{MAX_SESSIONS, push},
};
use crate::sport::Sport;

/// Maximum pause between two tracks of one activity.
const REST: TimeDelta = TimeDelta::hours(4);

/// Maximum overlap of two tracks of one activity, caused by inaccurate clocks.
const OVERLAP: TimeDelta = TimeDelta::minutes(1);

/// Maximum pause within a track. A night's sleep on a long tour is part of the activity.
const NIGHT: TimeDelta = TimeDelta::hours(12);

/// In metres. A track has moved if a point is farther than this from its first point.
const MOVED: f64 = 20.0;

/// Maximum number of tracks in a file.
const MAX_TRACKS: usize = 10_000;

/// A track as written in the file.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    pub name: Option<String>,
    pub notes: Option<String>,
    pub sport: Option<String>,
    pub offset: Option<i32>,
    /// Totals given by the device.
    pub totals: Totals,
    pub track: Track,
}

impl Piece {
    /// Ends the current track. A track without points is dropped.
    pub fn end(&mut self, pieces: &mut Vec<Self>) -> Result<(), Refusal> {
        let piece = std::mem::take(self);
        if piece.track.points.is_empty() {
            return Ok(());
        }
        push(pieces, piece, MAX_TRACKS, "tracks")
    }

    fn without_track(&self) -> Self {
        let Self { name, notes, sport, .. } = self;
        let (name, notes, sport) = (name.clone(), notes.clone(), sport.clone());
        Self { name, notes, sport, offset: self.offset, ..Self::default() }
    }
}

/// What a file says about all its tracks.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub name: Option<String>,
    pub notes: Option<String>,
    pub sport: Option<String>,
    pub device: Option<String>,
    pub totals: Totals,
}

/// Sets a value unless it is already known.
pub fn first(known: &mut Option<String>, text: &str) {
    known.get_or_insert_with(|| text.to_owned());
}

/// Combines the tracks of a file into activities, earliest first.
pub fn recording(
    pieces: Vec<Piece>,
    about: &About,
    sport_of: impl Fn(&str) -> &'static str,
) -> Result<Recording, Refusal> {
    let mut recording = Recording::default();
    let mut parts = Vec::with_capacity(pieces.len());
    pieces.into_iter().try_for_each(|piece| divide(piece, &mut parts))?;
    let (timed, drawn): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|part| span(&part.track.points).is_some());
    let mut outings = together(timed.into_iter().filter_map(Outing::of).collect());
    match outings.as_mut_slice() {
        [] => {
            let what = "the points have no times: the track may have been drawn";
            return Err(Refusal::new(Reason::NoStartTime, what));
        }
        _ if drawn.is_empty() => {}
        // Receivers also save tracks without their times.
        [only] => {
            drawn.into_iter().for_each(|part| only.piece.track.append(part.track));
            let warning = "a track without times was included: it may have been drawn";
            recording.warnings.push(warning.into());
        }
        _ => {
            let warning = "a track without times was left out: it may have been drawn";
            recording.warnings.push(warning.into());
        }
    }
    let is_only = outings.len() == 1;
    for outing in outings {
        let mut session = outing.session(about, &sport_of);
        if is_only {
            session.totals.fill(&about.totals);
        }
        drop_zeros(&mut session);
        push(&mut recording.sessions, session, MAX_SESSIONS, "activities")?;
    }
    Ok(recording)
}

/// Adds a piece to `parts`, divided at pauses longer than [`NIGHT`].
fn divide(mut piece: Piece, parts: &mut Vec<Piece>) -> Result<(), Refusal> {
    let mut nights = Vec::new();
    let mut breaks = piece.track.breaks.iter().copied().peekable();
    let (mut before, mut broken) = (None, None);
    for (at, point) in piece.track.points.iter().enumerate() {
        if breaks.next_if_eq(&at).is_some() {
            broken.get_or_insert(at);
        }
        let Some(now) = point.time else { continue };
        if let (Some(before), Some(broken)) = (before, broken)
            && now - before > NIGHT
        {
            push(&mut nights, broken, MAX_SESSIONS, "activities")?;
        }
        (before, broken) = (Some(now), None);
    }
    if !nights.is_empty() {
        // The totals of the device cover the whole piece.
        piece.totals = Totals::default();
    }
    for at in nights.into_iter().rev() {
        let track = piece.track.split_off(at);
        parts.push(Piece { track, ..piece.without_track() });
    }
    parts.push(piece);
    Ok(())
}

fn time(point: &Point) -> Option<DateTime<Utc>> {
    point.time
}

/// Returns the first and the last time.
fn span(points: &[Point]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let times = || points.iter().filter_map(time);
    times().min().zip(times().max())
}

/// Joins the tracks that belong to one activity.
fn together(mut outings: Vec<Outing>) -> Vec<Outing> {
    outings.sort_by_key(|outing| outing.start);
    let mut together: Vec<Outing> = Vec::with_capacity(outings.len());
    for outing in outings {
        match together.last_mut() {
            Some(last) if last.is_copied_by(&outing) => {}
            Some(last) if last.goes_on_with(&outing) => last.append(outing),
            _ => together.push(outing),
        }
    }
    together
}

/// A track with times, and the tracks joined to it.
struct Outing {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    piece: Piece,
}

impl Outing {
    fn of(piece: Piece) -> Option<Self> {
        let (start, end) = span(&piece.track.points)?;
        Some(Self { start, end, piece })
    }

    fn goes_on_with(&self, next: &Self) -> bool {
        let agree = |one: &Option<String>, other: &Option<String>, stem: fn(&str) -> String| {
            one.as_deref().zip(other.as_deref()).is_none_or(|(one, other)| stem(one) == stem(other))
        };
        (-OVERLAP..=REST).contains(&(next.start - self.end))
            && agree(&self.piece.sport, &next.piece.sport, str::to_lowercase)
            && agree(&self.piece.name, &next.piece.name, stem)
    }

    /// Returns whether the other track is a copy. Some programs write the same track twice.
    fn is_copied_by(&self, other: &Self) -> bool {
        (self.start, self.end) == (other.start, other.end)
            && self.piece.track.points == other.piece.track.points
    }

    fn append(&mut self, next: Self) {
        let (piece, more) = (&mut self.piece, next.piece);
        self.end = self.end.max(next.end);
        piece.totals = piece.totals.and_then(&more.totals);
        piece.track.append(more.track);
        piece.name = piece.name.take().or(more.name);
        piece.notes = piece.notes.take().or(more.notes);
        piece.sport = piece.sport.take().or(more.sport);
        piece.offset = piece.offset.or(more.offset);
    }

    fn session(self, about: &About, sport_of: impl Fn(&str) -> &'static str) -> Session {
        let Piece { name, notes, sport, offset, totals, track } = self.piece;
        let sport_raw = sport.or_else(|| about.sport.clone());
        Session {
            activity_type: sport_raw.as_deref().map_or_else(|| Sport::of(None), sport_of),
            sport_raw,
            started_at: self.start,
            utc_offset_minutes: offset,
            title: name.or_else(|| about.name.clone()),
            notes: notes.or_else(|| about.notes.clone()),
            device: about.device.clone(),
            totals,
            laps: Vec::new(),
            sets: Vec::new(),
            measured: Totals::default(),
            track,
        }
    }
}

/// Returns a name without the number or the time that receivers append.
fn stem(name: &str) -> String {
    let is_number = |c: char| !c.is_alphabetic();
    name.trim_end_matches(is_number).to_lowercase()
}

/// Drops totals of zero if the points moved.
fn drop_zeros(session: &mut Session) {
    if !has_moved(&session.track.points) {
        return;
    }
    let Totals { timer_secs, elapsed_secs, moving_secs, distance_meters, calories, .. } =
        &mut session.totals;
    for total in [timer_secs, elapsed_secs, moving_secs, distance_meters, calories] {
        *total = total.filter(|total| *total > 0.0);
    }
}

/// Returns whether a point is farther from the first one than GPS noise.
pub fn has_moved(points: &[Point]) -> bool {
    let mut places = points.iter().filter_map(|point| point.position);
    let Some(first) = places.next() else { return false };
    places.any(|place| crate::sport::metres_between(first, place) > MOVED)
}
