//! The table in an archive of Strava: names, sports and ids of its files, and what was logged without one.
//!
//! Its titles are in the language of whoever asked for the archive, so columns are known by their place,
//! and that of files by what stands in it.

use std::{collections::HashMap, io::Read};

use chrono::{DateTime, NaiveDateTime, Utc};
use csv::StringRecord;

use crate::{
    activities::Sport,
    recordings::{Session, Totals, Track},
};

/// What Strava knows of an activity besides its file.
#[derive(Clone, Debug)]
pub struct Entry {
    id: String,
    title: Option<String>,
    sport: Option<String>,
    notes: Option<String>,
    started_at: Option<DateTime<Utc>>,
    elapsed_secs: Option<f64>,
    distance_meters: Option<f64>,
}

/// The entries of an archive.
#[derive(Debug, Default)]
pub struct Table {
    by_file: HashMap<String, Entry>,
    /// Those without a file.
    pub others: Vec<Entry>,
}

impl Table {
    /// Where the table is in an archive, and what stands before the names in it.
    pub fn prefix_of(name: &str) -> Option<&str> {
        let prefix = name.strip_suffix("activities.csv")?;
        (prefix.is_empty() || prefix.ends_with('/')).then_some(prefix)
    }

    /// Reads a table; what is no line of it is passed over.
    pub fn read(source: impl Read, prefix: &str) -> Self {
        let mut table = Self::default();
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source);
        for record in reader.records().map_while(Result::ok) {
            let Some(entry) = Entry::read(&record) else { continue };
            match record.iter().find(|value| is_file(value)) {
                Some(file) => {
                    table.by_file.insert(format!("{prefix}{file}"), entry);
                }
                None => table.others.push(entry),
            }
        }
        table
    }

    pub fn get(&self, file: &str) -> Option<&Entry> {
        self.by_file.get(file)
    }
}

fn is_file(value: &str) -> bool {
    let ends = |ending| value.trim_end_matches(".gz").ends_with(ending);
    value.starts_with("activities/") && [".fit", ".gpx", ".tcx"].into_iter().any(ends)
}

impl Entry {
    fn read(record: &StringRecord) -> Option<Self> {
        let text = |column| {
            record.get(column).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let number = |column| text(column)?.parse::<f64>().ok().filter(|number| *number >= 0.0);
        let id = text(0).filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))?;
        // In UTC, and written like this only in English.
        let started_at = text(1).and_then(|date| {
            let time = NaiveDateTime::parse_from_str(&date, "%b %d, %Y, %I:%M:%S %p").ok()?;
            Some(time.and_utc())
        });
        Some(Self {
            id,
            title: text(2),
            sport: text(3),
            notes: text(4),
            started_at,
            elapsed_secs: number(5),
            distance_meters: number(6).map(|kilometres| kilometres * 1000.0),
        })
    }

    /// Strava, and what it is called there.
    pub fn name(&self) -> (&'static str, String) {
        ("strava", self.id.clone())
    }

    /// Gives a session what its file lacks.
    pub fn complete(&self, session: &mut Session) {
        let fill = |known: &mut Option<String>, with: &Option<String>| {
            if known.is_none() {
                known.clone_from(with);
            }
        };
        fill(&mut session.title, &self.title);
        fill(&mut session.notes, &self.notes);
        if session.sport_raw.is_none() {
            session.activity_type = Sport::of(self.sport.as_deref());
        }
        fill(&mut session.sport_raw, &self.sport);
    }

    /// What was logged without a file; `None` when it does not tell when and how long.
    pub fn session(&self) -> Option<Session> {
        Some(Session {
            activity_type: Sport::of(self.sport.as_deref()),
            sport_raw: self.sport.clone(),
            started_at: self.started_at?,
            utc_offset_minutes: None,
            title: self.title.clone(),
            notes: self.notes.clone(),
            device: None,
            totals: Totals {
                elapsed_secs: Some(self.elapsed_secs?),
                distance_meters: self.distance_meters,
                ..Totals::default()
            },
            laps: Vec::new(),
            sets: Vec::new(),
            measured: Totals::default(),
            track: Track::default(),
        })
    }
}
