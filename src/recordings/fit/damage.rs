//! Warnings and errors for files that are damaged or not activities.

use std::borrow::Cow;

use super::{
    frame::{Fault, is_padding},
    messages::Reading,
};
use crate::recordings::{Reason, Refusal};

/// The damage found in a chain of files.
#[derive(Debug, Default)]
pub struct Damage {
    is_cut_off: bool,
    has_wrong_checksum: bool,
    has_no_checksum: bool,
    lost: usize,
    behind: usize,
}

impl Damage {
    pub fn note(&mut self, fault: Option<Fault>, reading: &Reading) {
        self.is_cut_off |= reading.is_cut_off || fault == Some(Fault::CutOff);
        self.has_wrong_checksum |= fault == Some(Fault::WrongChecksum);
        self.has_no_checksum |= fault == Some(Fault::NoChecksum);
        self.lost += reading.lost;
    }

    /// Notes bytes between files, or after the last one.
    pub fn note_behind(&mut self, bytes: &[u8]) {
        if !is_padding(bytes) {
            self.behind += bytes.len();
        }
    }

    /// Returns warnings for the user. There are none for an intact file.
    pub fn warnings(&self) -> Vec<Cow<'static, str>> {
        let mut warnings = Vec::<Cow<'static, str>>::new();
        if self.is_cut_off {
            warnings.push("the file ends early: everything before the end was read".into());
        } else if self.has_wrong_checksum {
            warnings.push("the checksum is wrong: the values may be damaged".into());
        } else if self.has_no_checksum {
            warnings.push("the file has no checksum: it may be incomplete".into());
        }
        match self.lost {
            0 => {}
            lost => warnings.push(format!("{} within the file are damaged", bytes(lost)).into()),
        }
        match self.behind {
            0 => {}
            behind => warnings
                .push(format!("{} after the end of the file were ignored", bytes(behind)).into()),
        }
        warnings
    }

    /// Returns the error for a damaged file from which nothing could be read.
    pub fn refusal(&self) -> Option<Refusal> {
        if self.is_cut_off {
            let what = "the file ends early: copy it from the device again";
            return Some(Refusal::new(Reason::Truncated, what));
        }
        let is_damaged = self.has_wrong_checksum || self.has_no_checksum || self.lost > 0;
        let what = "the file is damaged: no activity could be read";
        is_damaged.then(|| Refusal::new(Reason::BadChecksum, what))
    }
}

fn bytes(count: usize) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

/// Describes a file that is not an activity.
pub fn other_kind(kind: &str) -> String {
    let what = match kind {
        "settings" | "sport" | "device" => "device settings".to_owned(),
        "workout" => "a planned workout".to_owned(),
        "course" => "a course".to_owned(),
        "schedules" => "a workout schedule".to_owned(),
        "monitoring_a" | "monitoring_b" | "monitoring_daily" => {
            "all-day measurements, such as steps".to_owned()
        }
        "segment" | "segment_list" => "segments".to_owned(),
        "goals" => "goals".to_owned(),
        "weight" | "blood_pressure" => "body measurements".to_owned(),
        kind if kind.parse::<u32>().is_ok() => format!("manufacturer-specific data ({kind})"),
        kind => kind.replace('_', " "),
    };
    format!("the file contains {what}, not an activity")
}
