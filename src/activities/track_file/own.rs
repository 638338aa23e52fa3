//! Our own XML element, for what the formats have no place for. `recordings::own` reads it.

use std::io;

use quick_xml::events::{BytesEnd, BytesStart, Event};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    document::Document,
    xml::{Xml, characters},
};
use crate::recordings::own::{ELEMENT, LAP, NAMESPACE};

/// The fields written to the element, unless they were computed from points in the file.
const FIELDS: [&str; 18] = [
    "id",
    "title",
    "activity_type",
    "sport_raw",
    "device",
    "started_at",
    "utc_offset_minutes",
    "duration_secs",
    "elapsed_secs",
    "moving_secs",
    "distance_meters",
    "calories",
    "elevation_gain_meters",
    "elevation_loss_meters",
    "avg_heart_rate",
    "max_heart_rate",
    "avg_power_watts",
    "avg_cadence",
];

/// Writes the element, without the fields in `elsewhere`, which the file already has.
pub fn write(xml: &mut Xml, document: &Document, elsewhere: &[&str]) -> io::Result<()> {
    let Document { activity, laps, computed } = document;
    let mut values = attributes(activity)?;
    let is_computed = |name: &str| computed.iter().any(|one| one == name);
    values.retain(|(name, _)| {
        let is_left_out = match name.as_str() {
            // Gain and loss are computed together.
            "elevation_gain_meters" | "elevation_loss_meters" => {
                is_computed("elevation_gain_meters") && is_computed("elevation_loss_meters")
            }
            name => is_computed(name) || elsewhere.contains(&name),
        };
        FIELDS.contains(&name.as_str()) && !is_left_out
    });
    let mut start = BytesStart::new(ELEMENT).with_attributes([NAMESPACE]);
    push(&mut start, &values);
    xml.write_event(Event::Start(start))?;
    for lap in laps {
        let mut element = BytesStart::new(LAP);
        push(&mut element, &attributes(lap)?);
        xml.write_event(Event::Empty(element))?;
    }
    xml.write_event(Event::End(BytesEnd::new(ELEMENT)))
}

fn push(element: &mut BytesStart<'_>, values: &[(String, String)]) {
    for (name, value) in values {
        element.push_attribute((name.as_str(), value.as_str()));
    }
}

/// The members that have a value, as text.
fn attributes(of: &impl Serialize) -> io::Result<Vec<(String, String)>> {
    let members: Map<String, Value> = serde_json::from_str(&serde_json::to_string(of)?)?;
    let texts = members.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, characters(&text))),
        Value::Number(number) => Some((name, number.to_string())),
        _ => None,
    });
    Ok(texts.collect())
}
