//! Fields that are no whole number of values of their type.
//!
//! The parser reads them as bytes and says so on standard error, for each of them in each message: a file that
//! is made to do so would fill the log.

use super::{Reason, Refusal};

/// More than a device that errs writes.
const MAX_MESSAGES: u32 = 1000;

/// FIT protocol, "Definition Message": the bits of the first byte of a record, and where its fields are.
const IS_COMPRESSED: u8 = 0x80;
const IS_DEFINITION: u8 = 0x40;
const FIELDS: usize = 6;
const FIELD_BYTES: usize = 3;

/// Which kinds of messages have such fields, and how many of them there were.
#[derive(Debug, Default)]
pub struct Oddities {
    kinds: [bool; 16],
    messages: u32,
}

impl Oddities {
    /// Looks at a definition, or a message, as it stands in the file.
    pub fn look(&mut self, record: &[u8]) -> Result<(), Refusal> {
        let Some(head) = record.first().copied() else { return Ok(()) };
        let is_compressed = head & IS_COMPRESSED != 0;
        let kind = if is_compressed { head >> 5 & 0x03 } else { head & 0x0f };
        let Some(is_odd) = self.kinds.get_mut(usize::from(kind)) else { return Ok(()) };
        if !is_compressed && head & IS_DEFINITION != 0 {
            let fields = record.get(FIELDS..).unwrap_or_default().chunks_exact(FIELD_BYTES);
            let count = record.get(FIELDS - 1).copied().unwrap_or_default();
            *is_odd = fields.take(usize::from(count)).any(is_odd_field);
        } else if *is_odd {
            self.messages += 1;
            if self.messages > MAX_MESSAGES {
                let what = "its fields have lengths that their types cannot have";
                return Err(Refusal::new(Reason::Malformed, what));
            }
        }
        Ok(())
    }
}

/// Number, size and base type (FIT SDK, "Base Types"); what is not known is taken for bytes.
fn is_odd_field(field: &[u8]) -> bool {
    let (Some(size), Some(base_type)) = (field.get(1), field.get(2)) else { return false };
    let value_bytes = match base_type {
        0x83 | 0x84 | 0x8b => 2,
        0x85 | 0x86 | 0x88 | 0x8c => 4,
        0x89 | 0x8e | 0x8f | 0x90 => 8,
        _ => 1,
    };
    !size.is_multiple_of(value_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A definition of the kind 1 with one field.
    fn definition(size: u8, base_type: u8) -> [u8; 9] {
        [0x41, 0, 0, 20, 0, 1, 3, size, base_type]
    }

    #[test]
    fn as_many_as_a_device_errs_are_borne_and_no_more() {
        let mut oddities = Oddities::default();
        oddities.look(&definition(8, 0x84)).unwrap();
        (0..5000).for_each(|_| oddities.look(&[0x01, 0, 0]).unwrap());
        oddities.look(&definition(3, 0x84)).unwrap();
        (0..5000).for_each(|_| oddities.look(&[0x02, 0, 0]).unwrap());
        // Compressed or not.
        (0..500).for_each(|_| oddities.look(&[0x01, 0, 0]).unwrap());
        (0..500).for_each(|_| oddities.look(&[0xa5, 0, 0]).unwrap());
        assert_eq!(oddities.look(&[0x01]).unwrap_err().reason, Reason::Malformed);
        oddities.look(&definition(2, 0x84)).unwrap();
        oddities.look(&[0x01]).unwrap();
    }
}
