//! What a device does not say, computed from the track it recorded.

use chrono::Datelike;

use super::{Point, Reason, Refusal, Session, Track, metres_between};
use crate::jobs::give_way;

/// Slower than 1 km/h is standing still: what a receiver that lies on a table shows.
const STANDING_STILL: f64 = 1.0 / 3.6;

/// Fills what the session lacks, and takes what cannot be true for missing. Refuses one that began in a year
/// that is none.
pub fn complete(session: &mut Session) -> Result<(), Refusal> {
    let year = session.started_at.year();
    if !(1..=9999).contains(&year) {
        let what = format!("it says that it began in the year {year}");
        return Err(Refusal::new(Reason::NoStartTime, what));
    }
    session.measured = session.totals;
    for point in &mut session.track.points {
        // No living person's.
        point.heart_rate = point.heart_rate.filter(|rate| (1.0..=300.0).contains(rate));
    }
    let (track, totals) = (&session.track, &mut session.totals);
    let is_rate = |rate: &f64| (1.0..=300.0).contains(rate);
    totals.avg_heart_rate = totals
        .avg_heart_rate
        .filter(is_rate)
        .or_else(|| mean(track.points.iter().filter_map(|point| point.heart_rate)));
    totals.max_heart_rate = totals.max_heart_rate.filter(is_rate).or_else(|| {
        let rates = track.points.iter().filter_map(|point| point.heart_rate);
        rates.reduce(f32::max).map(f64::from)
    });
    let power = || mean(track.points.iter().filter_map(|point| point.power));
    totals.avg_power_watts = totals.avg_power_watts.or_else(power);
    // Who does not turn or step has no cadence then.
    let cadence =
        || mean(track.points.iter().filter_map(|point| point.cadence).filter(|value| *value > 0.0));
    totals.avg_cadence = totals.avg_cadence.or_else(cadence);
    totals.elapsed_secs = totals.elapsed_secs.or_else(|| elapsed(track));
    totals.moving_secs = totals.moving_secs.or_else(|| moving(track));
    totals.distance_meters = totals.distance_meters.or_else(|| distance(track));
    if totals.elevation_gain_meters.is_none()
        && totals.elevation_loss_meters.is_none()
        && let Some((gain, loss)) = climb(track)
    {
        totals.elevation_gain_meters = Some(gain);
        totals.elevation_loss_meters = Some(loss);
    }
    Ok(())
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f64> {
    let (sum, count) =
        values.fold((0.0, 0.0), |(sum, count), value| (sum + f64::from(value), count + 1.0));
    (count > 0.0).then(|| sum / count)
}

fn elapsed(track: &Track) -> Option<f64> {
    let times = || track.points.iter().filter_map(|point| point.time);
    seconds(times().max()? - times().min()?)
}

fn seconds(delta: chrono::TimeDelta) -> Option<f64> {
    Some(delta.as_seconds_f64()).filter(|seconds| *seconds >= 0.0)
}

/// What the device counted, or else the way from point to point of each piece.
fn distance(track: &Track) -> Option<f64> {
    let counted = track.points.iter().rev().find_map(|point| point.distance);
    counted.map(f64::from).or_else(|| {
        let steps = || track.pieces().flat_map(steps);
        steps().next()?;
        Some(steps().map(|(one, other)| way(one, other).unwrap_or(0.0)).sum())
    })
}

/// Neighbours that both have a position; those without one are passed over.
fn steps(piece: &[Point]) -> impl Iterator<Item = (&Point, &Point)> {
    let placed = || piece.iter().filter(|point| point.position.is_some());
    placed().zip(placed().skip(1))
}

fn way(one: &Point, other: &Point) -> Option<f64> {
    give_way();
    Some(metres_between(one.position?, other.position?))
}

/// The time of the steps that were faster than standing still.
fn moving(track: &Track) -> Option<f64> {
    let mut known = None;
    for (one, other) in track.pieces().flat_map(steps) {
        let (Some(from), Some(to)) = (one.time, other.time) else { continue };
        let (Some(seconds), Some(metres)) = (seconds(to - from), way(one, other)) else { continue };
        let is_moving = seconds > 0.0 && metres / seconds > STANDING_STILL;
        *known.get_or_insert(0.0) += if is_moving { seconds } else { 0.0 };
    }
    known
}

/// Metres up and down, each height smoothed with its neighbours (0.3, 0.4, 0.3) as gpxpy does it: the
/// noise of a receiver would add up.
fn climb(track: &Track) -> Option<(f64, f64)> {
    let (mut gain, mut loss, mut known) = (0.0, 0.0, false);
    for piece in track.pieces() {
        let heights: Vec<f64> =
            piece.iter().filter_map(|point| point.altitude).map(f64::from).collect();
        known |= !heights.is_empty();
        let smooth = |at: usize| {
            let height = heights.get(at).copied()?;
            let before = at.checked_sub(1).and_then(|before| heights.get(before));
            Some(match before.zip(heights.get(at + 1)) {
                Some((before, after)) => 0.3 * before + 0.4 * height + 0.3 * after,
                None => height,
            })
        };
        for at in 1..heights.len() {
            let step = smooth(at).zip(smooth(at - 1)).map_or(0.0, |(here, there)| here - there);
            if step > 0.0 { gain += step } else { loss -= step }
        }
    }
    known.then_some((gain, loss))
}
