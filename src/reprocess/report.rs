//! Reports of what has changed.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use uuid::Uuid;

/// Longer texts are truncated.
const MAX_TEXT: usize = 40;

/// The result for the activities of one file.
#[derive(Debug, Default)]
pub struct Report {
    pub changed: Vec<Changed>,
    pub unchanged: u64,
    /// New activities that were found in the file.
    pub added: Vec<Changed>,
    /// Activities that are left as they are, and why.
    pub left: Vec<(Uuid, &'static str)>,
    /// What is damaged or missing in the file.
    pub warnings: Vec<Cow<'static, str>>,
}

/// An activity that has changed.
#[derive(Debug)]
pub struct Changed {
    pub id: Option<Uuid>,
    pub activity_type: String,
    pub started_at: DateTime<Utc>,
    /// Each field that differs, with its values before and after.
    pub fields: BTreeMap<String, (Value, Value)>,
    /// The number of values in its series, before and after.
    pub values: Option<(i32, i32)>,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.started_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        write!(f, "{start} {}", self.activity_type)?;
        if let Some(id) = self.id {
            write!(f, " {id}")?;
        }
        let mut before = ": ";
        for (name, (was, is)) in &self.fields {
            write!(f, "{before}{name} {} → {}", shown(was), shown(is))?;
            before = ", ";
        }
        if let Some((was, is)) = self.values {
            write!(f, "{before}measured values {was} → {is}")?;
        }
        Ok(())
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Array(list) => list.len().to_string(),
        Value::String(text) if text.chars().count() > MAX_TEXT => {
            format!("{:?}…", text.chars().take(MAX_TEXT).collect::<String>())
        }
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}
