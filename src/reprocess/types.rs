//! What a client is answered whose file was read again.

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

/// The whole activity with what changed, or its name only to a token without `activities:read`.
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

/// What became of an activity and the records behind it when their files were read again.
#[derive(Default, Serialize, ToSchema)]
pub struct Reprocessed {
    changed: Vec<ReprocessedChange>,
    /// How many of them did not change.
    unchanged: u64,
    /// Activities that were found in the files and are new.
    added: Vec<Uuid>,
    /// Those that stay as they are.
    left: Vec<LeftActivity>,
    /// What is damaged or missing in the files, in sentences for people.
    warnings: Vec<String>,
}

/// An activity, or a record behind one, that is not what it was.
#[derive(Serialize, ToSchema)]
pub struct ReprocessedChange {
    activity_id: Uuid,
    /// The fields that differ, by their names.
    fields: BTreeMap<String, FieldChange>,
    /// How many values its series had and have, if they differ.
    #[schema(required)]
    values: Option<ValuesChange>,
}

/// The values of a field.
#[derive(Serialize, ToSchema)]
pub struct FieldChange {
    before: Value,
    after: Value,
}

/// How many measured values there are.
#[derive(Serialize, ToSchema)]
pub struct ValuesChange {
    before: i32,
    after: i32,
}

/// An activity that stays as it is.
#[derive(Serialize, ToSchema)]
pub struct LeftActivity {
    activity_id: Uuid,
    /// Why, as a sentence for people.
    message: String,
}

impl ReprocessAnswer {
    /// As much as its writer may read.
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
