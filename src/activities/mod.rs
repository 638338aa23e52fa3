//! `/activities`: the log itself.

mod activity_type;
pub mod batch;
mod body;
pub mod changes;
pub mod efforts;
pub mod export;
pub mod gaps;
mod handlers;
mod imported;
pub mod include;
mod list;
pub mod merging;
pub mod originals;
mod origins;
pub mod restoring;
pub mod series;
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
pub use body::{NewActivityBody, instant};
pub use handlers::*;
pub use imported::{Refresh, insert_imported, refresh, touch};
pub use origins::{ANY, Measurement, Origins};
pub use service::get as get_one;
pub use source::Source;
pub use store::{named, was_changed};
pub use types::{Activity, ActivityChanges, Details, ImportedActivity, NewActivity};
pub use written::WrittenActivity;
