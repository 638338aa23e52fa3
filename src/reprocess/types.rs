//! The response to reprocessing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::report::Report;
use crate::{
    activities::{Activity, ActivityRevision},
    auth::Permitted,
};

/// The whole activity with what changed; only its id and revision for a token
/// without `activities:read`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ReprocessAnswer {
    Whole(Box<ReprocessedActivity>),
    Revision(ActivityRevision),
}

/// An activity whose files were read again.
#[derive(Serialize, ToSchema)]
pub struct ReprocessedActivity {
    #[serde(flatten)]
    activity: Activity,
    reprocessed: Reprocessed,
}

/// The results for an activity and the records merged into it.
#[derive(Default, Serialize, ToSchema)]
pub struct Reprocessed {
    changed: Vec<ReprocessedChange>,
    /// Number of activities and records that did not change.
    unchanged: u64,
    /// Ids of new activities that were found in the files.
    added: Vec<Uuid>,
    /// Activities and records that were left as they are.
    left: Vec<LeftActivity>,
    /// What is damaged or missing in the files, as messages for people.
    warnings: Vec<String>,
}

/// A changed activity, or a changed record merged into one.
#[derive(Serialize, ToSchema)]
pub struct ReprocessedChange {
    activity_id: Uuid,
    /// The fields that differ, by name.
    fields: BTreeMap<String, FieldChange>,
    /// Number of values in its series before and after; `null` if the series did not change.
    #[schema(required)]
    values: Option<ValuesChange>,
}

/// The values of a field, before and after.
#[derive(Serialize, ToSchema)]
pub struct FieldChange {
    before: Value,
    after: Value,
}

/// Number of measured values, before and after.
#[derive(Serialize, ToSchema)]
pub struct ValuesChange {
    before: i32,
    after: i32,
}

/// An activity that was left as it is.
#[derive(Serialize, ToSchema)]
#[schema(as = UnchangedActivity)]
pub struct LeftActivity {
    activity_id: Uuid,
    /// The reason, as a message for people.
    message: String,
}

impl ReprocessAnswer {
    /// The part that the writer's token may read.
    pub fn shown_to<S>(writer: &Permitted<S>, activity: Activity, reports: Vec<Report>) -> Self {
        if !writer.may_read() {
            return Self::Revision(ActivityRevision::of(&activity));
        }
        let mut reprocessed = Reprocessed::default();
        reports.into_iter().for_each(|report| reprocessed.add(report));
        Self::Whole(Box::new(ReprocessedActivity { activity, reprocessed }))
    }
}

impl Reprocessed {
    fn add(&mut self, Report { changed, unchanged, added, left, warnings }: Report) {
        self.unchanged += unchanged;
        self.added.extend(added.into_iter().filter_map(|added| added.id));
        self.warnings.extend(warnings.into_iter().map(|warning| warning.into_owned()));
        self.left.extend(
            left.into_iter()
                .map(|(activity_id, why)| LeftActivity { activity_id, message: why.to_owned() }),
        );
        self.changed.extend(changed.into_iter().filter_map(|changed| {
            let fields = changed.fields.into_iter();
            let fields =
                fields.map(|(name, (before, after))| (name, FieldChange { before, after }));
            Some(ReprocessedChange {
                activity_id: changed.id?,
                fields: fields.collect(),
                values: changed.values.map(|(before, after)| ValuesChange { before, after }),
            })
        }));
    }
}
