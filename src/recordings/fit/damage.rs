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
            warnings.push("it ends before it should: what came before was read".into());
        } else if self.has_wrong_checksum {
            warnings.push("its checksum is wrong: what could be read of it may be damaged".into());
        } else if self.has_no_checksum {
            warnings.push("it has no checksum: it may be incomplete".into());
        }
        match self.lost {
            0 => {}
            lost => warnings.push(format!("{} within it are damaged", bytes(lost)).into()),
        }
        match self.behind {
            0 => {}
            behind => {
                warnings.push(format!("{} behind its end were ignored", bytes(behind)).into())
            }
        }
        warnings
    }

    /// Returns the error for a damaged file from which nothing could be read.
    pub fn refusal(&self) -> Option<Refusal> {
        if self.is_cut_off {
            let what = "it ends before it should: copy it once more from the device";
            return Some(Refusal::new(Reason::Truncated, what));
        }
        let is_damaged = self.has_wrong_checksum || self.has_no_checksum || self.lost > 0;
        let what = "it is damaged, and no activity could be read of it";
        is_damaged.then(|| Refusal::new(Reason::BadChecksum, what))
    }
}

fn bytes(count: usize) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

/// Describes a file that is not an activity.
pub fn other_kind(kind: &str) -> String {
    let what = match kind {
        "settings" | "sport" | "device" => "settings of a device".to_owned(),
        "workout" => "a workout that was planned".to_owned(),
        "course" => "a course".to_owned(),
        "schedules" => "a schedule of workouts".to_owned(),
        "monitoring_a" | "monitoring_b" | "monitoring_daily" => {
            "what a device counted all day, such as steps".to_owned()
        }
        "segment" | "segment_list" => "segments to race on".to_owned(),
        "goals" => "goals".to_owned(),
        "weight" | "blood_pressure" => "measurements of a body".to_owned(),
        kind if kind.parse::<u32>().is_ok() => format!("data of a device's own kind ({kind})"),
        kind => kind.replace('_', " "),
    };
    format!("it has {what}: no activity")
}
