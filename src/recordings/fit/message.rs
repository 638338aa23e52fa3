//! Access to the fields of a message by their numbers in the profile.

use chrono::{DateTime, TimeDelta, Utc};
use fitparser::profile::{FieldDataType, get_field_variant_as_string};

use super::{
    definition::Definition,
    developer::{Description, Developers},
    profile::Scaled,
    value,
};

/// Degrees per semicircle: 2³¹ semicircles are 180° (FIT SDK, profile of `record`).
const DEGREES: f64 = 180.0 / 2_147_483_648.0;
/// Seconds from the Unix epoch to the FIT epoch, 1989-12-31.
const EPOCH: i64 = 631_065_600;
/// FIT SDK, "Common Fields": the number of a message's timestamp.
pub const TIMESTAMP: u8 = 253;

/// A message as written in the file.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    pub definition: &'a Definition,
    pub bytes: &'a [u8],
    /// Seconds since the FIT epoch, from the message or its header.
    pub seconds: Option<u32>,
    pub developers: &'a Developers,
}

impl Message<'_> {
    pub fn kind(&self) -> u16 {
        self.definition.kind
    }

    /// Returns the values of a field. `None` stands for a value that the device did not have.
    pub fn values(&self, number: u8) -> impl Iterator<Item = Option<f64>> {
        let is_big_endian = self.definition.is_big_endian;
        let field = self.definition.field(number);
        // Some devices write fields whose size is not a multiple of the size of a value.
        let field = field.filter(|field| field.size.is_multiple_of(value::size_of(field.base)));
        let bytes = field.and_then(|field| self.bytes.get(field.at..field.at + field.size));
        let base = field.map_or(0, |field| field.base);
        bytes
            .unwrap_or_default()
            .chunks_exact(value::size_of(base))
            .map(move |bytes| value::number(bytes, base, is_big_endian))
    }

    /// Returns the first value of a field, ignoring developer fields.
    pub fn raw(&self, number: u8) -> Option<f64> {
        self.values(number).next().flatten()
    }

    /// Returns a number, from the field itself or from a developer field.
    pub fn number(&self, (number, scale, offset): Scaled) -> Option<f64> {
        let raw = self.raw(number);
        raw.map(|raw| raw / scale - offset).or_else(|| self.of_developer(number))
    }

    fn of_developer(&self, number: u8) -> Option<f64> {
        self.definition.developer_fields.iter().find_map(|field| {
            let description = self.developers.get(&(field.developer, field.number))?;
            let is_it = description.stands_for(self.kind(), number);
            let bytes = self.bytes.get(field.at..field.at + field.size).filter(|_| is_it)?;
            description.number(bytes, self.definition.is_big_endian)
        })
    }

    pub fn single(&self, field: Scaled) -> Option<f32> {
        self.number(field).map(|value| value as f32)
    }

    pub fn degrees(&self, number: u8) -> Option<f64> {
        self.raw(number).map(|semicircles| semicircles * DEGREES)
    }

    pub fn time(&self, number: u8) -> Option<DateTime<Utc>> {
        if number == TIMESTAMP {
            return self.seconds.and_then(time);
        }
        self.raw(number).and_then(|seconds| time(seconds as u32))
    }

    pub fn text(&self, number: u8) -> Option<String> {
        let field = self.definition.field(number)?;
        value::text(self.bytes.get(field.at..field.at + field.size)?, field.base)
    }

    /// Returns the profile's name of an enumeration value, or its number if it has no name.
    pub fn name(&self, number: u8, of: FieldDataType) -> Option<String> {
        // Some devices write a list whose first value is unknown.
        let value = self.values(number).flatten().next()? as i64;
        Some(match of.is_named_variant(value) {
            true => get_field_variant_as_string(of, value),
            false => value.to_string(),
        })
    }

    /// Returns whether it consists of zeros, which fill a block of memory.
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().all(|byte| *byte == 0)
    }
}

pub fn time(seconds: u32) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(EPOCH, 0)?.checked_add_signed(TimeDelta::seconds(seconds.into()))
}

/// Reads a field description: developer, field number and description.
pub fn describe(message: &Message<'_>) -> Option<((u8, u8), Description)> {
    let byte = |number| message.raw(number).map(|value| value as u8);
    Some(((byte(0)?, byte(1)?), description(message)?))
}

fn description(message: &Message<'_>) -> Option<Description> {
    let text = |number| message.text(number).unwrap_or_default().to_lowercase();
    Some(Description {
        base: message.raw(2)? as u8,
        scale: message.raw(6).filter(|scale| *scale > 0.0).unwrap_or(1.0),
        offset: message.raw(7).unwrap_or(0.0),
        native: (
            message.raw(14).map(|number| number as u16),
            message.raw(15).map(|number| number as u8),
        ),
        name: text(3).replace([' ', '-'], "_"),
        units: text(8),
    })
}
