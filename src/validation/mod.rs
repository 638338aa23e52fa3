//! Parses the fields of a request into types, and collects all errors instead of only the first.

mod object;
mod patch;
pub mod text;
pub mod words;

pub use object::Object;
pub use patch::Patch;
pub use text::{check_json, check_text, json_bytes};
pub use words::{json_problem, whole};

use std::fmt::Display;

use serde_json::Number;

use crate::error::{ApiError, ApiResult, FieldError};

/// The error of a check: a code, and a sentence without a subject.
pub type Fault = (&'static str, String);

/// Parses a number without a fraction. `1800.0` is accepted like `1800`.
pub fn whole_number(number: &Number, min: i32, max: i32) -> Result<i32, Fault> {
    match number.as_f64() {
        Some(value) if value.fract() != 0.0 => {
            Err(("invalid_type", "must be a whole number".into()))
        }
        // In this range, every whole f64 is an i32, so the conversion is exact.
        Some(value) if (min.into()..=f64::from(max)).contains(&value) => Ok(value as i32),
        _ => Err(("out_of_range", format!("must be between {min} and {max}"))),
    }
}

/// The errors of the items of a list.
#[derive(Debug, Default)]
pub struct Faults {
    item: String,
    faults: Vec<FieldError>,
}

impl Faults {
    /// Checks each of `items`, the value of `field`. Errors are reported with paths such
    /// as `sets[0].reps`.
    pub fn of<T>(field: &str, items: &[T], check: impl Fn(&T, &mut Self)) -> Self {
        let mut faults = Self::default();
        for (index, item) in items.iter().enumerate() {
            faults.item = format!("{field}[{index}]");
            check(item, &mut faults);
        }
        faults
    }

    pub fn add(&mut self, name: &str, code: &'static str, problem: impl Display) {
        let path = format!("{}.{name}", self.item);
        self.faults.push(FieldError::new(path, code, problem.to_string()));
    }

    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// Checks that a number, if present, is between `min` and `max`.
    pub fn range(&mut self, name: &str, value: Option<impl Into<f64>>, min: f64, max: f64) {
        if value.is_some_and(|value| !(min..=max).contains(&value.into())) {
            self.add(name, "out_of_range", format_args!("must be between {min} and {max}"));
        }
    }
}

/// Collects the errors of one request body.
#[derive(Debug, Default)]
pub struct Validator {
    faults: Vec<FieldError>,
}

impl Validator {
    pub fn fault(&mut self, field: &'static str, code: &'static str, message: impl Display) {
        self.faults.push(FieldError::new(field, code, message.to_string()));
    }

    /// Parses a required field.
    pub fn required<T, U>(
        &mut self,
        field: &'static str,
        value: Patch<T>,
        parse: impl FnOnce(T) -> Result<U, Fault>,
    ) -> Option<U> {
        match value {
            Patch::Absent => {
                self.fault(field, "missing", "is missing");
                None
            }
            present => self.not_null(field, present, parse),
        }
    }

    /// Parses an optional field that must not be `null`.
    pub fn not_null<T, U>(
        &mut self,
        field: &'static str,
        value: Patch<T>,
        parse: impl FnOnce(T) -> Result<U, Fault>,
    ) -> Option<U> {
        if matches!(value, Patch::Null) {
            self.fault(field, "null", "must not be null");
        }
        self.nullable(field, value, parse).into_option()
    }

    /// Parses an optional field that may be `null`.
    pub fn nullable<T, U>(
        &mut self,
        field: &'static str,
        value: Patch<T>,
        parse: impl FnOnce(T) -> Result<U, Fault>,
    ) -> Patch<U> {
        match value {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(value) => match parse(value) {
                Ok(value) => Patch::Value(value),
                Err((code, message)) => {
                    self.fault(field, code, message);
                    Patch::Absent
                }
            },
        }
    }

    /// Adds the errors of a list's items.
    pub fn add(&mut self, faults: Faults) {
        self.faults.extend(faults.faults);
    }

    /// 422 with all errors, if there are any.
    pub fn finish(self) -> ApiResult<()> {
        if self.faults.is_empty() { Ok(()) } else { Err(ApiError::validation(self.faults)) }
    }

    /// The value, or 422 with all errors. The value must be present if there are no errors.
    pub fn finish_with<T>(self, value: Option<T>) -> ApiResult<T> {
        self.finish()?;
        value.ok_or_else(|| ApiError::internal("a value is missing, but no field is at fault"))
    }
}
