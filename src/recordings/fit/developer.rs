//! Developer fields, such as those of a running power meter (FIT protocol, "Developer Data
//! Fields").

use std::collections::HashMap;

use super::{profile, value};

/// Field descriptions by developer and number.
pub type Developers = HashMap<(u8, u8), Description>;

/// Description of a developer field.
#[derive(Clone, Debug)]
pub struct Description {
    pub base: u8,
    pub scale: f64,
    pub offset: f64,
    /// Message and field of the profile that this field replaces.
    pub native: (Option<u16>, Option<u8>),
    pub name: String,
    pub units: String,
}

impl Description {
    /// Returns whether it replaces this field of this message: by number, or in records by name.
    pub fn stands_for(&self, message: u16, field: u8) -> bool {
        let (of, number) = self.native;
        match number {
            Some(number) => number == field && of.is_none_or(|of| of == message),
            None => message == profile::RECORD && profile::record_field(&self.name) == Some(field),
        }
    }

    /// Returns its value in the unit of the profile.
    pub fn number(&self, bytes: &[u8], is_big_endian: bool) -> Option<f64> {
        let raw = value::number(bytes, self.base, is_big_endian)?;
        Some((raw / self.scale - self.offset) * self.unit())
    }

    fn unit(&self) -> f64 {
        match self.units.as_str() {
            "km" | "kilometers" | "kilometres" | "kw" => 1000.0,
            "mi" | "miles" => 1609.344,
            "ft" | "feet" => 0.3048,
            "km/h" | "kph" | "kmh" => 1.0 / 3.6,
            "mph" => 0.447_04,
            // The profile counts strides, which are two steps.
            "spm" | "steps/min" => 0.5,
            _ => 1.0,
        }
    }
}
