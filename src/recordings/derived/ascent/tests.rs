//! Tests with known ascents.

use proptest::prelude::*;

use super::*;

/// A track with an altitude every `step` seconds.
fn track(step: f64, heights: &[f64]) -> Track {
    let point = |(n, height): (usize, &f64)| Point {
        time: DateTime::from_timestamp_millis((1000.0 * step * n as f64) as i64),
        altitude: Some(*height as f32),
        ..Point::default()
    };
    Track { points: heights.iter().enumerate().map(point).collect(), breaks: Vec::new() }
}

/// Independent numbers from −1 to 1, the same in every run (xorshift64).
fn noise(mut seed: u64) -> impl Iterator<Item = f64> {
    std::iter::repeat_with(move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    })
}

/// Three hours over hills of 30 m, four minutes each: 45 rises.
const ASCENT: f64 = 45.0 * 30.0;

fn hills(step: f64) -> Vec<f64> {
    let height = |secs: f64| 400.0 - 15.0 * (secs / 240.0 * std::f64::consts::TAU).cos();
    (0..)
        .map(|n| step * f64::from(n))
        .take_while(|secs| *secs <= 45.0 * 240.0)
        .map(height)
        .collect()
}

fn error(track: &Track) -> f64 {
    climb(track).unwrap().0 / ASCENT - 1.0
}

#[test]
fn known_hills_are_measured_however_they_are_recorded() {
    for step in [0.2, 1.0, 3.0, 5.0, 10.0, 30.0] {
        for rounded in [0.01, 0.2, 1.0, 2.0] {
            let heights =
                hills(step).into_iter().map(|height| (height / rounded).round() * rounded);
            let found = error(&track(step, &heights.collect::<Vec<_>>()));
            assert!(found.abs() < 0.1, "every {step} s, steps of {rounded} m: {found}");
        }
    }
}

#[test]
fn noise_on_hills_adds_little() {
    for step in [1.0, 3.0, 5.0] {
        for metres in [1.0, 2.0, 4.0] {
            let noisy =
                hills(step).into_iter().zip(noise(7)).map(|(height, n)| height + metres * n);
            let found = error(&track(step, &noisy.collect::<Vec<_>>()));
            assert!(found.abs() < 0.15, "every {step} s, noise of {metres} m: {found}");
        }
    }
}

#[test]
fn flat_ground_stays_flat() {
    for step in [1.0, 2.0, 5.0, 10.0] {
        for metres in [0.5, 2.0, 4.0, 8.0] {
            let points = (7200.0 / step) as usize;
            let independent: Vec<_> = noise(3).take(points).map(|n| 100.0 + metres * n).collect();
            let found = climb(&track(step, &independent)).unwrap();
            assert!(found.0 <= 5.0 && found.1 <= 5.0, "every {step} s, {metres} m: {found:?}");
        }
    }
    // Waves of a few seconds, as from a swinging arm.
    for period in [2.7, 7.0, 16.9] {
        let wave = |n: i32| 100.0 + 3.0 * (f64::from(n) / period * std::f64::consts::TAU).sin();
        let found = climb(&track(1.0, &(0..3600).map(wave).collect::<Vec<_>>())).unwrap();
        assert!(found.0 <= 5.0, "waves of {period} s: {found:?}");
    }
}

#[test]
fn a_slope_is_measured_to_its_ends_and_no_height_is_no_climb() {
    let slope: Vec<_> = (0..=600).map(|n| 100.0 + f64::from(n) * 0.5).collect();
    let found = climb(&track(1.0, &slope)).unwrap();
    assert!((found.0 - 300.0).abs() < 0.01 && found.1 == 0.0, "{found:?}");
    assert_eq!(climb(&track(1.0, &[])), None);
    assert_eq!(climb(&track(1.0, &[5.0])), Some((0.0, 0.0)));
}

proptest! {
    #[test]
    fn up_and_down_are_what_they_are_the_other_way_round(
        heights in prop::collection::vec(-100.0..3000.0_f64, 1..300), step in 0.5..20.0,
    ) {
        let (up, down) = climb(&track(step, &heights)).unwrap();
        let raised: Vec<_> = heights.iter().map(|height| height + 500.0).collect();
        let (up_there, down_there) = climb(&track(step, &raised)).unwrap();
        prop_assert!((up - up_there).abs() < 1.0 && (down - down_there).abs() < 1.0);
        let rises = heights.windows(2).map(|pair| (pair[1] - pair[0]).max(0.0));
        prop_assert!(up <= rises.sum::<f64>() + 0.1 && up >= 0.0 && down >= 0.0);
    }

    #[test]
    fn rises_less_falls_are_the_way_from_the_first_turn_to_the_last(
        heights in prop::collection::vec(0.0..50.0_f64, 2..200), turn in 1.0..10.0,
    ) {
        let (up, down) = turns(&heights, turn);
        let ends = heights[heights.len() - 1] - heights[0];
        prop_assert!((up - down - ends).abs() <= 2.0 * turn);
        let backwards: Vec<_> = heights.iter().rev().copied().collect();
        let (up_back, down_back) = turns(&backwards, turn);
        prop_assert!((up - down_back).abs() <= 2.0 * turn && (down - up_back).abs() <= 2.0 * turn);
    }
}
