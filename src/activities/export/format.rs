//! The forms of an export.

use derive_more::Display;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    activities::types::Activity,
    error::{ApiError, ApiResult},
};

/// How activities are written.
#[derive(Clone, Copy, Debug, Default, Display, Deserialize, PartialEq, Eq, ToSchema)]
#[display(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Ndjson,
    /// One line each below a line of names (RFC 4180); `laps`, `sets` and `device_data` are JSON. A
    /// text that a spreadsheet would take for a formula has an apostrophe before it.
    Csv,
    /// The same with every text as it is.
    #[serde(skip)]
    #[display("csv")]
    RawCsv,
    /// One object, as a list has it.
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

    /// What comes before the first activity.
    pub fn head(self) -> String {
        match self {
            Self::Ndjson => String::new(),
            Self::Csv | Self::RawCsv => format!("{}\r\n", Activity::COLUMNS.join(",")),
            Self::Json => "{\"activities\":[".to_owned(),
        }
    }

    /// What comes after the last one.
    pub fn tail(self) -> &'static str {
        match self {
            Self::Ndjson | Self::Csv | Self::RawCsv => "",
            Self::Json => "]}",
        }
    }

    /// Some activities, those that come after others if not `is_first`.
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

/// Characters that begin a formula, or that spreadsheets skip before one (OWASP, "CSV Injection").
const FORMULA_STARTS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The text for a cell that is no formula.
fn without_formula(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) { format!("'{text}") } else { text.to_owned() }
}
