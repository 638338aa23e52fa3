//! What the archive of a service says about an activity, beside its file or without one.

use chrono::{DateTime, Utc};

use crate::{
    recordings::{Session, Totals, Track},
    sport::OTHER,
};

/// Activity types that devices distinguish and services do not: the narrow one, and the wide one.
const NARROWER: [(&str, &str); 3] =
    [("treadmill_run", "run"), ("indoor_cycle", "cycle"), ("open_water_swim", "swim")];

/// The totals that a track contains only approximately, or not at all.
const TOTALS: [fn(&mut Totals) -> &mut Option<f64>; 8] = [
    |totals| &mut totals.moving_secs,
    |totals| &mut totals.calories,
    |totals| &mut totals.elevation_gain_meters,
    |totals| &mut totals.elevation_loss_meters,
    |totals| &mut totals.avg_heart_rate,
    |totals| &mut totals.max_heart_rate,
    |totals| &mut totals.avg_power_watts,
    |totals| &mut totals.avg_cadence,
];

/// An activity as an archive lists it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The service, and the activity's id there.
    pub source: &'static str,
    pub id: String,
    pub title: Option<String>,
    pub sport_raw: Option<String>,
    pub activity_type: &'static str,
    /// What the owner wrote, and additional lines for what the log has no field for.
    pub notes: Option<String>,
    pub remarks: Vec<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub utc_offset_minutes: Option<i32>,
    pub totals: Totals,
    /// Whether a device measured the totals, rather than the service having computed them.
    pub is_measured: bool,
    /// Warnings about values that could not be read.
    pub warnings: Vec<String>,
}

impl Listed {
    pub fn name(&self) -> (&'static str, String) {
        (self.source, self.id.clone())
    }

    /// Completes the sessions of the activity's file. What people wrote and chose at the service
    /// takes precedence over the file, and listed totals over those computed from the track.
    pub fn complete(&self, sessions: &mut [Session]) {
        let is_one = sessions.len() == 1;
        let Some(session) = sessions.first_mut() else { return };
        if self.title.is_some() {
            session.title.clone_from(&self.title);
        }
        session.notes = self.all_notes(session.notes.take());
        // The service's offset takes precedence over one derived from the location.
        session.utc_offset_minutes = self.utc_offset_minutes.or(session.utc_offset_minutes);
        // The listed sport and totals are those of all parts together.
        if is_one {
            let (known, listed) = (session.activity_type, self.activity_type);
            if listed != OTHER && !NARROWER.contains(&(known, listed)) {
                session.activity_type = listed;
            }
            if session.sport_raw.is_none() {
                session.sport_raw.clone_from(&self.sport_raw);
            }
            self.measure(session);
        }
    }

    fn measure(&self, session: &mut Session) {
        let (known, listed) = (&mut session.totals, self.totals);
        known.timer_secs = known.timer_secs.or(listed.timer_secs);
        known.elapsed_secs = known.elapsed_secs.or(listed.elapsed_secs);
        let distance = known.distance_meters.filter(|metres| *metres > 0.0);
        known.distance_meters = distance.or(listed.distance_meters).or(known.distance_meters);
        for total in TOTALS {
            let (listed, measured) = (*total(&mut { self.totals }), total(&mut session.measured));
            if listed.is_some() && measured.is_none() {
                if self.is_measured {
                    *measured = listed;
                }
                *total(&mut session.totals) = listed;
            }
        }
    }

    /// The activity without a file; `None` if its start or its duration is unknown.
    pub fn session(&self) -> Option<Session> {
        self.totals.timer_secs.or(self.totals.elapsed_secs)?;
        Some(Session {
            activity_type: self.activity_type,
            sport_raw: self.sport_raw.clone(),
            started_at: self.started_at?,
            utc_offset_minutes: self.utc_offset_minutes,
            title: self.title.clone(),
            notes: self.all_notes(None),
            device: None,
            totals: self.totals,
            measured: if self.is_measured { self.totals } else { Totals::default() },
            laps: Vec::new(),
            sets: Vec::new(),
            track: Track::default(),
        })
    }

    /// What the owner wrote, or else what the file says; then the remarks, one per line.
    fn all_notes(&self, of_file: Option<String>) -> Option<String> {
        let written = self.notes.clone().or(of_file);
        if self.remarks.is_empty() {
            return written;
        }
        let remarks = self.remarks.join("\n");
        Some(written.map_or(remarks.clone(), |written| format!("{written}\n\n{remarks}")))
    }
}
