//! Garmin's archive: its lists contain what people wrote about their activities. The recordings,
//! which do not contain that, are in zips.

use std::{cmp::Ordering, collections::HashSet, io::Read, mem};

use chrono::DateTime;
use serde::Deserialize;

use super::{
    listed::Listed,
    scalar::{Scalar, each},
};
use crate::{
    recordings::{Session, Totals},
    sport::{OTHER, Sport},
};

/// The JSON member that contains the list.
const LIST: &str = "summarizedActivitiesExport";

/// Maximum number of activities: more than anybody has.
const MOST: usize = 100_000;

/// How far apart the starts of a recording and of its entry in a list may be, in seconds.
const TOLERANCE: f64 = 60.0;

/// Calories are listed in kilojoules.
const KILOJOULES: f64 = 4.184;

/// The activities that an archive lists.
#[derive(Debug, Default)]
pub struct Summaries {
    /// Whether the files being read are from such an archive.
    pub is_archive: bool,
    all: Vec<Summary>,
    /// The names of the lists, and whether each was read to its end.
    lists: Vec<(String, bool)>,
}

#[derive(Debug)]
struct Summary {
    listed: Listed,
    parent: Option<String>,
    /// The list that contains it.
    file: String,
    has_file: bool,
}

impl Summaries {
    /// An empty list, for the files of a Garmin archive.
    pub fn of_archive() -> Self {
        Self { is_archive: true, ..Self::default() }
    }

    /// Whether a file with this name lists activities.
    pub fn is_list(name: &str) -> bool {
        name.to_ascii_lowercase().ends_with("summarizedactivities.json")
    }

    /// Whether a file with this name occurs only in Garmin's archives.
    pub fn is_sign(name: &str) -> bool {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        Self::is_list(name)
            || name.contains("DI_CONNECT")
            || file.starts_with("UploadedFiles_") && file.ends_with(".zip")
    }

    /// Adds the activities of a list, up to the first error. False if there are none.
    pub fn read(&mut self, file: &str, source: impl Read) -> bool {
        let before = self.all.len();
        let read = each(source, LIST, |raw: RawSummary| {
            if self.all.len() < MOST
                && let Some((listed, parent)) = raw.listed()
            {
                self.all.push(Summary { listed, parent, file: file.to_owned(), has_file: false });
            }
        });
        let is_list = self.all.len() > before;
        if is_list {
            self.lists.push((file.to_owned(), read.is_ok()));
        }
        is_list
    }

    /// Whether a file that was read as a list is complete; `None` for other files.
    pub fn list(&self, name: &str) -> Option<bool> {
        self.lists.iter().find(|(list, _)| list == name).map(|(_, is_whole)| *is_whole)
    }

    /// Sorts the activities. Those whose parts are listed too, such as triathlons, are removed.
    pub fn settle(&mut self) {
        let parents: HashSet<String> =
            self.all.iter().filter_map(|summary| summary.parent.clone()).collect();
        let mut ids = HashSet::new();
        self.all.retain(|Summary { listed, .. }| {
            !parents.contains(&listed.id) && ids.insert(listed.id.clone())
        });
        self.all.sort_by(|one, other| {
            let key = |summary: &Summary| (summary.listed.started_at, summary.listed.id.clone());
            key(one).cmp(&key(other))
        });
    }

    /// Completes the sessions of a recording with what is listed; returns the source
    /// and id of the first one.
    pub fn complete(&mut self, sessions: &mut [Session]) -> Option<(&'static str, String)> {
        let mut name = None;
        let of_all = sessions.len() > 1;
        for at in 0..sessions.len() {
            let Some(session) = sessions.get(at) else { continue };
            let Some(summary) = self.find(session) else { continue };
            summary.has_file = true;
            let is_whole = of_all && summary.listed.activity_type == "multisport";
            let described = if is_whole { 0..sessions.len() } else { at..at + 1 };
            if let Some(described) = sessions.get_mut(described) {
                summary.listed.complete(described);
            }
            if at == 0 {
                name = Some(summary.listed.name());
            }
        }
        name
    }

