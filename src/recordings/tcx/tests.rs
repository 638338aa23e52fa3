//! Tests of whole files.

use super::*;

/// A lap in the given minutes, with a point every ten seconds, 30 m apart.
fn lap(minutes: std::ops::Range<u32>, counts: bool) -> String {
    let time = |tens: u32| format!("2024-05-04T08:{:02}:{}0Z", tens / 6, tens % 6);
    let point = |tens: u32| {
        let place = format!(
            "<Position><LatitudeDegrees>{}</LatitudeDegrees>\
             <LongitudeDegrees>7.5</LongitudeDegrees></Position>",
            46.5 + f64::from(tens) * 0.000_27
        );
        let count = format!("<DistanceMeters>{}</DistanceMeters>", tens * 30);
        let count = if counts { count } else { String::new() };
        format!("<Trackpoint><Time>{}</Time>{place}{count}</Trackpoint>", time(tens))
    };
    let points: String = (minutes.start * 6..minutes.end * 6).map(point).collect();
    let (secs, metres) = (60 * minutes.len(), 180 * minutes.len());
    format!(
        "<Lap StartTime=\"{}\"><TotalTimeSeconds>{secs}</TotalTimeSeconds>\
         <DistanceMeters>{metres}</DistanceMeters><Track>{points}</Track></Lap>",
        time(minutes.start * 6)
    )
}

fn session(laps: &[String]) -> Session {
    let file = format!(
        "<TrainingCenterDatabase><Activities><Activity Sport=\"Running\">{}</Activity>\
         </Activities></TrainingCenterDatabase>",
        laps.concat()
    );
    read(file.as_bytes()).unwrap().sessions.remove(0)
}

#[test]
fn a_lap_that_is_there_twice_is_one() {
    for counts in [true, false] {
        for (laps, count, points) in [
            (vec![lap(0..5, counts), lap(0..5, counts)], 1, 30),
            (vec![lap(0..5, counts), lap(5..10, counts), lap(5..10, counts)], 2, 60),
            ([0..5, 5..10, 0..5, 5..10].map(|minutes| lap(minutes, counts)).to_vec(), 2, 60),
            (vec![lap(0..5, counts), lap(0..6, counts)], 2, 66),
        ] {
            let session = session(&laps);
            assert_eq!((session.laps.len(), session.track.points.len()), (count, points));
            let last = session.track.points.last().and_then(|point| point.distance);
            if counts && points < 66 {
                assert_eq!(last, Some((points - 1) as f32 * 30.0));
            }
        }
    }
}

#[test]
fn a_lap_alone_is_no_break() {
    let breaks = |laps: &[String]| session(laps).track.breaks;
    assert_eq!(breaks(&[lap(0..5, true), lap(5..10, true)]), [0; 0]);
    assert_eq!(breaks(&[lap(0..5, true), lap(7..10, true)]), [30]);
    let paused = lap(0..5, true).replacen("</Trackpoint>", "</Trackpoint></Track><Track>", 1);
    assert_eq!(breaks(&[paused]), [1]);
}

#[test]
fn a_track_without_a_lap_is_read() {
    let lap = lap(0..5, true);
    let (_, track) = lap.split_once("<Track>").unwrap();
    let session = session(&[format!("<Track>{}", track.replace("</Lap>", ""))]);
    assert_eq!((session.track.points.len(), session.laps.len()), (30, 0));
}

#[test]
fn laps_are_in_the_order_of_their_times() {
    let session = session(&[lap(5..10, false), lap(0..5, false)]);
    let starts: Vec<_> = session.laps.iter().map(|lap| lap.started_at).collect();
    assert!(starts.is_sorted() && starts.first() == Some(&Some(session.started_at)));
    assert_eq!(session.track.breaks, [30]);
}
