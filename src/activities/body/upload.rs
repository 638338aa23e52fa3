//! What a client says about a file that it uploads, in text fields of the form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::checks;
use crate::{
    activities::source::Source,
    error::ApiResult,
    validation::{Patch, Validator},
};

/// The client's own words for the activity in an uploaded file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UploadDetails {
    pub title: Option<String>,
    pub notes: Option<String>,
    pub activity_type: Option<String>,
    pub source: Option<String>,
    pub external_id: Option<String>,
}

impl UploadDetails {
    /// The names of the fields.
    pub const NAMES: [&str; 5] = ["title", "notes", "activity_type", "source", "external_id"];

    /// Validates the fields; 422 with every invalid one. HTML forms send empty fields, which count
    /// as absent.
    pub fn parse(mut fields: BTreeMap<&'static str, String>) -> ApiResult<Self> {
        let mut given = |name: &str| match fields.remove(name).filter(|text| !text.is_empty()) {
            Some(text) => Patch::Value(text),
            None => Patch::Absent,
        };
        let mut v = Validator::default();
        let source = v.nullable("source", given("source"), Source::of_client).into_option();
        let external_id = given("external_id");
        if source.is_none() && external_id != Patch::Absent {
            v.fault("source", "missing", "is missing: the name of the app whose id this is");
        }
        let details = Self {
            title: v.nullable("title", given("title"), checks::name).into_option(),
            notes: v.nullable("notes", given("notes"), checks::notes).into_option(),
            activity_type: v
                .nullable("activity_type", given("activity_type"), checks::activity_type)
                .into_option()
                .map(String::from),
            source: source.map(|source| source.to_string()),
            external_id: v.nullable("external_id", external_id, checks::external_id).into_option(),
        };
        v.finish()?;
        Ok(details)
    }

    /// The source, and the activity's id there.
    pub fn name(&self) -> Option<(&str, &str)> {
        self.source.as_deref().zip(self.external_id.as_deref())
    }

    /// The fields that the owner has written, in byte order.
    pub fn written(&self) -> Vec<String> {
        let fields = [
            ("activity_type", &self.activity_type),
            ("notes", &self.notes),
            ("title", &self.title),
        ];
        let given = fields.into_iter().filter(|(_, text)| text.is_some());
        given.map(|(name, _)| name.to_owned()).collect()
    }
}
