//! The `include` query parameter.

use crate::error::{ApiError, ApiResult};

/// Maximum bytes of included fields in a response, unless a single activity has more.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Activities read at a time, whatever their size.
pub const PIECE: usize = 16;

/// The requested fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include {
    pub laps: bool,
    pub sets: bool,
    pub device_data: bool,
}

impl Include {
    /// 400 `invalid_parameter` for an unknown field.
    pub fn parse(text: Option<&str>) -> ApiResult<Self> {
        let mut include = Self::default();
        for name in text.into_iter().flat_map(|text| text.split(',')) {
            let part = match name {
                "laps" => &mut include.laps,
                "sets" => &mut include.sets,
                "device_data" => &mut include.device_data,
                _ => {
                    let expected =
                        "must be one or more of laps, sets and device_data, separated by commas";
                    return Err(ApiError::invalid_parameter("include", expected));
                }
            };
            *part = true;
        }
        Ok(include)
    }

    /// Whether any field is requested.
    pub fn is_any(self) -> bool {
        self != Self::default()
    }
}
