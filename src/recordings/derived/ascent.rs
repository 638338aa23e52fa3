//! Elevation gain and loss. Altitudes are inaccurate, and the noise of a receiver would add up.
//!
//! Each altitude is replaced by the mean of those within a few seconds. In the smoothed line, only
//! rises and falls that are larger than its noise count. docs/IMPORT.md contains the table by which
//! the constants here were chosen.

use chrono::{DateTime, Utc};

use crate::{
    priority::yield_if_due,
    recordings::{Point, Track},
};

/// Span of the mean, in seconds. It is a span of time, not of points, because devices write one
/// point per second or one every ten seconds.
const WINDOW: f64 = 15.0;

/// Minimum change of altitude that counts as a turn, in metres.
const TURN: f64 = 2.0;

/// Minimum turn, as a multiple of the noise that remains in the means. An activity has several
/// thousand means, and noise alone sets the largest and the smallest of them this far apart.
const NOISE_OF_MEANS: f64 = 8.0;

/// The same for the noise around the means. Correlated noise is not averaged out.
const NOISE_AROUND_MEANS: f64 = 4.0;

/// Converts the median absolute deviation of a normal distribution to its standard deviation.
const SIGMA: f64 = 1.482_6;

/// Time in seconds, and altitude.
type Height = (f64, f64);

/// Returns elevation gain and loss in metres, or `None` without altitudes.
pub fn climb(track: &Track) -> Option<(f64, f64)> {
    let start = track.points.iter().find_map(|point| point.time)?;
    let pieces: Vec<Vec<Height>> = track.pieces().map(|piece| heights(piece, start)).collect();
    let smooth: Vec<Vec<f64>> = pieces.iter().map(|piece| means(piece)).collect();
    if smooth.iter().all(Vec::is_empty) {
        return None;
    }
    let turn = least_turn(&pieces, &smooth);
    let (mut up, mut down) = (0.0, 0.0);
    for piece in smooth {
        let (more_up, more_down) = turns(&piece, turn);
        (up, down) = (up + more_up, down + more_down);
    }
    Some((up, down))
}

/// Returns the altitudes of a piece, in order of time.
fn heights(piece: &[Point], start: DateTime<Utc>) -> Vec<Height> {
    let mut heights: Vec<Height> = Vec::with_capacity(piece.len());
    heights.extend(piece.iter().filter_map(|point| {
        Some(((point.time? - start).as_seconds_f64(), f64::from(point.altitude?)))
    }));
    if !heights.is_sorted_by(|one, other| one.0 <= other.0) {
        heights.sort_by(|one, other| one.0.total_cmp(&other.0));
    }
    heights
}

/// Returns the mean around each altitude. Near an end, the window is shortened equally on both
/// sides. Otherwise, slopes would be cut off.
fn means(heights: &[Height]) -> Vec<f64> {
    let (Some((first, _)), Some((last, _))) = (heights.first(), heights.last()) else {
        return Vec::new();
    };
    let (mut enters, mut leaves) = (heights.iter().peekable(), heights.iter().peekable());
    let (mut sum, mut count) = (0.0, 0.0);
    let mut mean = |(time, height): &Height| {
        yield_if_due();
        let half = (WINDOW / 2.0).min(time - first).min(last - time) + 1e-6;
        while let Some((_, height)) = enters.next_if(|(there, _)| *there <= time + half) {
            (sum, count) = (sum + height, count + 1.0);
        }
        while let Some((_, height)) = leaves.next_if(|(there, _)| *there < time - half) {
            (sum, count) = (sum - height, count - 1.0);
        }
        if count > 0.0 { sum / count } else { *height }
    };
    heights.iter().map(&mut mean).collect()
}

/// Returns the minimum change that counts as a turn, given the noise.
fn least_turn(pieces: &[Vec<Height>], smooth: &[Vec<f64>]) -> f64 {
    let steps = || pieces.iter().flat_map(|piece| piece.iter().zip(piece.iter().skip(1)));
    let apart = median(steps().map(|(one, other)| other.0 - one.0).collect());
    let around = pieces.iter().flatten().zip(smooth.iter().flatten());
    let around = SIGMA * median(around.map(|((_, height), mean)| (height - mean).abs()).collect());
    let least = TURN.max(NOISE_AROUND_MEANS * around);
    if apart > WINDOW {
        // Between altitudes this far apart, the differences are terrain and not noise.
        return least;
    }
    let bends = pieces.iter().flat_map(|piece| {
        let three = piece.iter().zip(piece.iter().skip(1)).zip(piece.iter().skip(2));
        three.map(|((one, two), three)| (one.1 - 2.0 * two.1 + three.1).abs())
    });
    // The second difference of independent values has six times their variance.
    let noise = SIGMA * median(bends.collect()) / 6.0_f64.sqrt();
    let averaged = (WINDOW / apart.max(0.1)).max(1.0).sqrt();
    least.max(NOISE_OF_MEANS * noise / averaged)
}

fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// Adds the rises and the falls between turns.
fn turns(heights: &[f64], turn: f64) -> (f64, f64) {
    let Some(first) = heights.first().copied() else { return (0.0, 0.0) };
    let (mut up, mut down) = (0.0, 0.0);
    // Lowest and highest altitude since the last turn, and whether the line is rising.
    let (mut low, mut high, mut is_rising) = (first, first, None);
    for height in heights.iter().copied() {
        match is_rising {
            Some(true) if high - height >= turn => {
                up += high - low;
                (low, is_rising) = (height, Some(false));
            }
            Some(false) if height - low >= turn => {
                down += high - low;
                (high, is_rising) = (height, Some(true));
            }
            None if height - low >= turn => (high, is_rising) = (height, Some(true)),
            None if high - height >= turn => (low, is_rising) = (height, Some(false)),
            _ => {}
        }
        match is_rising {
            Some(true) => high = high.max(height),
            Some(false) => low = low.min(height),
            None => (low, high) = (low.min(height), high.max(height)),
        }
    }
    match is_rising {
        Some(true) => up += high - low,
        Some(false) => down += high - low,
        None => {}
    }
    (up, down)
}

#[cfg(test)]
mod tests;
