//! Writes streams as JSON, value by value.

use std::vec;

use serde::Serialize;

use super::{Reading, Values};
use crate::{
    activities::series::Series,
    error::{ApiError, ApiResult},
    http::Written,
};

/// The JSON form of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `{"time":[0.0],"power":[210.0]}`
    Members,
    /// `[["time",[0.0]],["power",[210.0]]]`
    Pairs,
}

/// Streams as JSON text, written value by value.
pub struct StreamsText {
    reading: Reading,
    form: Form,
    head: Option<String>,
    tail: String,
    rest: vec::IntoIter<Series>,
    values: Option<Values>,
    is_first_series: bool,
    is_first_value: bool,
}

impl StreamsText {
    /// Inserts `series` of `reading` into `outline`, the whole response with an empty `series`.
    pub fn new(
        reading: Reading,
        series: Vec<Series>,
        outline: &impl Serialize,
        form: Form,
    ) -> ApiResult<Self> {
        let outline = serde_json::to_string(outline).map_err(ApiError::internal)?;
        let empty = if form == Form::Members { "{}" } else { "[]" };
        // The last match: empty `breaks`, which come before the pairs, look the same.
        let (head, tail) = outline.rsplit_once(empty).unwrap_or_default();
        let (open, close) = empty.split_at(1);
        Ok(Self {
            reading,
            form,
            head: Some(format!("{head}{open}")),
            tail: format!("{close}{tail}"),
            rest: series.into_iter(),
            values: None,
            is_first_series: true,
            is_first_value: true,
        })
    }

    fn write_value(&mut self, value: Option<f64>, out: &mut Vec<u8>) -> ApiResult<()> {
        if !std::mem::take(&mut self.is_first_value) {
            out.push(b',');
        }
        serde_json::to_writer(out, &value).map_err(ApiError::internal)
    }

    fn begin(&mut self, series: Series, out: &mut Vec<u8>) -> ApiResult<()> {
        if !std::mem::take(&mut self.is_first_series) {
            out.push(b',');
        }
        let name = match self.form {
            Form::Members => format!("\"{series}\":["),
            Form::Pairs => format!("[\"{series}\",["),
        };
        out.extend(name.into_bytes());
        self.values = self.reading.values(series)?;
        self.is_first_value = true;
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend(if self.form == Form::Members { "]" } else { "]]" }.bytes());
        self.values = None;
    }
}

impl Written for StreamsText {
    fn write(&mut self, out: &mut Vec<u8>) -> ApiResult<bool> {
        if let Some(head) = self.head.take() {
            out.extend(head.into_bytes());
        }
        if let Some(values) = &mut self.values {
            match values.next() {
                Some(value) => self.write_value(value?, out)?,
                None => self.end(out),
            }
            return Ok(true);
        }
        match self.rest.next() {
            Some(series) => self.begin(series, out)?,
            None => {
                out.extend(self.tail.bytes());
                return Ok(false);
            }
        }
        Ok(true)
    }
}
