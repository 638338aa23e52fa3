//! The extra element in GPX and TCX exports of sports-log. It contains what these formats cannot
//! express. `activities/track_file/own` writes it.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Recording, Session, Totals,
    recording::MAX_LAPS,
    xml::{Attributes, Visitor},
};
use crate::sport::{Lap, OTHER, Sport};

/// Name of the element, with the prefix that it declares itself.
pub const ELEMENT: &str = "log:activity";
pub const LAP: &str = "log:lap";
pub const NAMESPACE: (&str, &str) = ("xmlns:log", "urn:sports-log:activity:1");

/// The content of the element.
#[derive(Default)]
pub struct Own {
    /// The activity from which the file was exported.
    id: Option<Uuid>,
    activity_type: Option<String>,
    sport_raw: Option<String>,
    device: Option<String>,
    title: Option<String>,
    started_at: Option<DateTime<Utc>>,
    utc_offset_minutes: Option<i32>,
    totals: Totals,
    laps: Vec<Lap>,
}

impl Own {
    fn of(attributes: &Attributes<'_>) -> Self {
        Self {
            id: value(attributes, "id"),
            activity_type: attributes.get("activity_type"),
            sport_raw: attributes.get("sport_raw"),
            device: attributes.get("device"),
            title: attributes.get("title"),
            started_at: value(attributes, "started_at"),
            utc_offset_minutes: value(attributes, "utc_offset_minutes"),
            totals: Totals {
                timer_secs: value(attributes, "duration_secs"),
                elapsed_secs: value(attributes, "elapsed_secs"),
                moving_secs: value(attributes, "moving_secs"),
                distance_meters: value(attributes, "distance_meters"),
                calories: value(attributes, "calories"),
                elevation_gain_meters: value(attributes, "elevation_gain_meters"),
                elevation_loss_meters: value(attributes, "elevation_loss_meters"),
                avg_heart_rate: value(attributes, "avg_heart_rate"),
                max_heart_rate: value(attributes, "max_heart_rate"),
                avg_power_watts: value(attributes, "avg_power_watts"),
                avg_cadence: value(attributes, "avg_cadence"),
            },
            laps: Vec::new(),
        }
    }

    /// Replaces the session's totals, laps, names and device by those of the element.
    fn complete(self, session: &mut Session) {
        // Without this, the exporting program would be the device.
        (session.device, session.sport_raw) = (self.device, self.sport_raw);
        let known = self.activity_type.map(|sport| Sport::of(Some(&sport)));
        session.activity_type =
            known.filter(|sport| *sport != OTHER).unwrap_or(session.activity_type);
        session.started_at = self.started_at.unwrap_or(session.started_at);
        session.utc_offset_minutes = self.utc_offset_minutes.or(session.utc_offset_minutes);
        if let Some(title) = self.title {
            // TCX has no field for a title, so exports write it before the notes.
            let notes = session.notes.take();
            session.notes = notes.and_then(|notes| {
                let own = notes.strip_prefix(&title).map_or(notes.as_str(), str::trim_start);
                Some(own.to_owned()).filter(|own| !own.is_empty())
            });
            session.title = Some(title);
        }
        // Drops the values that were written only because the format requires them.
        (session.totals, session.laps) = (self.totals, self.laps);
    }
}

/// Applies the element to its activity.
pub fn with_own(mut recording: Recording, own: Option<Own>) -> Recording {
    recording.exported_from = own.as_ref().and_then(|own| own.id);
    if let (Some(own), [session]) = (own, recording.sessions.as_mut_slice()) {
        own.complete(session);
    }
    recording
}

/// Reads the element while another visitor reads the document.
pub struct Beside<V> {
    pub visitor: V,
    /// The element, once it has ended.
    pub own: Option<Own>,
    open: Option<Own>,
}

impl<V> Beside<V> {
    pub fn new(visitor: V) -> Self {
        Self { visitor, own: None, open: None }
    }
}

impl<V: Visitor> Visitor for Beside<V> {
    type Error = V::Error;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), V::Error> {
        if path.ends_with("/activity") && attributes.get("log").as_deref() == Some(NAMESPACE.1) {
            self.open = Some(Own::of(attributes));
        } else if let Some(own) = &mut self.open
            && path.ends_with("/activity/lap")
            && own.laps.len() < MAX_LAPS
        {
            own.laps.push(lap(attributes));
        }
        self.visitor.open(path, attributes)
    }

    fn close(&mut self, path: &str, text: &str) -> Result<(), V::Error> {
        if path.ends_with("/activity") {
            self.own = self.open.take().or(self.own.take());
        }
        self.visitor.close(path, text)
    }
}

fn value<T: FromStr>(attributes: &Attributes<'_>, name: &str) -> Option<T> {
    attributes.get(name)?.parse().ok()
}

fn lap(attributes: &Attributes<'_>) -> Lap {
    Lap {
        started_at: value(attributes, "started_at"),
        duration_secs: value(attributes, "duration_secs"),
        elapsed_secs: value(attributes, "elapsed_secs"),
        distance_meters: value(attributes, "distance_meters"),
        calories: value(attributes, "calories"),
        elevation_gain_meters: value(attributes, "elevation_gain_meters"),
        elevation_loss_meters: value(attributes, "elevation_loss_meters"),
        avg_heart_rate: value(attributes, "avg_heart_rate"),
        max_heart_rate: value(attributes, "max_heart_rate"),
        avg_power_watts: value(attributes, "avg_power_watts"),
        avg_cadence: value(attributes, "avg_cadence"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::xml::walk, *};

    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    struct Nobody;

    impl Visitor for Nobody {
        type Error = crate::recordings::Refusal;

        fn open(&mut self, _: &str, _: &Attributes<'_>) -> Result<(), Self::Error> {
            Ok(())
        }

        fn close(&mut self, _: &str, _: &str) -> Result<(), Self::Error> {
            Ok(())
        }
    }

    fn own(file: &str) -> Option<Own> {
        let mut reader = Beside::new(Nobody);
        walk(file.as_bytes(), &mut reader).unwrap();
        reader.own
    }

    #[test]
    fn only_a_whole_element_of_ours_is_read() {
        let ours = format!(
            "<log:activity xmlns:log='{}' id='{ID}'><log:lap calories='7'/></log:activity>",
            NAMESPACE.1
        );
        let padding = " ".repeat(1_000_000);
        for (file, is_read) in [
            (format!("<gpx>{ours}</gpx>"), true),
            (format!("<gpx>{padding}{ours}{padding}</gpx>"), true),
            (format!("<gpx>{}", &ours[..ours.len() - 3]), false),
            (format!("<gpx>{}</gpx>", ours.replace("urn:", "urm:")), false),
            (format!("<gpx>{}</gpx>", ours.replace(ID, "me")), false),
            (String::new(), false),
        ] {
            let id = own(&file).and_then(|own| own.id).map(|id| id.to_string());
            assert_eq!(id.as_deref(), is_read.then_some(ID), "{}", file.len());
        }
        let laps = own(&format!("<gpx>{ours}</gpx>")).unwrap().laps;
        assert_eq!((laps.len(), laps[0].calories), (1, Some(7)));
    }
}
