//! What sports-log's own exports say besides: an element of its own in GPX and TCX, with what these
//! formats have no place for. `activities/track_file/own` writes it.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};
use uuid::Uuid;

use super::{Session, recording::MAX_LAPS};
use crate::activities::{Lap, Sport, sports::OTHER};

/// The name of the element, with the prefix that it declares itself.
pub const ELEMENT: &str = "log:activity";
pub const LAP: &str = "log:lap";
pub const NAMESPACE: (&str, &str) = ("xmlns:log", "urn:sports-log:activity:1");

/// The element begins near the beginning of GPX, or ends near the end of TCX.
const NEAR_END: usize = 4096;

/// It has a thousand laps at most.
const LONGEST: usize = 1024 * 1024;

/// The activity that a file was exported from, which may be in this log.
pub fn exported_from(file: &[u8]) -> Option<Uuid> {
    let element = element(file)?;
    attribute(&start(element)?, "id")
}

/// Gives a session of a file what its own element says: totals that were measured, laps, and how it
/// is called. Without such an element it stays as it is.
pub fn complete(session: &mut Session, file: &[u8]) {
    let Some(element) = element(file) else { return };
    let Some(activity) = start(element) else { return };
    // The program that wrote the file is no device.
    session.device = attribute(&activity, "device");
    session.sport_raw = attribute(&activity, "sport_raw");
    if let Some(sport) = attribute::<String>(&activity, "activity_type") {
        let known = Sport::of(Some(&sport));
        session.activity_type = if known == OTHER { session.activity_type } else { known };
    }
    if let Some(time) = attribute::<DateTime<Utc>>(&activity, "started_at") {
        session.started_at = time;
    }
    session.utc_offset_minutes =
        attribute(&activity, "utc_offset_minutes").or(session.utc_offset_minutes);
    if let Some(title) = attribute::<String>(&activity, "title") {
        // TCX has no place for a title, so that programs are given it before the notes.
        let notes = session.notes.take();
        session.notes = notes.and_then(|notes| {
            let own = notes.strip_prefix(&title).map_or(notes.as_str(), str::trim_start);
            Some(own.to_owned()).filter(|own| !own.is_empty())
        });
        session.title = Some(title);
    }
    let totals = &mut session.totals;
    for (total, name) in [
        (&mut totals.timer_secs, "duration_secs"),
        (&mut totals.elapsed_secs, "elapsed_secs"),
        (&mut totals.moving_secs, "moving_secs"),
        (&mut totals.distance_meters, "distance_meters"),
        (&mut totals.calories, "calories"),
        (&mut totals.elevation_gain_meters, "elevation_gain_meters"),
        (&mut totals.elevation_loss_meters, "elevation_loss_meters"),
        (&mut totals.avg_heart_rate, "avg_heart_rate"),
        (&mut totals.max_heart_rate, "max_heart_rate"),
        (&mut totals.avg_power_watts, "avg_power_watts"),
        (&mut totals.avg_cadence, "avg_cadence"),
    ] {
        // Not what formats want a value for, and had none.
        *total = attribute(&activity, name);
    }
    session.laps = laps(element);
}

/// The text of the element, if there is one.
fn element(file: &[u8]) -> Option<&str> {
    let (open, close) = (format!("<{ELEMENT} "), format!("</{ELEMENT}>"));
    let tail = |bytes: usize| file.get(file.len().saturating_sub(bytes)..).unwrap_or(file);
    let head = file.get(..NEAR_END).unwrap_or(file);
    let rest = match find(head, &open) {
        Some(at) => file.get(at..)?,
        // Only what ends so is searched: most files are none of ours.
        None if find(tail(NEAR_END), &close).is_some() => {
            let tail = tail(LONGEST);
            tail.get(find(tail, &open)?..)?
        }
        None => return None,
    };
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let end = find(rest, &close)? + close.len();
    let element = str::from_utf8(rest.get(..end)?).ok()?;
    element.contains(NAMESPACE.1).then_some(element)
}

fn find(bytes: &[u8], wanted: &str) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted.as_bytes())
}

fn start(element: &str) -> Option<BytesStart<'_>> {
    match Reader::from_str(element).read_event() {
        Ok(Event::Start(start)) => Some(start),
        _ => None,
    }
}

fn attribute<T: FromStr>(element: &BytesStart<'_>, name: &str) -> Option<T> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|found| found.key.as_ref() == name)?;
    unescape(&found.value).ok()?.parse().ok()
}

fn laps(element: &str) -> Vec<Lap> {
    let mut reader = Reader::from_str(element);
    let mut laps = Vec::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Empty(lap) if lap.name().as_ref() == LAP && laps.len() < MAX_LAPS => {
                laps.push(read_lap(&lap));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    laps
}

fn read_lap(lap: &BytesStart<'_>) -> Lap {
    Lap {
        started_at: attribute(lap, "started_at"),
        duration_secs: attribute(lap, "duration_secs"),
        elapsed_secs: attribute(lap, "elapsed_secs"),
        distance_meters: attribute(lap, "distance_meters"),
        calories: attribute(lap, "calories"),
        elevation_gain_meters: attribute(lap, "elevation_gain_meters"),
        elevation_loss_meters: attribute(lap, "elevation_loss_meters"),
        avg_heart_rate: attribute(lap, "avg_heart_rate"),
        max_heart_rate: attribute(lap, "max_heart_rate"),
        avg_power_watts: attribute(lap, "avg_power_watts"),
        avg_cadence: attribute(lap, "avg_cadence"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    #[test]
    fn only_a_whole_element_of_ours_is_read() {
        let ours = format!(
            "<log:activity xmlns:log='{}' id='{ID}'><log:lap calories='7'/></log:activity>",
            NAMESPACE.1
        );
        let padding = " ".repeat(2 * LONGEST);
        for (file, is_read) in [
            (format!("<gpx>{ours}</gpx>"), true),
            (format!("<gpx>{ours}{padding}</gpx>"), true),
            (format!("<x>{padding}{ours}</x>"), true),
            (format!("<x>{padding}{ours}{padding}</x>"), false),
            (format!("<gpx>{}", &ours[..ours.len() - 3]), false),
            (ours.replace("urn:", "urm:"), false),
            (ours.replace(ID, "me"), false),
            (String::new(), false),
        ] {
            let id = exported_from(file.as_bytes()).map(|id| id.to_string());
            assert_eq!(id.as_deref(), is_read.then_some(ID), "{}", file.len());
        }
        let laps = laps(&ours);
        assert_eq!((laps.len(), laps[0].calories), (1, Some(7)));
    }
}
