//! What Garmin says about an activity, whatever the mode.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    error::{ApiError, ApiResult},
    recordings::{Session, Totals, Track},
    sport::{OTHER, Sport},
};

/// The source of activities from Garmin.
const SOURCE: &str = "garmin";

/// An activity without its file.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub id: String,
    pub title: Option<String>,
    pub sport: Option<String>,
    /// The general activity type that Garmin assigns to the sport.
    pub parent_sport: Option<&'static str>,
    pub started_at: DateTime<Utc>,
    pub utc_offset_minutes: Option<i32>,
    pub device: Option<String>,
    pub totals: Totals,
}

impl Summary {
    /// A digest that changes whenever the activity is changed at Garmin.
    pub fn digest(&self) -> ApiResult<Vec<u8>> {
        let json = serde_json::to_vec(self).map_err(ApiError::internal)?;
        Ok(Sha256::digest(&json).to_vec())
    }

    /// The source, and the activity's id there.
    pub fn name(&self) -> (&'static str, String) {
        (SOURCE, self.id.clone())
    }

    fn activity_type(&self) -> &'static str {
        match (Sport::of(self.sport.as_deref()), self.parent_sport) {
            (OTHER, Some(parent)) => parent,
            (known, _) => known,
        }
    }

    /// The activity, as far as it is known without its file.
    pub fn session(&self) -> Session {
        Session {
            activity_type: self.activity_type(),
            sport_raw: self.sport.clone(),
            started_at: self.started_at,
            utc_offset_minutes: self.utc_offset_minutes,
            title: self.title.clone(),
            notes: None,
            device: self.device.clone(),
            totals: self.totals,
            laps: Vec::new(),
            sets: Vec::new(),
            measured: self.totals,
            track: Track::default(),
        }
    }

    /// Fills in what the session's file lacks, except measured values.
    pub fn name_in(&self, session: &mut Session) {
        fill(&mut session.title, &self.title);
        fill(&mut session.device, &self.device);
        session.utc_offset_minutes = session.utc_offset_minutes.or(self.utc_offset_minutes);
    }

    /// Fills in what the session's file lacks.
    pub fn complete(&self, session: &mut Session) {
        if session.activity_type == OTHER {
            session.activity_type = self.activity_type();
        }
        fill(&mut session.sport_raw, &self.sport);
        self.name_in(session);
        // Garmin's values were measured, or corrected by the owner: they are
        // better than computed ones.
        let (totals, measured, more) = (&mut session.totals, &mut session.measured, &self.totals);
        macro_rules! measured {
            ($($field:ident)+) => {
                $(if measured.$field.is_none() && more.$field.is_some() {
                    (totals.$field, measured.$field) = (more.$field, more.$field);
                })+
            };
        }
        measured!(
            timer_secs elapsed_secs moving_secs distance_meters calories elevation_gain_meters
            elevation_loss_meters avg_heart_rate max_heart_rate
        );
    }
}

fn fill(known: &mut Option<String>, with: &Option<String>) {
    if known.is_none() {
        known.clone_from(with);
    }
}
