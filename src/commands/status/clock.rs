//! The offset of this machine's clock from the database's clock, which servers use to judge times
//! written by others.

/// The offset in seconds beyond which it is a problem. The alert has the same threshold.
const TOLERABLE: f64 = 5.0;

/// Formats an offset: `0.002 s ahead of the database's`.
pub fn line(ahead: f64) -> String {
    let side = if ahead < 0.0 { "behind" } else { "ahead of" };
    format!("{:.3} s {side} the database's", ahead.abs())
}

pub fn problem(ahead: f64) -> Option<String> {
    let is_wrong = ahead.abs() > TOLERABLE;
    is_wrong.then(|| format!("this machine's clock is {}: is it synchronised?", line(ahead)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_a_problem() {
        assert_eq!(line(-0.0021), "0.002 s behind the database's");
        assert_eq!(problem(4.9), None);
        assert_eq!(problem(-4.9), None);
        let said = "this machine's clock is 600.000 s behind the database's: is it synchronised?";
        assert_eq!(problem(-600.0).as_deref(), Some(said));
        assert!(problem(600.0).unwrap().contains("ahead of"));
    }
}
