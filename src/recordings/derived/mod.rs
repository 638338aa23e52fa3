//! Computes what a device does not record from the track, and removes impossible values from both.

mod ascent;
mod belief;
mod chain;
mod copies;
mod distance;
mod laps;
mod moving;
mod place_time;
mod sanity;
mod sensors;
mod spans;
#[cfg(test)]
mod tests;
mod times;

use chrono::Datelike;

pub use self::belief::can_last;
use super::{Reason, Recording, Refusal, Session, Totals, Track};
use spans::{elapsed, secs_between};

/// Completes each session of a file and drops duplicates. Adds a warning with the names of
/// impossible totals.
pub fn complete_all(recording: &mut Recording) -> Result<(), Refusal> {
    let mut odd = Vec::new();
    for session in &mut recording.sessions {
        odd.append(&mut complete_one(session)?);
    }
    copies::drop_sessions(&mut recording.sessions);
    odd.sort_unstable();
    odd.dedup();
    if !odd.is_empty() {
        let warning = format!("impossible values were left out: {}", odd.join(", "));
        recording.warnings.push(warning.into());
    }
    Ok(())
}

/// Fills missing values of the session. Impossible values count as missing. Fails if the start is
/// outside the years 1 to 9999.
pub fn complete(session: &mut Session) -> Result<(), Refusal> {
    complete_one(session).map(drop)
}

/// Works like [`complete`], and returns the names of impossible totals.
fn complete_one(session: &mut Session) -> Result<Vec<&'static str>, Refusal> {
    copies::drop_pieces(&mut session.track);
    times::mend(session);
    let limit = sanity::clean(&mut session.track, session.activity_type);
    let year = session.started_at.year();
    if !(1..=9999).contains(&year) {
        let what = format!("the activity begins in the year {year}");
        return Err(Refusal::new(Reason::NoStartTime, what));
    }
    distance::level(&mut session.track, session.started_at, limit);
    laps::fill(session, limit);
    let computed = computed(&session.track, limit);
    sensors::gather(&mut session.track);
    let (believed, odd) = belief::believed(session.totals, computed, &session.track, limit);
    (session.totals, session.measured) = (believed, believed);
    fill(&mut session.totals, computed);
    session.utc_offset_minutes = offset(session);
    Ok(odd)
}

/// Computes all totals that follow from the track.
fn computed(track: &Track, limit: f64) -> Totals {
    let points = || track.points.iter();
    let climb = ascent::climb(track);
    Totals {
        timer_secs: None,
        elapsed_secs: elapsed(track),
        moving_secs: moving::seconds(track),
        distance_meters: distance::total(track, limit),
        calories: None,
        elevation_gain_meters: climb.map(|(up, _)| up),
        elevation_loss_meters: climb.map(|(_, down)| down),
        avg_heart_rate: mean(points().filter_map(|point| point.heart_rate)),
        max_heart_rate: points()
            .filter_map(|point| point.heart_rate)
            .reduce(f32::max)
            .map(f64::from),
        avg_power_watts: mean(points().filter_map(|point| point.power)),
        // Zero means not pedalling or stepping, and is excluded from the average.
        avg_cadence: mean(points().filter_map(|point| point.cadence).filter(|value| *value > 0.0)),
    }
}

fn fill(totals: &mut Totals, computed: Totals) {
    let knows_climb =
        totals.elevation_gain_meters.is_some() || totals.elevation_loss_meters.is_some();
    if !knows_climb {
        totals.elevation_gain_meters = computed.elevation_gain_meters;
        totals.elevation_loss_meters = computed.elevation_loss_meters;
    }
    totals.elapsed_secs = totals.elapsed_secs.or(computed.elapsed_secs);
    totals.distance_meters = totals.distance_meters.or(computed.distance_meters);
    totals.avg_heart_rate = totals.avg_heart_rate.or(computed.avg_heart_rate);
    totals.max_heart_rate = totals.max_heart_rate.or(computed.max_heart_rate);
    totals.avg_power_watts = totals.avg_power_watts.or(computed.avg_power_watts);
    totals.avg_cadence = totals.avg_cadence.or(computed.avg_cadence);
    // Moving time cannot exceed timer time.
    let longest = totals.timer_secs.or(totals.elapsed_secs).unwrap_or(f64::INFINITY);
    let moving = computed.moving_secs.map(|secs| secs.min(longest));
    totals.moving_secs = totals.moving_secs.or(moving);
}

/// Returns the UTC offset from the device, or else from the place. Devices that do not know the
/// local time write zero.
fn offset(session: &Session) -> Option<i32> {
    let said = session.utc_offset_minutes;
    if said.is_some_and(|minutes| minutes != 0) {
        return said;
    }
    let place = session.track.points.iter().find_map(|point| point.position);
    let by_place =
        place.and_then(|place| place_time::utc_offset_minutes(place, session.started_at));
    by_place.or(said)
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f64> {
    let (sum, count) =
        values.fold((0.0, 0.0), |(sum, count), value| (sum + f64::from(value), count + 1.0));
    (count > 0.0).then(|| sum / count)
}
