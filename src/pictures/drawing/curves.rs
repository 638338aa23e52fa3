//! Reduces lines to the points that can be seen.

/// Maximum number of points of all lines together.
const MOST_POINTS: usize = 6000;

/// Returns the points of each piece that matter: the line through them is nowhere farther than
/// `tolerance` from the line through all points (Douglas and Peucker, 1973). If too many points
/// remain, doubles the tolerance and repeats.
pub fn simplified(pieces: &[Vec<(f64, f64)>], tolerance: f64) -> Vec<Vec<(f64, f64)>> {
    let simple: Vec<_> = pieces.iter().map(|piece| simplified_piece(piece, tolerance)).collect();
    if simple.iter().map(Vec::len).sum::<usize>() <= MOST_POINTS.max(2 * pieces.len()) {
        return simple;
    }
    simplified(&simple, tolerance * 2.0)
}

fn simplified_piece(points: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let last = points.len().saturating_sub(1);
    let mut kept = vec![0, last];
    // Not recursive, because the depth could equal the number of points.
    let mut stretches = vec![(0, last)];
    while let Some((from, to)) = stretches.pop() {
        let between = points.get(from..=to).unwrap_or_default();
        if let Some(at) = furthest(between, tolerance) {
            kept.push(from + at);
            stretches.extend([(from, from + at), (from + at, to)]);
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept.into_iter().filter_map(|at| points.get(at).copied()).collect()
}

/// Returns the index of the point that is farthest from the line between the first and the last
/// point, if it is farther than `tolerance`.
fn furthest(points: &[(f64, f64)], tolerance: f64) -> Option<usize> {
    let (first, last) = (points.first()?, points.last()?);
    let distances =
        points.iter().enumerate().map(|(at, point)| (at, distance(*point, *first, *last)));
    let (at, most) = distances.max_by(|one, other| one.1.total_cmp(&other.1))?;
    (most > tolerance).then_some(at)
}

/// Distance from a point to the line segment between two others.
fn distance((x, y): (f64, f64), (x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> f64 {
    let (dx, dy) = (x2 - x1, y2 - y1);
    let length = dx * dx + dy * dy;
    let along =
        if length > 0.0 { (((x - x1) * dx + (y - y1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x - x1 - along * dx).hypot(y - y1 - along * dy)
}

/// A measured value.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Position along the axis.
    pub at: f64,
    pub value: f64,
    /// Whether a new piece begins here, without a line from the previous sample.
    pub begins: bool,
}

/// Returns the mean of each of `columns` columns between `from` and `to`. A new piece begins at a
/// sample with `begins`, and after a gap longer than `longest_gap`.
pub fn columns(
    samples: &[Sample],
    (from, to): (f64, f64),
    columns: f64,
    longest_gap: f64,
) -> Vec<Vec<(f64, f64)>> {
    let width = ((to - from) / columns).max(f64::MIN_POSITIVE);
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    let (mut column, mut last) = (f64::NAN, f64::NEG_INFINITY);
    // For the current column: the number of samples, and the sums of `at` and `value`.
    let mut sums = (0.0, 0.0, 0.0);
    for sample in samples {
        let is_new_piece = sample.begins || sample.at - last > longest_gap;
        let of_sample = ((sample.at - from) / width).floor();
        if is_new_piece || of_sample != column {
            flush(&mut pieces, &mut sums);
            column = of_sample;
        }
        if is_new_piece {
            pieces.push(Vec::new());
        }
        last = sample.at;
        sums = (sums.0 + 1.0, sums.1 + sample.at, sums.2 + sample.value);
    }
    flush(&mut pieces, &mut sums);
    pieces
}

fn flush(pieces: &mut [Vec<(f64, f64)>], (count, at, value): &mut (f64, f64, f64)) {
    if let Some(piece) = pieces.last_mut().filter(|_| *count > 0.0) {
        piece.push((*at / *count, *value / *count));
    }
    (*count, *at, *value) = (0.0, 0.0, 0.0);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_point_is_further_from_the_simple_line_than_allowed(
            points in prop::collection::vec((0.0..100.0, 0.0..100.0), 1..200),
        ) {
            let simple = simplified(std::slice::from_ref(&points), 5.0).remove(0);
            prop_assert_eq!((simple[0], simple.last()), (points[0], points.last()));
            for point in points {
                let nearest = simple.windows(2).map(|line| distance(point, line[0], line[1]));
                let nearest = nearest.fold(f64::INFINITY, f64::min);
                prop_assert!(nearest <= 5.0 + 1e-9 || simple.contains(&point));
            }
        }

        #[test]
        fn columns_keep_the_mean_of_what_is_in_them(values in prop::collection::vec(0.0..1000.0, 1..500)) {
            let sample = |(at, value): (usize, &f64)| Sample { at: at as f64, value: *value, begins: at == 0 };
            let samples: Vec<_> = values.iter().enumerate().map(sample).collect();
            let pieces = columns(&samples, (0.0, values.len() as f64), 1.0, 10.0);
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            prop_assert_eq!(pieces.len(), 1);
            prop_assert!((pieces[0][0].1 - mean).abs() < 1e-6);
        }
    }

    #[test]
    fn however_many_points_there_are_few_are_drawn() {
        let zigzag = (0..100_000).map(|at| (f64::from(at % 97) * 7.0, f64::from(at % 89) * 5.0));
        let simple = simplified(&[zigzag.collect()], 0.3);
        assert!(simple[0].len() <= MOST_POINTS, "{}", simple[0].len());
    }
}
