//! Refusals of an import. The first ones for each reason are listed individually, and the rest
//! are summed up: forty thousand files that are not activities cost a row, and not forty
//! thousand transactions.

use std::collections::HashMap;

use crate::recordings::{Reason, Refusal};

/// How many refusals for one reason are listed individually.
const LISTED: i64 = 100;

/// The refusals of a job so far.
#[derive(Default)]
pub struct Refusals {
    seen: HashMap<String, Seen>,
    /// The sums that have not been written yet, by reason.
    pending: HashMap<Reason, Sum>,
}

/// The rows for a reason.
#[derive(Default)]
struct Seen {
    rows: i64,
    last: Option<i32>,
}

/// Refusals for one reason that have not been written yet.
#[derive(Debug, PartialEq, Eq)]
pub struct Sum {
    /// The number of the row that sums them up.
    pub row: i32,
    pub name: String,
    pub refusal: Refusal,
    pub files: i32,
}

impl Refusals {
    /// Starts from the rows that were written before: for each reason its code, its number of rows,
    /// and the number of the last one.
    pub fn new(written: Vec<(Option<String>, i64, Option<i32>)>) -> Self {
        let seen = written
            .into_iter()
            .map(|(code, rows, last)| (code.unwrap_or_default(), Seen { rows, last }));
        Self { seen: seen.collect(), pending: HashMap::new() }
    }

    /// Whether the next refusal for this reason is summed up. If not, it is counted
    /// as listed individually.
    pub fn is_summed(&mut self, reason: Reason, number: i32) -> bool {
        let seen = self.seen.entry(reason.to_string()).or_default();
        if seen.rows >= most(reason) {
            return true;
        }
        (seen.rows, seen.last) = (seen.rows + 1, Some(number));
        false
    }

    pub fn sum_up(&mut self, number: i32, name: &str, refusal: Refusal) {
        if let Some(sum) = self.pending.get_mut(&refusal.reason) {
            sum.files = sum.files.saturating_add(1);
            return;
        }
        let seen = self.seen.entry(refusal.reason.to_string()).or_default();
        let row = match seen.last {
            Some(last) if seen.rows > most(refusal.reason) => last,
            _ => {
                (seen.rows, seen.last) = (seen.rows + 1, Some(number));
                number
            }
        };
        self.pending.insert(refusal.reason, Sum { row, name: name.to_owned(), refusal, files: 1 });
    }

    /// Takes the sums that are to be written.
    pub fn take(&mut self) -> Vec<Sum> {
        self.pending.drain().map(|(_, sum)| sum).collect()
    }
}

fn most(reason: Reason) -> i64 {
    if reason == Reason::TooManyFiles { 0 } else { LISTED }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(reason: Reason) -> Refusal {
        Refusal::new(reason, "no")
    }

    #[test]
    fn what_follows_the_first_hundred_is_one_row_also_after_a_restart() {
        let mut refusals = Refusals::default();
        assert!((0..100).all(|number| !refusals.is_summed(Reason::Malformed, number)));
        let sum = |refusals: &mut Refusals, number| {
            assert!(refusals.is_summed(Reason::Malformed, number));
            refusals.sum_up(number, "x", refusal(Reason::Malformed));
        };
        (100..103).for_each(|number| sum(&mut refusals, number));
        let row = |refusals: &mut Refusals| {
            let sums = refusals.take();
            sums.iter().map(|sum| (sum.row, sum.files)).collect::<Vec<_>>()
        };
        assert_eq!(row(&mut refusals), [(100, 3)]);
        assert_eq!(row(&mut refusals), []);
        sum(&mut refusals, 103);
        assert_eq!(row(&mut refusals), [(100, 1)]);
        let mut again = Refusals::new(vec![(Some("malformed".to_owned()), 101, Some(100))]);
        sum(&mut again, 104);
        assert_eq!(row(&mut again), [(100, 1)]);
        assert!(again.is_summed(Reason::TooManyFiles, 105));
        assert!(!again.is_summed(Reason::Truncated, 106));
    }
}
