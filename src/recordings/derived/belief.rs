//! Decides which totals of a device are plausible. Others are not measurements: an empty field,
//! another unit, or zero although the points moved.

use super::{distance, sanity};
use crate::recordings::{Totals, Track};

/// No activity takes longer, in seconds.
const LONGEST: f64 = 366.0 * DAY;
const DAY: f64 = 86_400.0;

/// A timer may run this many times as long as the span of the points, plus a day. A receiver may be
/// without power for most of an activity.
const TIMES_AS_LONG: f64 = 20.0;

/// A distance may be this many times as long as the top speed of the sport allows, plus these
/// metres. The sport or the time in the file may be slightly wrong.
const TIMES_AS_FAR: f64 = 2.0;
const MORE_METRES: f64 = 1000.0;

/// Maximum energy in kcal: per minute, an allowance for rounding, and in total.
const CALORIES_A_MINUTE: f64 = 100.0;
const MORE_CALORIES: f64 = 100.0;
const MOST_CALORIES: f64 = 100_000.0;

/// Returns whether a timer can run for `secs` between a start and an end that are `span` apart.
pub fn can_last(secs: f64, span: Option<f64>) -> bool {
    let longest = span.filter(|span| *span > 0.0).map(|span| TIMES_AS_LONG * span + DAY);
    (0.0..=longest.unwrap_or(LONGEST).min(LONGEST)).contains(&secs)
}

/// Returns whether `metres` can be covered in `secs` with the top speed `limit`.
pub fn can_cover(metres: f64, secs: Option<f64>, limit: f64) -> bool {
    let farthest = secs.filter(|secs| *secs > 0.0);
    let farthest = farthest.map_or(f64::INFINITY, |secs| TIMES_AS_FAR * limit * secs + MORE_METRES);
    (0.0..=farthest).contains(&metres)
}

pub fn can_burn(calories: f64, secs: Option<f64>) -> bool {
    let most = secs.filter(|secs| *secs > 0.0);
    let most = most.map_or(MOST_CALORIES, |secs| CALORIES_A_MINUTE * secs / 60.0 + MORE_CALORIES);
    (0.0..=most.min(MOST_CALORIES)).contains(&calories)
}

/// Removes implausible totals and returns their names. A total of zero counts as missing if the
/// points moved, a timer of zero if time passed.
pub fn believed(
    totals: Totals,
    computed: Totals,
    track: &Track,
    limit: f64,
) -> (Totals, Vec<&'static str>) {
    let mut odd = Vec::new();
    let mut only = |total: &mut Option<f64>, name: &'static str, can_be: &dyn Fn(f64) -> bool| {
        if total.take_if(|total| !can_be(*total)).is_some() {
            odd.push(name);
        }
    };
    let mut believed = totals;
    let span = computed.elapsed_secs;
    only(&mut believed.elapsed_secs, "elapsed time", &|secs| can_last(secs, span));
    let span = span.or(believed.elapsed_secs);
    only(&mut believed.timer_secs, "duration", &|secs| can_last(secs, span));
    only(&mut believed.moving_secs, "moving time", &|secs| can_last(secs, span));
    let lasted = [span, believed.elapsed_secs, believed.timer_secs];
    let lasted = lasted.into_iter().flatten().reduce(f64::max);
    only(&mut believed.distance_meters, "distance", &|metres| can_cover(metres, lasted, limit));
    only(&mut believed.calories, "calories", &|calories| can_burn(calories, lasted));
    (measured(believed, computed, track), odd)
}

/// Removes zeros that mean missing, and the placeholder values of sensors.
fn measured(totals: Totals, computed: Totals, track: &Track) -> Totals {
    let moved =
        computed.elapsed_secs.is_some_and(|secs| secs > 0.0) && distance::went_somewhere(track);
    let not_zero = |total: Option<f64>| total.filter(|total| *total > 0.0 || !moved);
    let time_went_by = totals.elapsed_secs.is_some_and(|secs| secs > 0.0);
    let rate = |rate: Option<f64>| rate.filter(|rate| sanity::is_heart_rate(*rate));
    Totals {
        timer_secs: not_zero(totals.timer_secs).filter(|secs| *secs > 0.0 || !time_went_by),
        elapsed_secs: not_zero(totals.elapsed_secs),
        moving_secs: not_zero(totals.moving_secs),
        distance_meters: not_zero(totals.distance_meters),
        avg_heart_rate: rate(totals.avg_heart_rate),
        max_heart_rate: rate(totals.max_heart_rate),
        avg_power_watts: totals.avg_power_watts.filter(|power| sanity::is_power(*power)),
        avg_cadence: totals.avg_cadence.filter(|cadence| sanity::is_cadence(*cadence)),
        ..totals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_cannot_have_measured_is_no_total() {
        let zero = (None, None, None, None);
        let of = |(elapsed_secs, timer_secs, distance_meters, calories)| Totals {
            elapsed_secs,
            timer_secs,
            distance_meters,
            calories,
            ..Totals::default()
        };
        let (run, track) = (of((Some(600.0), None, None, None)), Track::default());
        for (said, computed, left) in [
            ((None, None, Some(42_949_672.94), Some(65_534.0)), run, zero),
            ((None, None, Some(1e12), Some(6_000_000.0)), run, zero),
            ((Some(4e6), Some(4e6), None, None), run, zero),
            ((None, Some(600_000.0), None, None), run, zero),
            // The duration is unknown, or known only to the device.
            ((Some(1e300), None, None, Some(200_000.0)), Totals::default(), zero),
            (
                (Some(2700.0), Some(1e300), Some(1e7), Some(500.0)),
                Totals::default(),
                (Some(2700.0), None, None, Some(500.0)),
            ),
            // A timer that never ran.
            (
                (Some(2700.0), Some(0.0), None, None),
                Totals::default(),
                (Some(2700.0), None, None, None),
            ),
        ] {
            assert_eq!(believed(of(said), computed, &track, 15.0).0, of(left), "{said:?}");
        }
        for (said, computed) in [
            // Mostly without points, and with a slightly wrong sport or time.
            ((Some(36_000.0), Some(30_000.0), Some(90_000.0), Some(4000.0)), run),
            ((None, None, Some(18_000.0), Some(1000.0)), run),
            ((None, None, Some(4_000_000.0), Some(90_000.0)), Totals::default()),
            ((Some(0.0), Some(0.0), Some(0.0), Some(0.0)), run),
        ] {
            let (left, odd) = believed(of(said), computed, &track, 15.0);
            assert_eq!((left, odd), (of(said), Vec::new()));
        }
    }
}
