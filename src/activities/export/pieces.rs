//! Number of activities to read at a time.

/// Bytes in memory at a time, unless a single activity is larger.
const MAX_BYTES: i64 = 1024 * 1024;

const FEWEST: i64 = 8;
const MOST: i64 = 128;

/// Chooses how many activities to read by their sizes, since one may have a hundred bytes or a
/// mebibyte of JSON. It looks at the sizes of at most twice as many activities as fitted last time.
#[derive(Clone, Copy, Debug)]
pub struct Pieces {
    look_at: i64,
}

impl Default for Pieces {
    fn default() -> Self {
        Self { look_at: FEWEST }
    }
}

impl Pieces {
    /// How many sizes to query.
    pub fn look_at(self) -> i64 {
        self.look_at
    }

    /// How many activities of these sizes to read: at least one, or `None` if there are none.
    pub fn fitting(&mut self, sizes: &[i64]) -> Option<i64> {
        let mut bytes = 0;
        let fitting = sizes.iter().take_while(|size| {
            bytes += **size;
            bytes <= MAX_BYTES
        });
        let fitting = i64::try_from(fitting.count()).unwrap_or(MOST).max(1);
        self.look_at = (2 * fitting).clamp(FEWEST, MOST);
        (!sizes.is_empty()).then_some(fitting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_a_mebibyte_or_one_activity() {
        let mut pieces = Pieces::default();
        assert_eq!(pieces.fitting(&[]), None);
        assert_eq!(pieces.fitting(&[100; 8]), Some(8));
        assert_eq!(pieces.look_at(), 16);
        assert_eq!(pieces.fitting(&[MAX_BYTES / 3; 16]), Some(3));
        assert_eq!(pieces.look_at(), FEWEST);
        assert_eq!(pieces.fitting(&[2 * MAX_BYTES, 1]), Some(1));
        assert_eq!(pieces.fitting(&[1; 128]), Some(128));
        assert_eq!(pieces.look_at(), MOST);
    }
}
