//! Request and response types of batches.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, value::RawValue};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    activities::body::{ActivityBody, NewActivityBody, id},
    error::{ApiError, ApiResult, ErrorCode, FieldError},
    validation::{Patch, Validator},
};

/// Maximum number of activities in one request.
pub const MAX_ITEMS: usize = 1000;

/// Body of `POST /activities/batch`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ActivityBatch)]
pub struct BatchBody {
    /// Activities to create.
    #[serde(default)]
    #[schema(value_type = Vec<NewActivityBody>, max_items = 1000)]
    pub activities: Vec<Box<RawValue>>,
    /// Changes of existing activities.
    #[serde(default)]
    #[schema(value_type = Vec<ActivityUpdate>, max_items = 1000)]
    pub updates: Vec<Box<RawValue>>,
    /// Activities to delete.
    #[serde(default)]
    #[schema(value_type = Vec<TargetBody>, max_items = 1000)]
    pub deletes: Vec<Box<RawValue>>,
}

/// The activity that a change or a deletion is about.
#[derive(Deserialize, ToSchema)]
#[schema(as = BatchTarget)]
pub struct TargetBody {
    #[serde(default)]
    #[schema(value_type = Uuid, required)]
    id: Patch<Value>,
    /// Only if the activity has this `revision`. Any if absent.
    #[serde(default)]
    #[schema(value_type = i64, examples(17))]
    if_match: Patch<Number>,
}

/// The fields to change, for the API reference.
#[derive(Deserialize, ToSchema)]
#[schema(as = BatchUpdate)]
pub struct ActivityUpdate {
    #[serde(flatten)]
    _target: TargetBody,
    #[serde(flatten)]
    _fields: ActivityBody,
}

/// A valid [`TargetBody`].
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub id: Uuid,
    if_match: Option<i64>,
}

impl TargetBody {
    pub fn parse(self) -> ApiResult<Target> {
        let mut v = Validator::default();
        let revision = |number: Number| {
            number.as_i64().ok_or_else(|| ("invalid_type", "must be a revision, such as 17".into()))
        };
        let if_match = v.not_null("if_match", self.if_match, revision);
        let id = v.required("id", self.id, id);
        Ok(Target { id: v.finish_with(id)?, if_match })
    }
}

impl Target {
    /// The revisions that match, and whether any revision matches.
    pub fn revisions(self) -> (Vec<i64>, bool) {
        (self.if_match.into_iter().collect(), self.if_match.is_none())
    }
}

/// Query parameters of `POST /activities/batch`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BatchParams {
    /// Do everything or nothing: a single item that is refused rejects the batch.
    #[serde(default)]
    pub atomic: bool,
    /// What to do if an activity with the same `source` and `external_id` exists, or was deleted.
    #[serde(default)]
    #[param(inline, required = false)]
    pub on_existing: OnExisting,
}

/// What to do about an activity whose `source` and `external_id` exist already.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnExisting {
    /// Replace an existing activity, and create a deleted one again.
    #[default]
    Replace,
    /// Leave an existing activity unchanged, and a deleted one deleted.
    Keep,
}

/// The outcome for one activity.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
#[schema(as = BatchOutcome)]
pub enum Outcome {
    /// The activity is new.
    Created { id: Uuid, revision: i64 },
    /// An activity with this `source` and `external_id` existed and was updated.
    Updated { id: Uuid, revision: i64 },
    /// An activity with this `source` and `external_id` existed and was identical.
    Unchanged { id: Uuid, revision: i64 },
    /// With `on_existing=keep`: an activity with this `source` and `external_id` existed
    /// and was left unchanged.
    Kept { id: Uuid, revision: i64 },
    /// The activity was deleted. With `on_existing=keep`, it had been deleted before and stays
    /// deleted.
    Deleted { id: Uuid },
    /// Another source had already logged the activity: this record was merged into it and
    /// filled in what it lacked.
    Merged { id: Uuid, revision: i64 },
    /// The activity was rejected.
    Error(ItemError),
}

/// Why an activity was rejected.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = BatchItemError)]
pub struct ItemError {
    code: ErrorCode,
    /// A message for people.
    error: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldError>,
}

impl From<ApiError> for ItemError {
    fn from(ApiError { code, message, mut fields, .. }: ApiError) -> Self {
        // A fault without a field name concerns the whole activity.
        let is_whole = fields.iter().any(|fault| fault.field.is_empty());
        fields.retain(|fault| !fault.field.is_empty());
        let error = if is_whole { format!("the activity {message}") } else { message.into_owned() };
        Self { code, error, fields }
    }
}

impl ItemError {
    /// The error of a whole batch because of this item.
    pub fn of_item(&self, list: &str, index: usize) -> ApiError {
        let mut error = ApiError::from(self.clone());
        let item = format!("{list}[{index}]");
        for fault in &mut error.fields {
            fault.field = format!("{item}.{}", fault.field).into();
        }
        if error.fields.is_empty() {
            error.fields.push(FieldError::new(item, "refused", error.message.clone()));
        }
        error
    }
}

impl From<ItemError> for ApiError {
    fn from(ItemError { code, error, fields }: ItemError) -> Self {
        Self { fields, ..Self::new(code, error) }
    }
}

/// The part of [`Results`] that is recorded for a repeated request. An invalid item is `None`: its
/// error is found again when the repeated request is parsed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    pub results: Vec<Option<Outcome>>,
    #[serde(default)]
    pub updates: Vec<Option<Outcome>>,
    #[serde(default)]
    pub deletes: Vec<Option<Outcome>>,
}

/// One outcome per item, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchResults)]
pub struct Results {
    /// Of `activities`.
    pub results: Vec<Outcome>,
    /// Absent without `updates`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub updates: Vec<Outcome>,
    /// Absent without `deletes`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub deletes: Vec<Outcome>,
}
