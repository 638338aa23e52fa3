//! Decodes values (FIT protocol, "Base Types").

/// The bits of a base type that identify it. Another bit marks types with a byte order, but some
/// devices omit it.
const NAME: u8 = 0x1f;
const STRING: u8 = 7;

/// Returns whether the protocol has a base type with this number.
pub fn is_base_type(base: u8) -> bool {
    (base & NAME) <= 16 && base & 0x60 == 0
}

/// Returns the size of a value in bytes.
pub fn size_of(base: u8) -> usize {
    match base & NAME {
        3 | 4 | 11 => 2,
        5 | 6 | 8 | 12 => 4,
        9 | 14..=16 => 8,
        _ => 1,
    }
}

/// Returns the number at the start of `bytes`, or `None` if the device had no value or the type is
/// not a number.
pub fn number(bytes: &[u8], base: u8, is_big_endian: bool) -> Option<f64> {
    let size = size_of(base);
    let mut wide = [0; 8];
    for (to, from) in wide.iter_mut().zip(0..size) {
        *to = *bytes.get(if is_big_endian { size - 1 - from } else { from })?;
    }
    let bits = u64::from_le_bytes(wide);
    let ones = u64::MAX >> (64 - 8 * size);
    let invalid = match base & NAME {
        // Signed types.
        1 | 3 | 5 | 14 => ones >> 1,
        // Types in which zero is invalid.
        10..=12 | 16 => 0,
        _ => ones,
    };
    if bits == invalid {
        return None;
    }
    let value = match base & NAME {
        1 => f64::from(bits as u8 as i8),
        3 => f64::from(bits as u16 as i16),
        5 => f64::from(bits as u32 as i32),
        14 => bits as i64 as f64,
        8 => f64::from(f32::from_bits(bits as u32)),
        9 => f64::from_bits(bits),
        STRING | 17.. => return None,
        _ => bits as f64,
    };
    Some(value).filter(|value| value.is_finite())
}

/// Returns the text up to its end, without surrounding spaces.
pub fn text(bytes: &[u8], base: u8) -> Option<String> {
    let bytes = bytes.split(|byte| *byte == 0).next().filter(|_| base & NAME == STRING)?;
    let text = String::from_utf8_lossy(bytes).trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_both_orders_and_invalid_ones_are_none() {
        assert_eq!(number(&[1, 2], 0x84, false), Some(513.0));
        assert_eq!(number(&[1, 2], 0x84, true), Some(258.0));
        assert_eq!(number(&[1, 2], 0x04, true), Some(258.0));
        assert_eq!(number(&[0xff, 0xff], 0x84, false), None);
        assert_eq!(number(&[0xfe, 0xff], 0x83, false), Some(-2.0));
        assert_eq!(number(&[0xff, 0x7f], 0x83, false), None);
        assert_eq!(number(&[0], 0x0a, false), None);
        assert_eq!(number(&1.5_f32.to_le_bytes(), 0x88, false), Some(1.5));
        assert_eq!(number(&f64::NAN.to_le_bytes(), 0x89, false), None);
        assert_eq!(number(&(-3_i64).to_be_bytes(), 0x8e, true), Some(-3.0));
        assert_eq!(number(&[1], 0x84, false), None);
        assert_eq!(number(b"abcd", 7, false), None);
    }

    #[test]
    fn a_text_ends_at_its_zero() {
        assert_eq!(text(b" Edge 530\0\xff", 7).as_deref(), Some("Edge 530"));
        assert_eq!(text(b"\0\0", 7), None);
        assert_eq!(text(b"abc", 2), None);
    }
}
