//! What a picture reveals of an activity.

use super::{subject::Subject, track::Track};
use crate::{
    activities::series::{Series, Streams},
    privacy::{End, Zone, ends, is_covered, outside, positions},
};

/// What a picture may reveal.
#[derive(Clone, Debug)]
pub struct Disclosure {
    /// Zones to hide. `None` shows the whole track.
    pub zones: Option<Vec<Zone>>,
    pub title: bool,
    pub date: bool,
}

/// The ends of a track, of which at least one is not covered by a zone. The track must not be drawn
/// before these ends have zones.
pub struct Uncovered(pub Vec<End>);

impl Disclosure {
    /// Reveals everything, for the owner.
    pub fn everything() -> Self {
        Self { zones: None, title: true, date: true }
    }

    /// Hides the title and the date, unless they may be shown. The totals are those of the whole
    /// activity.
    pub fn headline(&self, mut subject: Subject) -> Subject {
        subject.title = subject.title.filter(|_| self.title);
        subject.started_at = subject.started_at.filter(|_| self.date);
        subject
    }

    /// Returns the parts of the activity and of its streams that may be shown.
    pub fn of(
        &self,
        mut subject: Subject,
        streams: Option<Streams>,
    ) -> Result<(Subject, Option<Streams>), Uncovered> {
        subject = self.headline(subject);
        let Some(zones) = &self.zones else { return Ok((subject, streams)) };
        let Some(streams) = streams else { return Ok((subject, None)) };
        let ends = ends(&positions(&streams));
        if ends.is_empty() {
            // An indoor activity has no positions to hide.
            return Ok((subject, Some(streams)));
        }
        if !ends.iter().all(|end| is_covered(zones, end.position)) {
            return Err(Uncovered(ends));
        }
        let shown = outside(streams, zones);
        Ok((partial(subject, &shown), Some(shown)))
    }
}

/// Reduces the activity to what the visible part of the track reveals.
fn partial(subject: Subject, shown: &Streams) -> Subject {
    let secs = shown.get(Series::Time).unwrap_or_default().iter().flatten().copied();
    Subject {
        is_partial: true,
        duration_secs: secs.fold(0.0, f64::max).round() as i32,
        distance_meters: Some(Track::of(shown.clone()).length()),
        moving_secs: None,
        elevation_gain_meters: None,
        avg_heart_rate: None,
        max_heart_rate: None,
        avg_power_watts: None,
        ..subject
    }
}
