//! Tests of points.

use super::*;

fn gpx(points: &[(&str, &str, &str)]) -> String {
    let points: String = points
        .iter()
        .map(|(latitude, longitude, time)| {
            format!(
                "<trkpt lat='{latitude}' lon='{longitude}'><ele>500 m</ele><time>{time}</time>\
                 <extensions><hr>140 bpm</hr></extensions></trkpt>"
            )
        })
        .collect();
    format!("<gpx><trk><trkseg>{points}</trkseg></trk></gpx>")
}

#[test]
fn a_point_is_read_in_any_form_of_its_values() {
    let points = gpx(&[
        ("46.5", "7.5", "2024-05-04T08:00:00Z"),
        ("46.5°", "367.5", "2024-125T08:00:00Z"),
        ("N46.5", "7.5 E", "2024-05-04 8:00:00 AM"),
        ("46,5", "7°30′", "1714809600"),
    ]);
    let recording = read(points.as_bytes()).unwrap();
    assert!(recording.warnings.is_empty(), "{:?}", recording.warnings);
    let points = &recording.sessions[0].track.points;
    assert_eq!((points.len(), points[0].heart_rate), (4, Some(140.0)));
    assert_eq!((points[0].altitude, points[0].position.is_some()), (Some(500.0), true));
    assert!(points.iter().all(|point| *point == points[0]), "{points:?}");
}

#[test]
fn what_cannot_be_is_told() {
    let time = "2024-05-04T08:00:00Z";
    let points = gpx(&[("NaN", "NaN", time), ("46.5", "7.5", time), ("146.5", "7.5", time)]);
    let recording = read(points.as_bytes()).unwrap();
    assert_eq!(recording.sessions[0].track.points.len(), 3);
    assert!(recording.warnings[0].starts_with("2 points have an impossible position"));
    for (time, expected) in [("1970-01-01T08:00:00Z", "such as 1970-01-01"), ("", "drawn")] {
        let refusal = read(gpx(&[("46.5", "7.5", time)]).as_bytes()).unwrap_err();
        assert_eq!(refusal.reason, Reason::NoStartTime);
        assert!(refusal.message.contains(expected), "{refusal}");
    }
}
