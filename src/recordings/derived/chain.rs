//! Finds measurements that cannot be true. The others form the heaviest chain in which each is
//! reachable from the previous one.

/// How many runs back a run may connect to. Longer sequences of errors are not detected.
const LOOK_BACK: usize = 16;

/// Fewer measurements do not show which of them is wrong.
const FEWEST: usize = 5;

/// Returns the indices of impossible measurements, in order. Returns `None` if more than a tenth
/// would be impossible: then `reaches` is wrong about what is possible.
///
/// Consecutive measurements that reach each other form a run. A receiver that errs for a while
/// makes a short run, and the long runs before and after it reach each other.
pub fn errors(count: usize, reaches: impl Fn(usize, usize) -> bool) -> Option<Vec<usize>> {
    let mut runs: Vec<Run> = Vec::new();
    for at in 0..count {
        match runs.last_mut() {
            Some(run) if reaches(at - 1, at) => run.end = at + 1,
            _ => runs.push(Run { start: at, end: at + 1, weight: 0, before: None }),
        }
    }
    if runs.len() < 2 {
        return Some(Vec::new());
    }
    if count < FEWEST {
        return None;
    }
    for at in 0..runs.len() {
        let (done, rest) = runs.split_at_mut(at);
        let Some(run) = rest.first_mut() else { break };
        let first = at.saturating_sub(LOOK_BACK);
        let before = done.iter().enumerate().skip(first);
        let joined = before.filter(|(_, before)| reaches(before.end - 1, run.start));
        let best = joined.max_by_key(|(_, before)| before.weight);
        run.weight = run.end - run.start + best.map_or(0, |(_, before)| before.weight);
        run.before = best.map(|(before, _)| before);
    }
    let mut wrong = vec![true; runs.len()];
    let heaviest = runs.iter().enumerate().max_by_key(|(_, run)| run.weight);
    let mut next = heaviest.map(|(at, _)| at);
    while let Some(at) = next {
        wrong.get_mut(at).into_iter().for_each(|wrong| *wrong = false);
        next = runs.get(at).and_then(|run| run.before);
    }
    let errors: Vec<usize> = runs
        .iter()
        .zip(wrong)
        .filter(|(_, wrong)| *wrong)
        .flat_map(|(run, _)| run.start..run.end)
        .collect();
    (errors.len() <= (count / 10).max(1)).then_some(errors)
}

/// A run of consecutive measurements, the number of measurements in the heaviest chain that ends
/// with it, and the previous run of that chain.
struct Run {
    start: usize,
    end: usize,
    weight: usize,
    before: Option<usize>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(values: &[f64]) -> Option<Vec<usize>> {
        errors(values.len(), |one, other| (values[one] - values[other]).abs() <= 1.0)
    }

    #[test]
    fn what_the_others_do_not_reach_is_wrong_wherever_it_stands() {
        let wild = |at: std::ops::Range<usize>| {
            let values = (0..100).map(|n| if at.contains(&n) { 50.0 } else { 0.0 });
            near(&values.collect::<Vec<_>>()).map(|errors| (errors.len(), errors.first().copied()))
        };
        assert_eq!(wild(0..0), Some((0, None)));
        assert_eq!(wild(40..41), Some((1, Some(40))));
        assert_eq!(wild(0..7), Some((7, Some(0))));
        assert_eq!(wild(95..100), Some((5, Some(95))));
        // If half of the values are elsewhere, the person went there.
        assert_eq!(wild(50..100), None);
        assert_eq!(near(&[0.0, 50.0]), None);
        assert_eq!(near(&[]), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn few_errors_are_found_exactly(
            steps in prop::collection::vec(-1.0..1.0_f64, 100..300),
            wild in prop::collection::btree_set(0_usize..100, 0..10),
        ) {
            let mut values: Vec<f64> = steps
                .iter()
                .scan(0.0, |sum, step| { *sum += step; Some(*sum) })
                // Small steps, so that the remaining values still reach each other.
                .map(|value| value * 0.05)
                .collect();
            wild.iter().for_each(|at| values[*at] += 1000.0 * (1 + at) as f64);
            prop_assert_eq!(near(&values), Some(wild.into_iter().collect::<Vec<_>>()));
        }
    }
}
