//! Damaged documents, and element names in any namespace.

use proptest::prelude::*;
use sports_log::recordings::{Reason, read};

use crate::imports::odd_tracks::fixture;

#[test]
fn damage_is_survived_and_said() {
    for (name, damage) in [
        ("cut-off.gpx", "ends early"),
        ("cut-off.tcx", "ends early"),
        ("cut-off.kml", "ends early"),
        ("wrong-end-tag.gpx", "is damaged"),
        ("drawn-and-recorded.gpx", "without times"),
    ] {
        let warnings = read(&fixture(name)[..]).unwrap().warnings;
        assert!(warnings.len() == 1 && warnings[0].contains(damage), "{name}: {warnings:?}");
    }
    for name in ["closed-twice.gpx", "closed-twice.tcx", "ampersand.gpx", "ampersand.tcx"] {
        assert!(read(&fixture(name)[..]).unwrap().warnings.is_empty(), "{name}");
    }
}

/// Everything complete is read, wherever the file is cut off.
#[test]
fn a_file_may_end_anywhere() {
    for name in ["days.gpx", "history.tcx", "opentracks.kml", "lists.kml"] {
        let whole = fixture(name);
        let length = whole.trim_ascii_end().len();
        let mut points = 0;
        for end in 0..length {
            let found = match read(&whole[..end]) {
                Ok(recording) => {
                    assert!(!recording.warnings.is_empty(), "{name} cut off at {end}");
                    recording.sessions.iter().map(|session| session.track.points.len()).sum()
                }
                Err(refusal) => {
                    let reasons = [Reason::Truncated, Reason::UnknownFormat, Reason::NoStartTime];
                    assert!(
                        reasons.contains(&refusal.reason),
                        "{name} cut off at {end}: {refusal}"
                    );
                    0
                }
            };
            // The later it is cut off, the more points there are.
            assert!(found >= points, "{name} cut off at {end}: {found} points after {points}");
            points = found;
        }
        assert!(points >= 7, "{name}: {points}");
    }
}

/// The document with `prefix` before the name of each element without a prefix.
fn prefixed(text: &str, prefix: &str) -> String {
    let mut parts = text.split('<');
    let mut prefixed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (slash, name) = part.strip_prefix('/').map_or(("", part), |name| ("/", name));
        let end = name.find(|c: char| !c.is_alphanumeric()).unwrap_or(name.len());
        let is_plain = end > 0 && !name[end..].starts_with(':');
        let prefix = if is_plain { format!("{prefix}:") } else { String::new() };
        prefixed.push_str(&format!("<{slash}{prefix}{name}"));
    }
    prefixed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_prefix_is_as_good_as_none(
        prefix in "[a-z][a-z0-9]{0,8}",
        name in prop::sample::select(&["sensors.gpx", "track-stats.gpx", "osmand.gpx", "offset-and-sensors.tcx", "lists.kml"][..]),
    ) {
        let text = String::from_utf8(fixture(name)).unwrap();
        let other = prefixed(&text, &prefix);
        prop_assert!(other != text);
        let sessions = |text: &str| format!("{:?}", read(text.as_bytes()).unwrap().sessions);
        prop_assert_eq!(sessions(&other), sessions(&text));
    }
}
