//! What a batch takes and answers.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    activities::body::NewActivityBody,
    error::{ApiError, ErrorCode, FieldError},
};

/// How many activities one request may bring.
pub const MAX_ITEMS: usize = 1000;

/// `POST /activities/batch`.
#[derive(Deserialize, ToSchema)]
#[schema(as = Batch)]
pub struct BatchBody {
    #[schema(value_type = Vec<NewActivityBody>, min_items = 1, max_items = 1000)]
    pub activities: Vec<Box<RawValue>>,
}

/// The query string of `POST /activities/batch`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BatchParams {
    /// All or nothing: one activity at fault, and none is kept.
    #[serde(default)]
    pub atomic: bool,
    /// What to do with a `source` and `external_id` that is there already, or was deleted.
    #[serde(default)]
    #[param(inline, required = false)]
    pub on_existing: OnExisting,
}

/// What is done about an activity whose name is there already.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnExisting {
    /// It replaces what is there, and brings back what was deleted.
    #[default]
    Replace,
    /// What is there stays as it is, and what was deleted stays deleted.
    Keep,
}

/// What became of one activity.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
#[schema(as = BatchOutcome)]
pub enum Outcome {
    Created {
        id: Uuid,
        revision: i64,
    },
    /// There was one with this `source` and `external_id`, and it was different.
    Updated {
        id: Uuid,
        revision: i64,
    },
    /// There was one with this `source` and `external_id`, just like this.
    Unchanged {
        id: Uuid,
        revision: i64,
    },
    /// With `on_existing=keep`: there was one with this `source` and `external_id`, and it stays as
    /// it is.
    Kept {
        id: Uuid,
        revision: i64,
    },
    /// With `on_existing=keep`: there was one with this `source` and `external_id`, and it was
    /// deleted.
    Deleted {
        id: Uuid,
    },
    /// Another source has brought it already: this record stands behind that activity, and gave it
    /// what it lacked.
    Merged {
        id: Uuid,
        revision: i64,
    },
    /// It was not kept.
    Error(ItemError),
}

/// Why an activity was not kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = BatchItemError)]
pub struct ItemError {
    code: ErrorCode,
    /// A sentence for people.
    error: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldError>,
}

impl From<ApiError> for ItemError {
    fn from(ApiError { code, message, mut fields, .. }: ApiError) -> Self {
        // The activity itself is at fault: it is in no field.
        let is_whole = fields.iter().any(|fault| fault.field.is_empty());
        fields.retain(|fault| !fault.field.is_empty());
        let error = if is_whole { format!("the activity {message}") } else { message.into_owned() };
        Self { code, error, fields }
    }
}

/// What is recorded of [`Results`]: an activity at fault has nothing here, for its error is found
/// again.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    pub results: Vec<Option<Outcome>>,
}

/// One outcome for each activity of the request, in its order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchResults)]
pub struct Results {
    pub results: Vec<Outcome>,
}
