//! Export formats.

use derive_more::Display;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    activities::types::Activity,
    error::{ApiError, ApiResult},
};

/// The format of an export.
#[derive(Clone, Copy, Debug, Default, Display, Deserialize, PartialEq, Eq, ToSchema)]
#[display(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One JSON object per line.
    #[default]
    Ndjson,
    /// A header line and one line per activity (RFC 4180); `laps`, `sets` and `device_data` are
    /// JSON. Text that a spreadsheet would take for a formula is prefixed with an apostrophe.
    Csv,
    /// CSV with all text unchanged.
    #[serde(skip)]
    #[display("csv")]
    RawCsv,
    /// One object with an array of activities, as in a list.
    Json,
}

impl Format {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv | Self::RawCsv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    /// The text before the first activity.
    pub fn head(self) -> String {
        match self {
            Self::Ndjson => String::new(),
            Self::Csv | Self::RawCsv => format!("{}\r\n", Activity::COLUMNS.join(",")),
            Self::Json => "{\"activities\":[".to_owned(),
        }
    }

    /// The text after the last activity.
    pub fn tail(self) -> &'static str {
        match self {
            Self::Ndjson | Self::Csv | Self::RawCsv => "",
            Self::Json => "]}",
        }
    }

    /// Serializes activities; unless `is_first`, they follow others.
    pub fn write(self, activities: &[Activity], is_first: bool) -> ApiResult<Vec<u8>> {
        match self {
            Self::Ndjson => activities.iter().try_fold(Vec::new(), |mut text, activity| {
                serde_json::to_writer(&mut text, activity).map_err(ApiError::internal)?;
                text.push(b'\n');
                Ok(text)
            }),
            Self::Json => {
                let mut is_first = is_first;
                activities.iter().try_fold(Vec::new(), |mut text, activity| {
                    if !std::mem::take(&mut is_first) {
                        text.push(b',');
                    }
                    serde_json::to_writer(&mut text, activity).map_err(ApiError::internal)?;
                    Ok(text)
                })
            }
            Self::Csv | Self::RawCsv => {
                let words = if self == Self::Csv { without_formula } else { str::to_owned };
                let mut writer = csv::WriterBuilder::new()
                    .terminator(csv::Terminator::CRLF)
                    .has_headers(false)
                    .from_writer(Vec::new());
                for activity in activities {
                    writer.write_record(activity.as_record(words)).map_err(ApiError::internal)?;
                }
                writer.into_inner().map_err(|error| ApiError::internal(error.to_string()))
            }
        }
    }
}

/// Characters that start a formula, or that spreadsheets skip before one (OWASP, "CSV Injection").
const FORMULA_STARTS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The text for a cell, prefixed if it would be a formula.
fn without_formula(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) { format!("'{text}") } else { text.to_owned() }
}
