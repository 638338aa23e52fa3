//! Public sample files, compared with what independent readers (fitdecode, gpxpy) found in them.

use std::{fs, path::Path};

use chrono::{DateTime, Utc};
use sports_log::{
    recordings::{Reason, Session, Totals, complete, read},
    sport::metres_between,
};

/// Beside the repository on development machines. We may not redistribute them.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/activities");

/// The rows of the table. Without the samples it is empty, and a message says so.
pub fn expected() -> Vec<csv::StringRecord> {
    let table = Path::new(SAMPLES).join("expected.tsv");
    if !table.exists() {
        eprintln!("skipped: there are no samples at {SAMPLES}");
        return Vec::new();
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_path(table).unwrap();
    reader.records().map(Result::unwrap).collect()
}

pub fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(SAMPLES).join(name)).unwrap()
}

#[track_caller]
fn assert_total(what: &str, expected: &str, found: Option<f64>, tolerance: f64) {
    if let Ok(expected) = expected.parse::<f64>() {
        let found = found.unwrap_or_else(|| panic!("{what}: missing"));
        // The table has two decimals.
        let allowed = (expected * tolerance).abs().max(0.005);
        assert!((found - expected).abs() <= allowed, "{what}: {found}, expected {expected}");
    }
}

#[test]
fn every_sample_has_the_totals_that_others_read_in_it() {
    for row in expected().iter().filter(|row| !row[1].is_empty()) {
        let name = &row[0];
        let sessions =
            read(&sample(name)[..]).unwrap_or_else(|refusal| panic!("{name}: {refusal}")).sessions;
        let number: usize = row[1].parse().unwrap();
        let Session { started_at, sport_raw, totals, .. } = &sessions[number - 1];
        let what = |total| format!("{name} session {number}: {total}");
        // Values computed from a track may differ slightly, values from a device must be equal. The
        // ascent of GPX files is not compared: the table has gpxpy's, which adds up the noise.
        let (computed, ascent) =
            if name.ends_with(".gpx") { (0.005, f64::INFINITY) } else { (0.0, 0.0) };
        assert_total(&what("elapsed"), &row[5], totals.elapsed_secs, 0.0);
        assert_total(&what("timer"), &row[6], totals.timer_secs, 0.0);
        assert_total(&what("distance"), &row[7], totals.distance_meters, computed);
        assert_total(&what("calories"), &row[8], totals.calories, 0.0);
        assert_total(&what("ascent"), &row[9], totals.elevation_gain_meters, ascent);
        assert_total(&what("descent"), &row[10], totals.elevation_loss_meters, ascent);
        assert_total(
            &what("average heart rate"),
            &row[11],
            totals.avg_heart_rate.map(f64::floor),
            0.0,
        );
        assert_total(&what("maximal heart rate"), &row[12], totals.max_heart_rate, 0.0);
        if let Ok(start) = row[4].parse::<DateTime<Utc>>() {
            assert_eq!(*started_at, start, "{name}");
        }
        let sport = format!("{}/{}", &row[2], &row[3]);
        let sport = sport.trim_end_matches("/generic").trim_matches('/');
        if !sport.is_empty() {
            assert_eq!(sport_raw.as_deref().unwrap_or_default().to_lowercase(), sport, "{name}");
        }
        let all = expected().iter().filter(|other| &other[0] == name).count();
        assert_eq!(sessions.len(), all, "{name}");
        if name.starts_with("no_hr") || name.starts_with("null_") {
            assert_eq!(totals.avg_heart_rate, None, "{name}");
        }
    }
}

/// The ascent computed from the points, compared with that of the device.
#[test]
fn the_ascent_of_samples_is_nearly_the_devices() {
    let mut ratios = Vec::new();
    let names = expected().into_iter().map(|row| row[0].to_owned());
    for name in names.filter(|name| name.ends_with(".fit")) {
        for session in read(&sample(&name)[..]).map(|read| read.sessions).unwrap_or_default() {
            let mut untold = Session { totals: Totals::default(), ..session.clone() };
            complete(&mut untold).unwrap();
            let measured = session.measured.elevation_gain_meters.filter(|gain| *gain >= 20.0);
            if let Some((measured, computed)) = measured.zip(untold.totals.elevation_gain_meters)
                && !session.activity_type.starts_with("virtual_")
            {
                ratios.push(computed / measured);
            }
        }
    }
    if ratios.is_empty() {
        return;
    }
    ratios.sort_by(f64::total_cmp);
    let errors: f64 = ratios.iter().map(|ratio| (ratio - 1.0).abs()).sum();
    let (error, median) = (errors / ratios.len() as f64, ratios[ratios.len() / 2]);
    assert!(error <= 0.15 && (0.95..=1.05).contains(&median), "{error}, {median}: {ratios:?}");
}

#[test]
fn what_is_no_activity_is_refused_and_what_is_whole_of_a_damaged_file_is_read() {
    for row in expected().iter().filter(|row| row[1].is_empty()) {
        let (name, note) = (&row[0], &row[13]);
        if note.starts_with("import") {
            let recording =
                read(&sample(name)[..]).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            assert!(!recording.warnings.is_empty(), "{name}");
            assert!(!recording.sessions.is_empty(), "{name}");
        } else {
            let refusal = read(&sample(name)[..]).expect_err(name);
            assert_eq!(refusal.reason, Reason::NotAnActivity, "{name}: {refusal}");
            assert!(!refusal.message.is_empty());
        }
    }
}

/// The lengths of a track's parts add up to its total distance.
#[test]
fn the_tracks_of_samples_are_as_long_as_their_distance() {
    for row in expected().iter().filter(|row| row[1] == *"1" && !row[0].contains("Activity.fit")) {
        let sessions = read(&sample(&row[0])[..]).unwrap().sessions;
        let (totals, track) = (&sessions[0].totals, &sessions[0].track);
        let ways = track.pieces().flat_map(|piece| {
            let places: Vec<_> = piece.iter().filter_map(|point| point.position).collect();
            places.windows(2).map(|pair| metres_between(pair[0], pair[1])).collect::<Vec<_>>()
        });
        let length: f64 = ways.sum();
        let distance = totals.distance_meters.unwrap();
        if length > 0.0 && distance > 100.0 {
            assert!((length / distance - 1.0).abs() < 0.1, "{}: {length} of {distance}", &row[0]);
        }
        let times: Vec<_> = track.points.iter().filter_map(|point| point.time).collect();
        assert!(times.is_sorted() || row[0].ends_with(".gpx"), "{}", &row[0]);
    }
}
