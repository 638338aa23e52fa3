//! `/activities`: the log itself.

mod activity_type;
pub mod batch;
mod body;
pub mod changes;
pub mod efforts;
mod exercise_set;
pub mod export;
pub mod gaps;
mod handlers;
pub mod include;
mod lap;
mod list;
pub mod merging;
pub mod originals;
pub mod restoring;
mod service;
mod size;
mod source;
pub mod sports;
mod store;
pub mod streams;
pub mod track_file;
mod types;
mod written;

pub use activity_type::ActivityType;
pub use body::{MAX_LAPS, MAX_SETS, NewActivityBody, instant};
pub use exercise_set::ExerciseSet;
pub use handlers::*;
pub use lap::Lap;
pub use source::Source;
pub use sports::Sport;
pub use store::{insert_imported, named, refresh, was_changed};
pub use types::{Activity, ActivityChanges, Details, ImportedActivity, NewActivity};
pub use written::WrittenActivity;
