//! Request and response types of batches.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    activities::body::NewActivityBody,
    error::{ApiError, ErrorCode, FieldError},
};

/// Maximum number of activities in one request.
pub const MAX_ITEMS: usize = 1000;

/// Body of `POST /activities/batch`.
#[derive(Deserialize, ToSchema)]
#[schema(as = ActivityBatch)]
pub struct BatchBody {
    #[schema(value_type = Vec<NewActivityBody>, min_items = 1, max_items = 1000)]
    pub activities: Vec<Box<RawValue>>,
}

/// Query parameters of `POST /activities/batch`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BatchParams {
    /// Store all activities or none: a single invalid activity rejects the batch.
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
    Created {
        id: Uuid,
        revision: i64,
    },
    /// An activity with this `source` and `external_id` existed and was updated.
    Updated {
        id: Uuid,
        revision: i64,
    },
    /// An activity with this `source` and `external_id` existed and was identical.
    Unchanged {
        id: Uuid,
        revision: i64,
    },
    /// With `on_existing=keep`: an activity with this `source` and `external_id` existed
    /// and was left unchanged.
    Kept {
        id: Uuid,
        revision: i64,
    },
    /// With `on_existing=keep`: an activity with this `source` and `external_id` was deleted
    /// before and stays deleted.
    Deleted {
        id: Uuid,
    },
    /// Another source had already logged the activity: this record was merged into it and
    /// filled in what it lacked.
    Merged {
        id: Uuid,
        revision: i64,
    },
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
    pub fn of_item(&self, index: usize) -> ApiError {
        let mut error = ApiError::from(self.clone());
        for fault in &mut error.fields {
            fault.field = format!("activities[{index}].{}", fault.field).into();
        }
        error
    }
}

impl From<ItemError> for ApiError {
    fn from(ItemError { code, error, fields }: ItemError) -> Self {
        Self { fields, ..Self::new(code, error) }
    }
}

/// The part of [`Results`] that is recorded for a repeated request. A rejected activity is `None`:
/// its error is found again when the repeated request is parsed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    pub results: Vec<Option<Outcome>>,
}

/// One outcome per activity, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchResults)]
pub struct Results {
    pub results: Vec<Outcome>,
}