    /// The listed activity that started with the session. Of several, the one
    /// with the closest duration.
    fn find(&mut self, session: &Session) -> Option<&mut Summary> {
        let seconds = |totals: &Totals| totals.timer_secs.or(totals.elapsed_secs).unwrap_or(0.0);
        let nearness = |Summary { listed, has_file, .. }: &Summary| {
            let apart = (listed.started_at? - session.started_at).as_seconds_f64().abs();
            let other = (seconds(&listed.totals) - seconds(&session.totals)).abs();
            (apart <= TOLERANCE).then_some((apart.round(), other.round(), *has_file))
        };
        let near = self.all.iter_mut().filter_map(|summary| Some((nearness(summary)?, summary)));
        near.min_by(|(one, _), (other, _)| one.partial_cmp(other).unwrap_or(Ordering::Equal))
            .map(|(_, summary)| summary)
    }

    /// The activities without a recording, with the names of their lists. After an interruption,
    /// these include activities whose recording was read before; the log has them already.
    pub fn without_file(&mut self) -> Vec<(String, Listed)> {
        let all = mem::take(&mut self.all).into_iter();
        all.filter(|summary| !summary.has_file)
            .map(|Summary { file, listed, .. }| (file, listed))
            .collect()
    }
}

/// An activity in a list. An unexpected value counts as missing.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawSummary {
    activity_id: Scalar,
    parent_id: Scalar,
    name: Scalar,
    description: Scalar,
    activity_type: Scalar,
    sport_type: Scalar,
    begin_timestamp: Scalar,
    start_time_gmt: Scalar,
    start_time_local: Scalar,
    duration: Scalar,
    elapsed_duration: Scalar,
    moving_duration: Scalar,
    distance: Scalar,
    elevation_gain: Scalar,
    elevation_loss: Scalar,
    calories: Scalar,
    avg_hr: Scalar,
    max_hr: Scalar,
    avg_power: Scalar,
    avg_bike_cadence: Scalar,
}

impl RawSummary {
    /// The activity, and the id of the activity that it is a part of. Times are in milliseconds,
    /// and distances in centimetres.
    fn listed(&self) -> Option<(Listed, Option<String>)> {
        let measured = |value: &Scalar, unit: f64| {
            value.number().map(|value| value / unit).filter(|value| *value > 0.0)
        };
        let begin = self.begin_timestamp.millis().or(self.start_time_gmt.millis())?;
        let sports = [&self.activity_type, &self.sport_type].map(Scalar::text);
        let sport =
            sports.iter().map(|sport| Sport::of(sport.as_deref())).find(|sport| *sport != OTHER);
        let [sport_raw, other] = sports;
        let listed = Listed {
            source: "garmin",
            id: self.activity_id.whole()?.to_string(),
            title: self.name.text(),
            sport_raw: sport_raw.or(other),
            activity_type: sport.unwrap_or(OTHER),
            notes: self.description.text(),
            remarks: Vec::new(),
            started_at: Some(DateTime::from_timestamp_millis(begin)?),
            utc_offset_minutes: self.offset(begin),
            totals: Totals {
                timer_secs: measured(&self.duration, 1000.0),
                elapsed_secs: measured(&self.elapsed_duration, 1000.0),
                moving_secs: measured(&self.moving_duration, 1000.0),
                distance_meters: measured(&self.distance, 100.0),
                calories: measured(&self.calories, KILOJOULES),
                elevation_gain_meters: measured(&self.elevation_gain, 100.0),
                elevation_loss_meters: measured(&self.elevation_loss, 100.0),
                avg_heart_rate: measured(&self.avg_hr, 1.0),
                max_heart_rate: measured(&self.max_hr, 1.0),
                avg_power_watts: measured(&self.avg_power, 1.0),
                avg_cadence: measured(&self.avg_bike_cadence, 1.0),
            },
            is_measured: true,
            warnings: Vec::new(),
        };
        Some((listed, self.parent_id.whole().map(|id| id.to_string())))
    }

    /// In minutes. Only multiples of a quarter of an hour are accepted, as places have them.
    fn offset(&self, begin: i64) -> Option<i32> {
        let millis =
            self.start_time_local.millis()? - self.start_time_gmt.millis().unwrap_or(begin);
        let minutes = i32::try_from(millis / 60_000).ok()?;
        (minutes % 15 == 0 && (-18 * 60..=18 * 60).contains(&minutes)).then_some(minutes)
    }
}
